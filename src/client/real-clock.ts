/**
 * The clock of real life, used unless a virtual one is injected. The only file of the client that reads ambient time.
 */
import type { ClientClock } from './client-clock.js';

/** Monotonic wall time. */
export const realClock: ClientClock = {
  nowMs: () => performance.now(),
  setTimer(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
