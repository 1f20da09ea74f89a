/**
 * Wall time that passes only when a test says so. Must never fire a timer by itself.
 */
import type { WallClock } from '../../src/mock-server/wall-clock.js';
import { Happenings } from './happenings.js';

interface Timer {
  readonly delayMs: number;
  readonly callback: () => void;
}

export class HandWoundClock implements WallClock {
  /** `timer MS` whenever one is set, `idle` whenever the last one went. */
  readonly saw = new Happenings();
  #nowMs = 0;
  #timers: Timer[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { delayMs, callback };
    this.#timers.push(timer);
    this.saw.add(`timer ${delayMs}`);
    return () => this.#remove(timer);
  }

  /** The delays of the timers that wait, in the order they were set. */
  get waitingMs(): number[] {
    return this.#timers.map(({ delayMs }) => delayMs);
  }

  /** Fires the oldest timer that waits for `delayMs`. */
  fire(delayMs: number): void {
    const timer = this.#timers.find((waiting) => waiting.delayMs === delayMs);
    if (timer === undefined) throw new Error(`No timer of ${delayMs} ms among ${this.waitingMs.join(', ')}.`);
    this.#remove(timer);
    this.#nowMs += delayMs;
    timer.callback();
  }

  /** Resolves once a timer waits. */
  async untilTimer(): Promise<void> {
    while (this.#timers.length === 0) {
      await this.saw.untilCount('timer', this.saw.list.filter((seen) => seen !== 'idle').length + 1);
    }
  }

  /** Resolves once no timer waits. */
  async untilIdle(): Promise<void> {
    while (this.#timers.length > 0) {
      await this.saw.untilCount('idle', this.saw.list.filter((seen) => seen === 'idle').length + 1);
    }
  }

  #remove(timer: Timer): void {
    if (!this.#timers.includes(timer)) return;
    this.#timers = this.#timers.filter((other) => other !== timer);
    if (this.#timers.length === 0) this.saw.add('idle');
  }

  /** Waits until such a timer is set, once more than it ever was fired, and fires it. */
  async fireNext(delayMs: number): Promise<void> {
    while (!this.waitingMs.includes(delayMs)) {
      const settings = this.saw.list.filter((seen) => seen === `timer ${delayMs}`).length;
      await this.saw.untilCount(`timer ${delayMs}`, settings + 1);
    }
    this.fire(delayMs);
  }
}
