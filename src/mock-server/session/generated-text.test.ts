/**
 * Generated sentences: a function of seed, connection and turn, of a length that suits a spoken answer.
 */
import { describe, expect, test } from 'vitest';
import { synthesizeSpeech } from '../../media/index.js';
import { generateAnswer, generateTranscript } from './generated-text.js';

const TURNS = Array.from({ length: 60 }, (_, index) => index + 1);

describe.each([
  ['answers', generateAnswer],
  ['transcripts', generateTranscript],
])('%s', (_name, generate) => {
  test('the same seed, connection and turn say the same', () => {
    for (const turn of TURNS) expect(generate(7, 'default#1', turn)).toBe(generate(7, 'default#1', turn));
  });

  test.each([
    ['turn', TURNS.map((turn) => generate(1, 'a', turn))],
    ['seed', TURNS.map((seed) => generate(seed, 'a', 1))],
    ['connection', TURNS.map((number) => generate(1, `default#${number}`, 1))],
  ])('another %s says something else, more often than not', (_what, sentences) => {
    expect(new Set(sentences).size).toBeGreaterThan(12);
  });
});

test('a turn number does not run into the connection key', () => {
  const texts = new Set(TURNS.map((turn) => generateAnswer(1, `c/answer/${turn}`, 1)));
  expect(texts.size).toBeGreaterThan(12);
});

test('answers are whole sentences, about 3 to 6 seconds long when spoken', () => {
  for (const turn of TURNS) {
    const answer = generateAnswer(1, 'default#1', turn);
    expect(answer).toMatch(/^[A-Z][^.]*\.$/);
    const { samples } = synthesizeSpeech(answer, { sampleRateHz: 24_000, voice: 'Tina' });
    const seconds = Math.round(samples.length / 24_000);
    expect(seconds).toBeGreaterThanOrEqual(3);
    expect(seconds).toBeLessThanOrEqual(6);
  }
});
