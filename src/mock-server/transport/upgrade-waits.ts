/**
 * Upgrades that are decided and not yet carried out. Must never decide anything, and never keep a peer for longer
 * than its bound.
 */
import type { WallClock } from '../wall-clock.js';

export class UpgradeWaits {
  readonly #clock: WallClock;
  readonly #mostMs: number;
  readonly #waiting = new Set<() => void>();

  constructor(clock: WallClock, mostMs: number) {
    this.#clock = clock;
    this.#mostMs = mostMs;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /**
   * Calls `act` after `delayMs`, at once if that is not above 0. Gives a function that ends the wait before and
   * calls `drop`; afterwards it does nothing.
   */
  start(delayMs: number | undefined, act: () => void, drop: () => void): () => void {
    if (delayMs === undefined || !(delayMs > 0)) {
      act();
      return () => {};
    }
    const cancelTimer = this.#clock.setTimer(Math.min(delayMs, this.#mostMs), () => {
      this.#waiting.delete(abandon);
      act();
    });
    const abandon = (): void => {
      if (!this.#waiting.delete(abandon)) return;
      cancelTimer();
      drop();
    };
    this.#waiting.add(abandon);
    return abandon;
  }

  dropAll(): void {
    for (const abandon of this.#waiting) abandon();
  }
}
