/**
 * Remembers the last seconds of frames so that the start of a voice can be found after it was confirmed. It must
 * never look at sound, only at what was measured.
 */

/** Frames remembered: 2.56 s, longer than any candidate lives. */
const HISTORY_FRAMES = 256;
/** Weak frames in a row that are sound and not a fluctuation. */
const RUN_FRAMES = 4;
/** Frames without sound that may lie between the start of a voice and what follows. */
const GAP_FRAMES = 30;

/** Ring of (loudness, weakly voiced) by frame number, counted from 1. */
export class FrameHistory {
  readonly #loudness = new Int32Array(HISTORY_FRAMES);
  readonly #weak = new Uint8Array(HISTORY_FRAMES);

  /** Notes a frame. */
  note(frame: number, loudness: number, weak: boolean): void {
    this.#loudness[frame % HISTORY_FRAMES] = loudness;
    this.#weak[frame % HISTORY_FRAMES] = weak ? 1 : 0;
  }

  /**
   * Walks back from a frame inside a voice to the first frame of that voice.
   * @param from Number of a voiced frame.
   * @param earliest First frame that may be returned.
   * @param leastLoudness Quieter frames are background, whatever they are.
   */
  startBefore(from: number, earliest: number, leastLoudness: number): number {
    const last = Math.max(earliest, from - HISTORY_FRAMES + 1);
    let start = from;
    let run = 0;
    for (let frame = from; frame >= last && start - frame <= GAP_FRAMES; frame--) {
      const at = frame % HISTORY_FRAMES;
      const loud = this.#weak[at] === 1 && (this.#loudness[at] as number) >= leastLoudness;
      run = loud ? run + 1 : 0;
      if (run >= RUN_FRAMES || (loud && start - frame <= 1)) start = frame;
    }
    return start;
  }
}
