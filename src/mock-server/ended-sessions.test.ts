/** Ended sessions are forgotten by number and by size, the oldest first. */
import { expect, test } from 'vitest';
import { LIMITS } from '../protocol/index.js';
import { tooMany } from './ended-sessions.js';

const HALF = LIMITS.endedSessionsBytes / 2;
const weighing = (...sizes: readonly number[]) => sizes.map((logBytes, index) => ({ index, logBytes }));
const forgotten = (...sizes: readonly number[]) => tooMany(weighing(...sizes)).map(({ index }) => index);

test('as many as the limit are kept, of more the oldest go', () => {
  expect(forgotten(...Array(LIMITS.endedSessions).fill(1))).toEqual([]);
  expect(forgotten(...Array(LIMITS.endedSessions + 2).fill(1))).toEqual([0, 1]);
});

test('logs as large as the limit are kept, of larger ones the oldest go until the rest fits', () => {
  expect(forgotten(HALF, HALF)).toEqual([]);
  expect(forgotten(HALF, HALF, 1)).toEqual([0]);
  expect(forgotten(1, 1, HALF, HALF, HALF)).toEqual([0, 1, 2]);
});

test('the last one is kept whatever it weighs', () => {
  expect(forgotten(3 * HALF)).toEqual([]);
  expect(forgotten(1, 3 * HALF)).toEqual([0]);
  expect(forgotten()).toEqual([]);
});
