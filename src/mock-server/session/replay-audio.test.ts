/**
 * The law of audio in a replay: what is not silent must be the same, and the lengths of the silences may differ by the
 * slack in all, whatever the cut.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../media/base64.js';
import { bytesFromPcm16 } from '../../media/index.js';
import {
  MemoryParts,
  Recording,
  RecordingWriter,
  ReplayScript,
  splitMessage,
} from '../../recordings/index.js';
import { ReplayAudio } from './replay-audio.js';

/** 16 000 Hz, so that a slack of 1 ms is 16 samples. */
const SAMPLES_PER_MS = 16;

function scriptOf(packets: readonly Int16Array[], speech = false): ReplayScript {
  const sink = new MemoryParts('audio.rec');
  const header = { provenance: { kind: 'handwritten' }, recordedBy: 'a test', model: null } as const;
  const writer = new RecordingWriter({ sink, header: { ...header, speechRedacted: speech } });
  for (const packet of packets) {
    const text = JSON.stringify({
      type: 'input_audio_buffer.append',
      audio: encodeBase64(bytesFromPcm16(packet)),
    });
    const parts = splitMessage(text, { side: 'client', isPcm: true });
    writer.write({ kind: 'text', atMs: 0, from: 'client', parts });
  }
  writer.finish();
  return new ReplayScript(new Recording(sink));
}

/** Follows a whole stream; undefined when nothing is different. */
function follow(audio: ReplayAudio, script: ReplayScript, packets: readonly Int16Array[]) {
  for (const packet of packets) {
    const live = audio.join(bytesFromPcm16(packet));
    const followed = audio.follow(live, 0, script.totalSamples);
    const different = typeof followed === 'number' ? audio.takeExtra(live, followed) : followed;
    if (different !== undefined) return different;
  }
  return undefined;
}

/** Words of one sample each with silence before every one of them. */
const streamOf = (gaps: readonly number[]) =>
  Int16Array.from(gaps.flatMap((gap, at) => [...new Array<number>(gap).fill(at % 33), 1_000 + at]));

const cut = (samples: Int16Array, size: number) =>
  Array.from({ length: Math.ceil(samples.length / size) }, (_, at) =>
    samples.slice(at * size, (at + 1) * size),
  );

const gaps = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 });
const size = fc.integer({ min: 1, max: 40 });

describe('any two streams with the same words', () => {
  test.prop([
    gaps.chain((one) =>
      fc.tuple(fc.constant(one), fc.array(fc.nat(20), { minLength: one.length, maxLength: one.length })),
    ),
    size,
    size,
    fc.nat(8),
  ])(
    'are the same up to the slack, however they are cut',
    ([recorded, live], oneSize, otherSize, slackMs) => {
      const script = scriptOf(cut(streamOf(recorded), oneSize));
      const audio = new ReplayAudio(script, slackMs);
      const different = follow(audio, script, cut(streamOf(live), otherSize));
      const spent = recorded.reduce((sum, gap, at) => sum + Math.abs(gap - (live[at] ?? 0)), 0);
      if (spent <= slackMs * SAMPLES_PER_MS) {
        expect(different).toBeUndefined();
        expect(audio.spentSamples).toBe(spent);
        expect(audio.position).toBe(script.totalSamples);
      } else expect(different).toMatchObject({ what: 'slack' });
    },
  );

  test.prop([gaps, fc.nat(11), fc.integer({ min: 33, max: 32_767 })])(
    'are different where one word is',
    (recorded, at, word) => {
      const [stream, changed] = [streamOf(recorded), streamOf(recorded)];
      const loud = [...stream.keys()].filter((index) => (stream[index] ?? 0) > 32);
      const place = loud[at % loud.length] ?? 0;
      changed[place] = word;
      const script = scriptOf([stream]);
      const different = follow(new ReplayAudio(script, 500), script, [changed]);
      if (stream[place] === word) expect(different).toBeUndefined();
      else expect(different).toMatchObject({ what: 'sample', live: word });
    },
  );
});

it('takes the exact slack and not a sample more, missing or extra', () => {
  const word = Int16Array.of(5_000);
  const silent = (samples: number) => new Int16Array(samples);
  for (const [recorded, live, ok] of [
    [8_000, 0, true],
    [8_001, 0, false],
    [0, 8_000, true],
    [0, 8_001, false],
  ] as const) {
    const script = scriptOf([silent(recorded), word]);
    expect(follow(new ReplayAudio(script, 500), script, [silent(live), word]) === undefined).toBe(ok);
  }
});

it('compares nothing but the length of speech that was replaced', () => {
  const script = scriptOf([new Int16Array(1_600).fill(9_000)], true);
  const other = new Int16Array(1_600).fill(-20_000);
  expect(follow(new ReplayAudio(script, 0), script, [other])).toBeUndefined();
  expect(follow(new ReplayAudio(script, 0), script, [other, Int16Array.of(1)])).toMatchObject({
    what: 'slack',
  });
});

it('joins samples that are cut in two', () => {
  const script = scriptOf([Int16Array.of(4_000, 5_000)]);
  const audio = new ReplayAudio(script, 0);
  const bytes = bytesFromPcm16(Int16Array.of(4_000, 5_000));
  for (const byte of bytes) {
    const live = audio.join(Uint8Array.of(byte));
    expect(audio.follow(live, 0, script.totalSamples)).toBe(live.length);
  }
  expect(audio.position).toBe(2);
});

it('lets the server go on without spending silence that may still come', () => {
  const script = scriptOf([new Int16Array(8_000)]);
  const audio = new ReplayAudio(script, 500);
  audio.grant(8_000);
  expect([audio.reached, audio.position, audio.spentSamples]).toEqual([8_000, 0, 0]);
  expect(follow(audio, script, [new Int16Array(8_000)])).toBeUndefined();
  expect(audio.spentSamples).toBe(0);
});
