import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { isLegalClose, rawCloseFrame, truncateCloseReason } from './close-reason.js';

describe('truncateCloseReason', () => {
  test.each([
    ['exactly the limit', 'a'.repeat(123), 123],
    ['one over', 'a'.repeat(124), 123],
    ['two-byte characters', 'é'.repeat(62), 122],
    ['three-byte characters', '语'.repeat(42), 123],
    ['four-byte characters', '𝄞'.repeat(31), 120],
    ['a character across the limit', `${'a'.repeat(122)}语`, 122],
  ])('%s', (_, reason, sizeBytes) => {
    const cut = truncateCloseReason(reason);
    expect(Buffer.byteLength(cut)).toBe(sizeBytes);
    expect(reason.startsWith(cut)).toBe(true);
  });
});

test.each([
  [999, false],
  [1000, true],
  [1004, false],
  [1005, false],
  [1006, false],
  [1007, true],
  [1014, true],
  [1015, false],
  [2999, false],
  [3000, true],
  [4999, true],
  [5000, false],
  [1000.5, false],
])('code %d is legal: %s', (code, legal) => {
  expect(isLegalClose(code, '')).toBe(legal);
  expect(isLegalClose(code, 'r'.repeat(124))).toBe(false);
});

test('raw close frames carry any code and length', () => {
  expect(rawCloseFrame(undefined, '')).toEqual(Uint8Array.of(0x88, 0));
  expect(rawCloseFrame(1006, 'x')).toEqual(Uint8Array.of(0x88, 3, 0x03, 0xee, 0x78));
  expect(rawCloseFrame(1007, 'r'.repeat(124)).subarray(0, 6)).toEqual(
    Uint8Array.of(0x88, 126, 0, 126, 0x03, 0xef),
  );
  expect(rawCloseFrame(1007, 'r'.repeat(70_000))).toHaveLength(10 + 70_002);
});
