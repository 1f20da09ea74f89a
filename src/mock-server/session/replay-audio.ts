/**
 * The client's stream of audio beside the recorded one: the samples that are not silent must be the same ones in the
 * same order, the silence between them may be shorter or longer, by so much in all. Must never know a message.
 */
import { pcm16FromBytes } from '../../media/index.js';
import type { ReplayScript } from '../../recordings/index.js';

/** Samples up to this amplitude are silence. */
const QUIET = 32;
/** Samples of the recording that are read at once. */
const BLOCK_SAMPLES = 8_192;

/** Why the streams are not the same. */
export type AudioDifference =
  /** A sample that is not the recorded one. `recorded` is undefined behind the end. */
  | { readonly what: 'sample'; readonly recorded: number | undefined; readonly live: number }
  /** More silence is missing or extra than may be. */
  | { readonly what: 'slack'; readonly spentSamples: number };

/** One session's place in the recorded stream. */
export class ReplayAudio {
  readonly #script: ReplayScript;
  readonly #slackSamples: number;
  /** Speech that was replaced has nothing but its length. */
  readonly #onlyLength: boolean;
  #position = 0;
  #spentSamples = 0;
  #block: Int16Array = new Int16Array(0);
  #blockStart = 0;
  #halfSample: Uint8Array = new Uint8Array(0);

  constructor(script: ReplayScript, slackMs: number) {
    this.#script = script;
    this.#slackSamples = Math.floor((slackMs * script.rateHz) / 1000);
    this.#onlyLength = script.recording.manifest.redactions.speech;
  }

  /** How far the recorded stream has been followed, in samples. */
  get position(): number {
    return this.#position;
  }

  get slackSamples(): number {
    return this.#slackSamples;
  }

  /** Missing and extra silence since the last point that had to meet. */
  get spentSamples(): number {
    return this.#spentSamples;
  }

  /** Whole samples of the client's bytes; half a sample waits for its other half. */
  join(bytes: Uint8Array): Int16Array {
    const joined = new Uint8Array(this.#halfSample.length + bytes.length);
    joined.set(this.#halfSample);
    joined.set(bytes, this.#halfSample.length);
    const whole = joined.length - (joined.length % 2);
    this.#halfSample = joined.slice(whole);
    return pcm16FromBytes(joined.slice(0, whole));
  }

  /**
   * Follows the recording with the client's samples from `from` on, up to a position of the recording.
   *
   * @returns how many of the samples are used up, or what is different
   */
  follow(live: Int16Array, from: number, until: number): number | AudioDifference {
    let next = from;
    while (next < live.length && this.#position < until) {
      const recorded = this.#sampleAt(this.#position);
      const sent = live[next] ?? 0;
      const areQuiet = this.#isQuiet(recorded) && this.#isQuiet(sent);
      if (recorded === sent || areQuiet) {
        this.#position += 1;
        next += 1;
        continue;
      }
      if (this.#isQuiet(recorded)) this.#position += 1;
      else if (this.#isQuiet(sent)) next += 1;
      else return { what: 'sample', recorded, live: sent };
      if (!this.#spend()) return { what: 'slack', spentSamples: this.#spentSamples };
    }
    return next;
  }

  /** Takes the rest of the client's samples where the recording has none: it must be silence. */
  takeExtra(live: Int16Array, from: number): AudioDifference | undefined {
    for (const sent of live.subarray(from)) {
      if (!this.#isQuiet(sent)) return { what: 'sample', recorded: undefined, live: sent };
      if (!this.#spend()) return { what: 'slack', spentSamples: this.#spentSamples };
    }
    return undefined;
  }

  /** Goes on to a position whose samples the client has not sent, if they are silence and few enough. */
  passOver(position: number): boolean {
    if (!this.mayPassOver(position)) return false;
    this.#spentSamples += Math.max(0, position - this.#position);
    this.#position = Math.max(position, this.#position);
    return true;
  }

  /** Whether everything up to a position is silence that may be missing. */
  mayPassOver(position: number): boolean {
    if (this.#spentSamples + position - this.#position > this.#slackSamples) return false;
    for (let at = this.#position; at < position; at += 1) {
      if (!this.#isQuiet(this.#sampleAt(at))) return false;
    }
    return true;
  }

  /** A point that had to meet has: what was missing or extra before it is forgiven. */
  meet(): void {
    this.#spentSamples = 0;
    this.#halfSample = new Uint8Array(0);
  }

  #spend(): boolean {
    this.#spentSamples += 1;
    return this.#spentSamples <= this.#slackSamples;
  }

  #isQuiet(sample: number): boolean {
    return this.#onlyLength || (sample <= QUIET && sample >= -QUIET);
  }

  #sampleAt(position: number): number {
    const inBlock = position - this.#blockStart;
    if (inBlock >= 0 && inBlock < this.#block.length) return this.#block[inBlock] ?? 0;
    this.#block = pcm16FromBytes(this.#script.clientSamples(position, BLOCK_SAMPLES));
    this.#blockStart = position;
    return this.#block[0] ?? 0;
  }
}
