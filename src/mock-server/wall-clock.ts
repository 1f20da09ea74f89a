/**
 * The one place where the mock server reads real time and starts real timers.
 * Everything else in the room takes a WallClock, so that a test can hand in a clock of its own.
 * Must never be used by the session reducer: a session knows virtual time only.
 */

import { LIMITS } from '../protocol/limits.js';

/** Real time as the adapters see it. */
export interface WallClock {
  /** Milliseconds from an arbitrary origin, never going backwards. Only differences mean anything. */
  nowMs(): number;
  /**
   * Calls `callback` once after `delayMs` milliseconds or a little earlier, and after `LIMITS.wallTimerMs` at the
   * latest, unless the returned function is called first.
   */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** The machine's monotonic clock. Its timers keep the process alive, so whoever sets one also clears it. */
export const realWallClock: WallClock = {
  nowMs: () => performance.now(),
  setTimer: (delayMs, callback) => {
    // Beyond the limit `setTimeout` would call back at once.
    const timer = setTimeout(callback, Math.min(delayMs, LIMITS.wallTimerMs));
    return () => clearTimeout(timer);
  },
};

/** A clock whose timers tell `onThrow`: nobody else catches what a timer throws, and it would end the process. */
export function guardedClock(clock: WallClock, onThrow: (error: unknown) => void): WallClock {
  return {
    nowMs: () => clock.nowMs(),
    setTimer: (delayMs, callback) =>
      clock.setTimer(delayMs, () => {
        try {
          callback();
        } catch (error) {
          onThrow(error);
        }
      }),
  };
}
