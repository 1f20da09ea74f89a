/**
 * Consecutive audio of one stream, however it was cut into messages: its length, its hash and how loud it is. Must never
 * keep the samples.
 */
import type { Sha256 } from '../../media/index.js';
import { centiDbOfPower } from '../../media/integer-decibels.js';

const WINDOWS_PER_SECOND = 10;

/** What is known of a run of audio. */
export class AudioRun {
  readonly rateHz: number;
  readonly #hash: Sha256;
  readonly #windowSamples: number;
  /** Loudness of each whole window of 100 ms, in hundredths of a decibel. */
  readonly #windows: number[] = [];
  #samples = 0;
  #power = 0;
  #windowPower = 0;

  constructor(rateHz: number, createHash: () => Sha256) {
    this.rateHz = rateHz;
    this.#hash = createHash();
    this.#windowSamples = Math.max(1, Math.floor(rateHz / WINDOWS_PER_SECOND));
  }

  /** Adds samples as little-endian bytes. */
  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset + 1 < bytes.length; offset += 2) {
      const sample = view.getInt16(offset, true);
      this.#windowPower += sample * sample;
      this.#samples += 1;
      if (this.#samples % this.#windowSamples === 0) this.#endWindow();
    }
  }

  #endWindow(): void {
    this.#windows.push(centiDbOfPower(Math.floor(this.#windowPower / this.#windowSamples)));
    this.#power += this.#windowPower / this.#windowSamples;
    this.#windowPower = 0;
  }

  get samples(): number {
    return this.#samples;
  }

  get lengthMs(): number {
    return Math.round((1000 * this.#samples) / this.rateHz);
  }

  get windows(): readonly number[] {
    return this.#windows;
  }

  /** Loudness of the whole, in hundredths of a decibel. */
  get centiDb(): number {
    const windows = this.#samples / this.#windowSamples;
    if (windows === 0) return 0;
    return centiDbOfPower(Math.floor((this.#power + this.#windowPower / this.#windowSamples) / windows));
  }

  get sha256(): string {
    return this.#hash.digestHex();
  }

  toJSON() {
    return { samples: this.#samples, sha256: this.sha256 };
  }
}

/** How two runs differ, in words; undefined when they hold the same samples. `b` is described against `a`. */
export function audioWords(a: AudioRun, b: AudioRun): string | undefined {
  if (a.sha256 === b.sha256 && a.rateHz === b.rateHz) return undefined;
  const words: string[] = [];
  if (a.rateHz !== b.rateHz) words.push(`${a.rateHz} Hz → ${b.rateHz} Hz`);
  const longerMs = b.lengthMs - a.lengthMs;
  if (longerMs === 0 && a.samples === b.samples) words.push('same length, different samples');
  else if (longerMs === 0) words.push(`${Math.abs(b.samples - a.samples)} samples ${longer(b, a)}`);
  else words.push(`${Math.abs(longerMs)} ms ${longer(b, a)}`);
  const louder = Math.round((b.centiDb - a.centiDb) / 100);
  if (louder !== 0) words.push(`${Math.abs(louder)} dB ${louder > 0 ? 'louder' : 'quieter'}`);
  const window = largestWindow(a.windows, b.windows);
  if (window !== undefined && Math.abs(window.db - louder) >= 3) {
    const how = window.db > 0 ? 'louder' : 'quieter';
    words.push(`${Math.abs(window.db)} dB ${how} at ${(window.index / WINDOWS_PER_SECOND).toFixed(1)} s`);
  }
  return words.join(', ');
}

function longer(b: AudioRun, a: AudioRun): string {
  return b.samples * a.rateHz > a.samples * b.rateHz ? 'longer' : 'shorter';
}

/** Where the loudness of two runs differs most, in whole decibels; undefined when it does not. */
function largestWindow(
  a: readonly number[],
  b: readonly number[],
): { index: number; db: number } | undefined {
  let found: { index: number; db: number } | undefined;
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const db = Math.round(((b[index] ?? 0) - (a[index] ?? 0)) / 100);
    if (db !== 0 && Math.abs(db) > Math.abs(found?.db ?? 0)) found = { index, db };
  }
  return found;
}
