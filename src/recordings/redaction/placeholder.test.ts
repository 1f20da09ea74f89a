/**
 * A placeholder in a recording fits whatever a live session says in its place, and nothing else is forgiven.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { matchesPlaceholder, Placeholders, placeholderOf } from './placeholder.js';

describe('a recorded text with placeholders', () => {
  test.each([
    ['Bearer [redacted:credential-1]', 'Bearer sk-live', true],
    ['Bearer [redacted:credential-1]', 'Basic sk-live', false],
    ['[redacted:credential-1]', '', true],
    ['a[redacted:x-1]b[redacted:x-2]c', 'a1b2c', true],
    ['a[redacted:x-1]b[redacted:x-2]c', 'a1c', false],
    ['a[redacted:x-1]a', 'a', false],
    ['plain', 'plain', true],
    ['plain', 'Plain', false],
    ['[redacted:]', 'x', false],
  ])('%j and %j: %j', (recorded, live, fits) => {
    expect(matchesPlaceholder(recorded, live)).toBe(fits);
  });

  test.prop([fc.array(fc.tuple(fc.string(), fc.string())), fc.string()])(
    'fits every text made by filling them',
    (pieces, end) => {
      const recorded = pieces.map(([text], index) => text + placeholderOf('rule', index + 1)).join('') + end;
      expect(matchesPlaceholder(recorded, pieces.map(([text, fill]) => text + fill).join('') + end)).toBe(
        true,
      );
    },
  );
});

test('the same value in another letter case has the same placeholder, and hits are counted', () => {
  const placeholders = new Placeholders();
  expect(placeholders.take('credential', 'Secret')).toBe('[redacted:credential-1]');
  expect(placeholders.take('credential', 'other')).toBe('[redacted:credential-2]');
  expect(placeholders.take('credential', 'sECRET')).toBe('[redacted:credential-1]');
  expect(placeholders.list()).toEqual([
    { placeholder: '[redacted:credential-1]', rule: 'credential', hits: 2 },
    { placeholder: '[redacted:credential-2]', rule: 'credential', hits: 1 },
  ]);
});
