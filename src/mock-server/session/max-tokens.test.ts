/**
 * The cut of `max_tokens`: the longest beginning within the budget, in whole characters.
 */
import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_RUNS, PROPERTY_SEED } from '../../../test/support/property-seed.js';
import { utf8Bytes } from '../../protocol/index.js';
import { cutText } from './max-tokens.js';

test.each([
  ['abcdefgh', 2, { text: 'abcdefgh', tokens: 2, cut: false }],
  ['abcdefghi', 2, { text: 'abcdefgh', tokens: 2, cut: true }],
  ['你好吗', 2, { text: '你好', tokens: 2, cut: true }],
  ['ab😀', 1, { text: 'ab', tokens: 1, cut: true }],
  ['anything', 0, { text: '', tokens: 0, cut: true }],
  ['anything', -3, { text: '', tokens: 0, cut: true }],
  ['', 0, { text: '', tokens: 0, cut: false }],
  ['no limit', undefined, { text: 'no limit', tokens: 2, cut: false }],
])('%j within %s tokens', (text, maxTokens, expected) => {
  expect(cutText(text, maxTokens)).toEqual(expected);
});

describe('any text', () => {
  const settings = { seed: PROPERTY_SEED, numRuns: PROPERTY_RUNS };
  propertyTest.prop([fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(20)], settings)(
    'is cut as late as possible and never inside a character',
    (text, maxTokens) => {
      const { text: kept, tokens, cut } = cutText(text, maxTokens);
      expect(text.startsWith(kept)).toBe(true);
      expect(cut).toBe(kept.length < text.length);
      expect(tokens).toBe(Math.ceil(utf8Bytes(kept) / 4));
      expect(tokens).toBeLessThanOrEqual(maxTokens);
      const [next = ''] = text.slice(kept.length);
      expect([...kept, ...text.slice(kept.length)]).toEqual([...text]);
      if (cut) expect(utf8Bytes(kept + next)).toBeGreaterThan(4 * maxTokens);
    },
  );
});
