/**
 * Voices as a buzz: turns begin and end where they did, and nothing of a voice is left but how loud it was.
 */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { bytesFromPcm16, pcm16FromBytes } from '../src/media/index.js';
import { concatPcm16, resamplePcm16, rmsLevel, silence } from '../src/media/pcm.js';
import { createRedactor, type DraftEntry } from '../src/recordings/index.js';
import { SpeechTone } from '../src/recordings/redaction/speech-tone.js';
import { PROPERTY_RUNS, PROPERTY_SEED } from './support/property-seed.js';
import { segmentsOf, voices } from './support/speech-fixtures.js';
import { append, audioDelta, client, server, upgrade } from './support/written-recording.js';

fc.configureGlobal({ seed: PROPERTY_SEED, numRuns: PROPERTY_RUNS });

const buzz = (samples: Int16Array, rateHz = 16_000, cut = samples.length) => {
  const tone = new SpeechTone();
  const pieces: Int16Array[] = [];
  for (let start = 0; start < samples.length; start += cut)
    pieces.push(pcm16FromBytes(tone.replace(bytesFromPcm16(samples.slice(start, start + cut)), rateHz)));
  return concatPcm16(pieces);
};

describe('the turns of a voice', () => {
  test.each(voices().map((voice) => [voice.name, voice] as const))('%s', (_name, { samples }) => {
    const padded = concatPcm16([silence(8_000), samples, silence(24_000)]);
    for (const rateHz of [16_000, 24_000] as const) {
      const original = rateHz === 16_000 ? padded : resamplePcm16(padded, 16_000, rateHz);
      const heard = segmentsOf(original, { sampleRateHz: rateHz });
      const replaced = segmentsOf(buzz(original, rateHz, rateHz / 10), { sampleRateHz: rateHz });
      expect(replaced).toHaveLength(heard.length);
      for (const [index, { startMs, endMs }] of heard.entries()) {
        const found = replaced[index];
        expect(Math.abs((found?.startMs ?? 0) - startMs)).toBeLessThanOrEqual(200);
        expect(Math.abs((found?.endMs ?? 0) - (endMs ?? 0))).toBeLessThanOrEqual(80);
      }
    }
  });
});

const windows = fc.array(
  fc.array(fc.integer({ min: -9_000, max: 9_000 }), { minLength: 160, maxLength: 160 }),
  { minLength: 1, maxLength: 4 },
);
const joined = (parts: readonly (readonly number[])[]) =>
  concatPcm16(parts.map((part) => Int16Array.from(part)));

describe('of a voice nothing is left but the level of each window', () => {
  // Whoever wanted the voice back would have to tell these apart.
  property.prop([windows])('upside down, backwards and shifted it becomes the same buzz', (parts) => {
    const expected = buzz(joined(parts));
    expect(buzz(joined(parts.map((part) => part.map((sample) => -sample))))).toEqual(expected);
    expect(buzz(joined(parts.map((part) => [...part].reverse())))).toEqual(expected);
    expect(buzz(joined(parts.map((part) => part.map((sample) => sample + 500))))).toEqual(expected);
  });

  property.prop([windows, fc.integer({ min: 1, max: 4 })])('a buzz of a buzz is as loud', (parts, scale) => {
    const once = buzz(joined(parts.map((part) => part.map((sample) => Math.round(sample / scale)))));
    const twice = buzz(once);
    expect(Math.abs(rmsLevel(twice) - rmsLevel(once))).toBeLessThanOrEqual(3 + rmsLevel(once) / 5);
  });

  test('messages cut at windows make one sound, in phase', () => {
    const samples = joined([Array.from({ length: 3_200 }, (_, index) => ((index * 7_919) % 6_000) - 3_000)]);
    expect(buzz(samples, 16_000, 320)).toEqual(buzz(samples));
  });

  test('silence stays silence, and the number of samples stays', () => {
    expect(buzz(silence(1_001))).toEqual(silence(1_001));
  });
});

describe('a session without its voices', () => {
  const loud = Uint8Array.from({ length: 640 }, (_, index) => (index * 37) % 256);
  const redact = (entries: readonly DraftEntry[]) => {
    const redactor = createRedactor({ speech: true });
    const out = [...entries.flatMap((entry) => redactor.push(entry)), ...redactor.flush()];
    return out.map((entry) => (entry.kind === 'text' ? entry.parts : entry));
  };

  test('both lanes are replaced, sample by sample', () => {
    const entries = [upgrade(), append(1, loud), audioDelta(2, loud)];
    const [, heard, spoken] = redact(entries);
    for (const parts of [heard, spoken]) {
      const media = Array.isArray(parts) ? parts.find((part) => typeof part !== 'string') : undefined;
      expect(media?.bytes).toHaveLength(640);
      expect(media?.bytes).not.toEqual(loud);
    }
    // The live messages are as they were.
    expect(entries[1]).toEqual(append(1, loud));
  });

  test('what was said becomes as many x; what was typed stays', () => {
    const words = 'Hi, \u4f60 "you"';
    expect(
      redact([
        server(1, `{"type":"response.audio_transcript.delta","delta":"Hi \\u4f60"}`),
        server(1, `{"type":"response.audio_transcript.done","transcript":"Hi \\u4f60"}`),
        server(1, { type: 'conversation.item.input_audio_transcription.delta', text: 'so', stash: ' far' }),
        server(1, { type: 'conversation.item.input_audio_transcription.completed', transcript: words }),
        server(1, { type: 'response.done', response: { output: [{ content: [{ transcript: 'Yes' }] }] } }),
        client(1, { type: 'session.update', session: { instructions: 'Say hello.' } }),
        server(1, { type: 'response.text.delta', delta: 'typed' }),
      ]).flat(),
    ).toEqual([
      '{"type":"response.audio_transcript.delta","delta":"xxxx"}',
      '{"type":"response.audio_transcript.done","transcript":"xxxx"}',
      '{"type":"conversation.item.input_audio_transcription.delta","text":"xx","stash":"xxxx"}',
      `{"type":"conversation.item.input_audio_transcription.completed","transcript":"${'x'.repeat(words.length)}"}`,
      '{"type":"response.done","response":{"output":[{"content":[{"transcript":"xxx"}]}]}}',
      '{"type":"session.update","session":{"instructions":"Say hello."}}',
      '{"type":"response.text.delta","delta":"typed"}',
    ]);
  });

  test('sound that is no PCM, or may be sound, is not written', () => {
    const payload = loud;
    expect(
      redact([
        server(1, { type: 'response.audio.delta', delta: 'AA==' }),
        client(1, { type: 'conversation.item.create', item: { content: [{ audio: 'b3B1cw==' }] } }),
        { kind: 'binary', from: 'client', atMs: 1, payload },
        { kind: 'bytes', from: 'client', atMs: 1, payload },
      ]).flat(),
    ).toEqual([
      '{"type":"response.audio.delta","delta":"[redacted:speech-1]"}',
      '{"type":"conversation.item.create","item":{"content":[{"audio":"[redacted:speech-1]"}]}}',
      expect.objectContaining({ kind: 'withheld', rule: 'speech' }),
      expect.objectContaining({ kind: 'withheld', rule: 'speech' }),
    ]);
  });
});
