import { expect, test } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { PacedQueue } from './paced-queue.js';

/** A queue and what it passed on: each slice as text, `.` behind the last of its bytes. */
function pacedQueue(bytesPerSecond: number) {
  const clock = new HandWoundClock();
  const queue = new PacedQueue(bytesPerSecond, clock);
  const passed: string[] = [];
  const push = (text: string): void =>
    queue.push(new TextEncoder().encode(text), (slice, isLast) =>
      passed.push(new TextDecoder().decode(slice) + (isLast ? '.' : '')),
    );
  return { clock, queue, passed, push };
}

test('a slice is what the rate allows in its time, across borders', () => {
  const { clock, queue, passed, push } = pacedQueue(100);
  for (const text of ['abcdefg', 'hij', '', 'k']) push(text);
  expect([passed, queue.bufferedBytes, clock.waitingMs]).toEqual([[], 11, [50]]);
  clock.fire(50);
  expect([passed, queue.bufferedBytes, clock.waitingMs]).toEqual([['abcde'], 6, [50]]);
  clock.fire(50);
  expect([passed, clock.waitingMs]).toEqual([['abcde', 'fg.', 'hij.', '.'], [10]]);
  clock.fire(10);
  expect([passed.at(-1), queue.bufferedBytes, clock.waitingMs]).toEqual(['k.', 0, []]);
});

test('what has no bytes passes at once when nothing waits before it', () => {
  const { passed, push } = pacedQueue(100);
  push('');
  expect(passed).toEqual(['.']);
});

test('a rate below one byte a slice passes single bytes', () => {
  const { clock, passed, push } = pacedQueue(0.5);
  push('ab');
  clock.fire(2_000);
  clock.fire(2_000);
  expect(passed).toEqual(['a', 'b.']);
});

test('another rate counts from the next slice on', () => {
  const { clock, queue, passed, push } = pacedQueue(20);
  push('abcde');
  queue.setRate(60);
  clock.fire(50);
  expect([passed, clock.waitingMs]).toEqual([['a'], [50]]);
  clock.fire(50);
  expect(passed).toEqual(['a', 'bcd']);
});

test('what is discarded never passes, and leaves no timer', () => {
  const { clock, queue, passed, push } = pacedQueue(100);
  push('abc');
  queue.discard();
  expect([passed, queue.bufferedBytes, clock.waitingMs]).toEqual([[], 0, []]);
  push('d');
  clock.fire(10);
  expect(passed).toEqual(['d.']);
});
