import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { bytesFromPcm16, peakLevel, rmsLevel } from './pcm.js';
import { sha256Hex } from './sha256.js';
import { type SpeechRateHz, synthesizeSpeech } from './synthetic-speech.js';

const SENTENCE = 'The weather is mild today, so a walk along the lake would be nice.';
const CHINESE = '今天天气很好，我们去湖边走走吧。';
const RATES: readonly SpeechRateHz[] = [8_000, 16_000, 24_000, 48_000];

const digestOf = (samples: Int16Array): string => sha256Hex(bytesFromPcm16(samples));
const toDbfs = (level: number): number => 20 * Math.log10(level / 32_768);

/** Root mean square of each 20 ms. */
function shortLevels(samples: Int16Array, sampleRateHz: number): number[] {
  const size = sampleRateHz / 50;
  const count = Math.floor(samples.length / size);
  return Array.from({ length: count }, (_, index) =>
    rmsLevel(samples.subarray(index * size, (index + 1) * size)),
  );
}

/** The pitch of a voiced piece in Hz, by the lag at which it resembles itself most. */
function pitchHz(samples: Int16Array, sampleRateHz: number): number {
  let bestLag = 0;
  let bestScore = 0;
  for (let lag = Math.floor(sampleRateHz / 350); lag < sampleRateHz / 80; lag += 1) {
    let score = 0;
    for (let index = 0; index + lag < samples.length; index += 1) {
      score += (samples[index] ?? 0) * (samples[index + lag] ?? 0);
    }
    if (score > bestScore) [bestLag, bestScore] = [lag, score];
  }
  return bestLag === 0 ? 0 : sampleRateHz / bestLag;
}

describe.each(RATES)('at %d Hz', (sampleRateHz) => {
  test.each([SENTENCE, CHINESE])('%s lasts as long as speech and is neither faint nor clipped', (text) => {
    const { samples } = synthesizeSpeech(text, { sampleRateHz });
    expect(samples.length / sampleRateHz).toBeGreaterThan(3);
    expect(samples.length / sampleRateHz).toBeLessThan(6);
    expect(toDbfs(peakLevel(samples))).toBeGreaterThan(-20);
    expect(toDbfs(peakLevel(samples))).toBeLessThan(-12);
  });

  test('the length in seconds does not depend on the rate', () => {
    const reference = synthesizeSpeech(SENTENCE, { sampleRateHz: 8_000 }).samples.length / 8_000;
    expect(synthesizeSpeech(SENTENCE, { sampleRateHz }).samples.length / sampleRateHz).toBeCloseTo(
      reference,
      2,
    );
  });
});

test('levels rise and fall as in speech, with pauses between the words', () => {
  const { samples } = synthesizeSpeech(SENTENCE, { sampleRateHz: 16_000 });
  const levels = shortLevels(samples, 16_000);
  const voiced = levels.filter((level) => level > 100).sort((first, second) => first - second);
  const quiet = levels.filter((level) => level <= 100).length / levels.length;
  const tenth = voiced[Math.floor(voiced.length / 10)] ?? 0;
  const ninth = voiced[Math.floor((voiced.length * 9) / 10)] ?? 0;
  expect(toDbfs(ninth) - toDbfs(tenth)).toBeGreaterThan(6);
  expect(quiet).toBeGreaterThan(0.1);
  expect(quiet).toBeLessThan(0.5);
});

test('pitch varies from word to word', () => {
  const { samples, words } = synthesizeSpeech(SENTENCE, { sampleRateHz: 16_000 });
  const pitches = words.map(({ startSample }) =>
    Math.round(pitchHz(samples.subarray(startSample + 1_000, startSample + 2_500), 16_000)),
  );
  expect(new Set(pitches).size).toBeGreaterThan(5);
  for (const pitch of pitches) expect(pitch).toBeGreaterThan(80);
});

