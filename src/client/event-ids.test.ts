import { expect, test } from 'vitest';
import { countingEventIds, randomEventIds } from './event-ids.js';

test('random ids have the shape of the SDKs and do not repeat', () => {
  const ids = Array.from({ length: 1_000 }, randomEventIds);
  for (const id of ids) expect(id).toMatch(/^event_[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test('counting ids have the same shape, and each source starts anew', () => {
  const next = countingEventIds();
  expect([next(), next(), countingEventIds()()]).toEqual([
    `event_${'1'.padStart(32, '0')}`,
    `event_${'2'.padStart(32, '0')}`,
    `event_${'1'.padStart(32, '0')}`,
  ]);
});
