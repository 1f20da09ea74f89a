import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { planSpokenWord, splitSpokenWords } from './speech-words.js';

describe('a text is cut into', () => {
  test.each<[string, string, string[]]>([
    ['words with what follows them', 'Hello, big  world!\n', ['Hello, ', 'big  ', 'world!\n']],
    ['single ideographs with their punctuation', '今天，好。', ['今', '天，', '好。']],
    ['both, mixed', '用GPT4 吧', ['用', 'GPT4 ', '吧']],
    ['words in quotes', '"Yes," (she) said', ['"Yes," ', '(she) ', 'said']],
    ['emoji of their own, and emoji at a word', '🙂 ok🙂 go', ['🙂 ', 'ok🙂 ', 'go']],
    ['leading space kept', '  a b', ['  a ', 'b']],
    ['space alone', ' \n', [' \n']],
    ['nothing', '', []],
    ['numbers', '3.5 is 3,5', ['3.5 ', 'is ', '3,5']],
    ['other scripts', 'Привет мир. Γειά', ['Привет ', 'мир. ', 'Γειά']],
  ])('%s', (_name, text, words) => {
    expect(splitSpokenWords(text)).toEqual(words);
  });
});

describe('syllables', () => {
  test.each([
    ['yes', 1],
    ['weather ', 2],
    ['take', 1],
    ['banana', 3],
    ['hmm', 1],
    ['911', 3],
    ['你', 1],
    ['молоко', 3],
    ['🙂', 0],
    ['…', 0],
    ['ba'.repeat(5_000), 12],
  ])('%s', (word, count) => {
    expect(planSpokenWord(word).syllables.length).toBe(count);
  });
});

test('pauses and melody follow the punctuation at the end only', () => {
  expect(planSpokenWord('today ').pauseMs).toBe(80);
  expect(planSpokenWord('today, ').pauseMs).toBe(190);
  expect(planSpokenWord('today. ')).toMatchObject({ pauseMs: 320, intonation: 'statement' });
  expect(planSpokenWord('today?')).toMatchObject({ pauseMs: 320, intonation: 'question' });
  expect(planSpokenWord('3.5 ')).toMatchObject({ pauseMs: 80, intonation: 'level' });
});

property.prop([fc.string({ unit: 'binary', maxLength: 80 })], { seed: PROPERTY_SEED, numRuns: 500 })(
  'the pieces joined are the text, and each has a sound or a pause',
  (text) => {
    const pieces = splitSpokenWords(text);
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) {
      const plan = planSpokenWord(piece);
      expect(piece).not.toBe('');
      expect(plan.syllables.length + plan.pauseMs).toBeGreaterThan(0);
    }
  },
);
