/**
 * The machine's clock: a wait longer than a machine's timers must not become no wait at all.
 */
import { afterEach, expect, test, vi } from 'vitest';
import { LIMITS } from '../protocol/limits.js';
import { realWallClock } from './wall-clock.js';

afterEach(() => vi.restoreAllMocks());

test.each([
  [5, 5],
  [LIMITS.wallTimerMs + 1, LIMITS.wallTimerMs],
  [Number.POSITIVE_INFINITY, LIMITS.wallTimerMs],
])('a wait of %d ms asks the machine for %d', (delayMs, askedMs) => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  const cancel = realWallClock.setTimer(delayMs, () => {});
  expect(setTimer).toHaveBeenCalledExactlyOnceWith(expect.any(Function), askedMs);
  cancel();
});
