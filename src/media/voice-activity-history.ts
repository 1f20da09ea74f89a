/**
 * Remembers the last seconds of frames so that the start of a voice can be found after it was confirmed. It must
 * never look at sound, only at what was measured.
 */

/** Frames remembered: 2.56 s, longer than any candidate lives. */
const HISTORY_FRAMES = 256;
/** Weak frames in a row that are no fluctuation. */
const RUN_FRAMES = 5;
/** Frames without sound that may lie between the start of a voice and what follows. */
const GAP_FRAMES = 30;
/** Frames of soft sound before the loud start that still belong to the voice; longer, it is the room. */
const SOFT_FRAMES = 12;
/** Frames a level must hold to count as the loudness of a voice, longer than a click is seen. */
const SUSTAIN_FRAMES = 8;

/** Ring of (loudness, weakly voiced) by frame number, counted from 1. */
export class FrameHistory {
  readonly #loudness = new Int32Array(HISTORY_FRAMES);
  readonly #weak = new Uint8Array(HISTORY_FRAMES);

  /** Notes a frame. */
  note(frame: number, loudness: number, weak: boolean): void {
    this.#loudness[frame % HISTORY_FRAMES] = loudness;
    this.#weak[frame % HISTORY_FRAMES] = weak ? 1 : 0;
  }

  /** The loudness that the last 80 ms did not fall below. */
  sustainedLoudness(frame: number): number {
    let least = this.#loudness[frame % HISTORY_FRAMES] as number;
    for (let back = 1; back < SUSTAIN_FRAMES; back++) {
      const at = (frame - back + HISTORY_FRAMES) % HISTORY_FRAMES;
      least = Math.min(least, this.#loudness[at] as number);
    }
    return least;
  }

  /**
   * Walks back from a frame inside a voice to the first frame of that voice.
   * @param from Number of a voiced frame.
   * @param earliest First frame that may be returned.
   * @param loud Frames at least so loud are voice.
   * @param soft Frames at least so loud are voice just before it.
   */
  startBefore(from: number, earliest: number, loud: number, soft: number): number {
    const last = Math.max(earliest, from - HISTORY_FRAMES + 1);
    let start = from;
    let run = 0;
    for (let frame = from; frame >= last && start - frame <= GAP_FRAMES; frame--) {
      const heard = this.#heard(frame, loud);
      run = heard ? run + 1 : 0;
      if (run >= RUN_FRAMES || (heard && start - frame <= 1)) start = frame;
    }
    const softLast = Math.max(last, start - SOFT_FRAMES);
    while (start > softLast && this.#heard(start - 1, soft)) start--;
    return start;
  }

  #heard(frame: number, least: number): boolean {
    const at = frame % HISTORY_FRAMES;
    return this.#weak[at] === 1 && (this.#loudness[at] as number) >= least;
  }
}
