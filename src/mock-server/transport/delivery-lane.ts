/**
 * One direction of an in-process connection: what is pushed at one end is delivered at the other, in order,
 * one parcel per microtask, or at a given rate. Must never deliver synchronously, out of order, or while paused.
 */
import type { WallClock } from '../wall-clock.js';

/** Something on its way, with the bytes it counts for. */
export interface Parcel {
  readonly sizeBytes: number;
  readonly deliver: () => void;
}

export class DeliveryLane {
  readonly #clock: WallClock;
  #parcels: Parcel[] = [];
  #head = 0;
  #scheduled = false;
  #paused = false;
  #cut = false;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  /** Bytes pushed and not yet delivered. */
  bufferedBytes = 0;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  push(parcel: Parcel): void {
    if (this.#cut) return;
    this.#parcels.push(parcel);
    this.bufferedBytes += parcel.sizeBytes;
    this.#schedule();
  }

  /** Whether what was pushed may take as long as it likes. */
  get isStalled(): boolean {
    return this.#paused || this.#bytesPerSecond !== Number.POSITIVE_INFINITY;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#schedule();
  }

  /** From now on a parcel takes as long as its bytes do at this rate, in wall time. @param bytesPerSecond above 0 */
  setRate(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Throws away what is on its way and everything pushed later. */
  cut(): void {
    this.#cut = true;
    this.#cancelTimer?.();
    this.#parcels = [];
    this.#head = 0;
    this.bufferedBytes = 0;
  }

  /** Calls back once when everything pushed so far was delivered. */
  whenTaken(callback: () => void): void {
    if (this.#head < this.#parcels.length) {
      this.push({ sizeBytes: 0, deliver: callback });
    } else queueMicrotask(callback);
  }

  #schedule(): void {
    const next = this.#parcels[this.#head];
    if (this.#scheduled || this.#paused || next === undefined) return;
    this.#scheduled = true;
    const takesMs = (next.sizeBytes * 1000) / this.#bytesPerSecond;
    if (takesMs === 0) queueMicrotask(this.#deliverNext);
    else this.#cancelTimer = this.#clock.setTimer(takesMs, this.#deliverNext);
  }

  readonly #deliverNext = (): void => {
    this.#scheduled = false;
    const parcel = this.#parcels[this.#head];
    if (this.#paused || parcel === undefined) return;
    this.#head += 1;
    if (this.#head === this.#parcels.length) {
      this.#parcels = [];
      this.#head = 0;
    }
    this.bufferedBytes -= parcel.sizeBytes;
    this.#schedule();
    parcel.deliver();
  };
}
