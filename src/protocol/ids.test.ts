import { expect, test } from 'vitest';
import { ID_PATTERNS, type IdKind, makeId, openRandomStream } from './index.js';

const KINDS = Object.keys(ID_PATTERNS) as IdKind[];

test.each(KINDS)('%s ids have the captured shape and do not repeat', (kind) => {
  const random = openRandomStream(1, 'ids', 'test');
  const ids = Array.from({ length: 5_000 }, () => makeId(kind, random));
  expect(ids.filter((id) => !ID_PATTERNS[kind].test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the same stream gives the same ids, and an id costs few draws', () => {
  const stream = () => openRandomStream(7, 'ids', 'test');
  expect(makeId('event', stream())).toBe(makeId('event', stream()));
  let draws = 0;
  const random = openRandomStream(7, 'ids', 'test');
  makeId('event', {
    below: (bound) => {
      draws += 1;
      return random.below(bound);
    },
  });
  expect(draws).toBeLessThanOrEqual(5);
});

test('every character of the alphabet occurs at every place', () => {
  const random = openRandomStream(3, 'ids', 'test');
  const seen = Array.from({ length: 21 }, () => new Set<string>());
  for (let count = 0; count < 3_000; count += 1) {
    for (const [place, character] of [...makeId('item', random).slice('item_'.length)].entries()) {
      seen[place]?.add(character);
    }
  }
  expect(seen.map(({ size }) => size)).toEqual(Array.from({ length: 21 }, () => 61));
});