test('a voice has its own pitch, no voice the usual one', () => {
  const pitchOf = (voice?: string): number => {
    const { samples } = synthesizeSpeech('aaa', { sampleRateHz: 16_000, voice });
    return pitchHz(samples.subarray(500, 2_000), 16_000);
  };
  const pitches = ['Cherry', 'Ethan', 'Chelsie', 'Tina'].map(pitchOf);
  expect(new Set(pitches).size).toBeGreaterThan(2);
  expect(pitchOf()).toBe(pitchOf(undefined));
});

test('words tile the samples and their texts are the text', () => {
  const { samples, words } = synthesizeSpeech(`${SENTENCE} ${CHINESE} 🙂`, { sampleRateHz: 24_000 });
  expect(words.map(({ text }) => text).join('')).toBe(`${SENTENCE} ${CHINESE} 🙂`);
  let position = 0;
  for (const { startSample, endSample } of words) {
    expect(startSample).toBe(position);
    expect(endSample).toBeGreaterThan(startSample);
    position = endSample;
  }
  expect(position).toBe(samples.length);
});

test('nothing to say is no sound, symbols are a short silence', () => {
  expect(synthesizeSpeech('', { sampleRateHz: 24_000 })).toMatchObject({
    samples: new Int16Array(0),
    sampleCount: 0,
    words: [],
  });
  const { samples } = synthesizeSpeech('🙂🎉 ', { sampleRateHz: 24_000 });
  expect(samples.length).toBeLessThan(24_000 / 5);
  expect(peakLevel(samples)).toBe(0);
});

test('the same samples come out of every engine, and a repetition is no different', () => {
  const digest = (sampleRateHz: SpeechRateHz, voice?: string): string =>
    digestOf(synthesizeSpeech(`${SENTENCE} ${CHINESE}`, { sampleRateHz, voice }).samples);
  expect(digest(24_000)).toBe(digest(24_000));
  expect(digest(24_000)).toMatchInlineSnapshot(
    `"2411bf77577536859ed666268600f27d33ce5f4b3630dfc71aaa9fd787602252"`,
  );
  expect(digest(16_000, 'Cherry')).toMatchInlineSnapshot(
    `"850cf302a78cdd48f5697dbebebda987975f0b09d0248977db1ca80cbf111991"`,
  );
});

test('changing the samples of an answer does not change the next one', () => {
  const first = synthesizeSpeech('hello', { sampleRateHz: 24_000 }).samples;
  const digest = digestOf(first);
  first.fill(0);
  expect(digestOf(synthesizeSpeech('hello', { sampleRateHz: 24_000 }).samples)).toBe(digest);
});

property.prop(
  [fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(...RATES), fc.option(fc.string())],
  {
    seed: PROPERTY_SEED,
  },
)(
  'any text is spoken without clipping, and a longer text keeps its beginning',
  (text, sampleRateHz, voice) => {
    const options = { sampleRateHz, voice: voice ?? undefined };
    const { samples } = synthesizeSpeech(`${text} `, options);
    const longer = synthesizeSpeech(`${text} more`, options).samples;
    expect(toDbfs(Math.max(1, peakLevel(samples)))).toBeLessThan(-12);
    const beginning = longer.subarray(0, samples.length);
    if (text.trim() !== '') expect(digestOf(beginning)).toBe(digestOf(samples));
  },
);

test('speech read in pieces is the whole, wherever it is cut', () => {
  const spoken = synthesizeSpeech('Read me in pieces, please.', { sampleRateHz: 16_000 });
  for (const pieceSamples of [1_111, 3_200, 100_000]) {
    const pieces: number[] = [];
    for (let from = 0; from < spoken.sampleCount; from += pieceSamples) {
      pieces.push(...spoken.read(from, Math.min(from + pieceSamples, spoken.sampleCount)));
    }
    expect(Int16Array.from(pieces)).toEqual(spoken.samples);
  }
});
