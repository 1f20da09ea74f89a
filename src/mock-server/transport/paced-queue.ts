/**
 * Bytes that pass at a given rate by wall time, in slices and in order. Must never know where they go.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { WallClock } from '../wall-clock.js';

/** Passes one slice on; the last of its bytes comes with `isLast`. */
type PassSlice = (slice: Uint8Array, isLast: boolean) => void;

interface Entry {
  readonly bytes: Uint8Array;
  readonly pass: PassSlice;
}

export class PacedQueue {
  readonly #clock: WallClock;
  #bytesPerSecond: number;
  #entries: Entry[] = [];
  /** How much of the first entry has passed. */
  #passedBytes = 0;
  #bufferedBytes = 0;
  #cancelTimer: (() => void) | undefined;

  /** @param bytesPerSecond above 0 */
  constructor(bytesPerSecond: number, clock: WallClock) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
  }

  /** Takes another rate from the next slice on. */
  setRate(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Bytes that wait. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Queues bytes. Without any, `pass` is called once when everything before has passed, perhaps at once. */
  push(bytes: Uint8Array, pass: PassSlice): void {
    this.#entries.push({ bytes, pass });
    this.#bufferedBytes += bytes.length;
    if (this.#cancelTimer === undefined) this.#passOn(0);
  }

  /** Forgets what waits. */
  discard(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#entries = [];
    this.#passedBytes = 0;
    this.#bufferedBytes = 0;
  }

  /** The most that passes at once. */
  get #sliceBytes(): number {
    return Math.max(1, Math.floor((this.#bytesPerSecond * LIMITS.throttleSliceMs) / 1000));
  }

  /** Passes `allowedBytes`, and entries without bytes behind them; then waits for the next slice. */
  #passOn(allowedBytes: number): void {
    let leftBytes = allowedBytes;
    for (;;) {
      const entry = this.#entries[0];
      if (entry === undefined) return;
      const sizeBytes = Math.min(leftBytes, entry.bytes.length - this.#passedBytes);
      if (sizeBytes === 0 && entry.bytes.length > 0) break;
      const slice = entry.bytes.subarray(this.#passedBytes, this.#passedBytes + sizeBytes);
      leftBytes -= sizeBytes;
      this.#passedBytes += sizeBytes;
      this.#bufferedBytes -= sizeBytes;
      const isLast = this.#passedBytes === entry.bytes.length;
      if (isLast) {
        this.#entries.shift();
        this.#passedBytes = 0;
      }
      entry.pass(slice, isLast);
    }
    this.#wait();
  }

  #wait(): void {
    if (this.#cancelTimer !== undefined) return;
    const sizeBytes = Math.min(this.#sliceBytes, this.#bufferedBytes);
    this.#cancelTimer = this.#clock.setTimer((sizeBytes * 1000) / this.#bytesPerSecond, () => {
      this.#cancelTimer = undefined;
      this.#passOn(sizeBytes);
    });
  }
}
