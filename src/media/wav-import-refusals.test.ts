import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { fmtChunk, wavFile, wavFixture } from '../../test/support/wav-file.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { encodeWav, wavHeader } from './wav.js';
import { importWav } from './wav-import.js';

const FOUR = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SoundstageError && / failed: .* Try .*\.$/.test(error.message)) return error.code;
    throw error;
  }
  return 'no error';
}

describe('refusals', () => {
  test.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'E_WAV_INVALID'],
    ['an MP3', new TextEncoder().encode('ID3\u0004 and so on and so on'), 'E_WAV_INVALID'],
    [
      'an AVI, which is RIFF too',
      new TextEncoder().encode('RIFF\u0000\u0000\u0000\u0000AVI LIST'),
      'E_WAV_INVALID',
    ],
    ['MS ADPCM', wavFixture('ms-adpcm-8000-mono.wav'), 'E_WAV_INVALID'],
    ['no fmt chunk', wavFile({ chunks: [['data', FOUR]] }), 'E_WAV_INVALID'],
    ['no data chunk', wavFile({ chunks: [['fmt ', fmtChunk({})]] }), 'E_WAV_INVALID'],
    [
      'no samples',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({})],
          ['data', new Uint8Array(0)],
        ],
      }),
      'E_WAV_EMPTY',
    ],
    [
      'less than a sample behind a streaming header',
      Uint8Array.of(...wavHeader({ sampleRateHz: 16_000, dataBytes: 'streaming' }), 7),
      'E_WAV_EMPTY',
    ],
    [
      'fewer samples than promised',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({})],
          ['data', FOUR, 10],
        ],
      }),
      'E_WAV_TRUNCATED',
    ],
    [
      'half a sample at the end',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({})],
          ['data', FOUR.subarray(0, 3)],
        ],
      }),
      'E_WAV_TRUNCATED',
    ],
    [
      'a chunk that goes on after the end',
      wavFile({ chunks: [['LIST', FOUR, 0x7fff_ffff]] }),
      'E_WAV_TRUNCATED',
    ],
    [
      'no channel',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({ channels: 0, align: 2 })],
          ['data', FOUR],
        ],
      }),
      'E_WAV_INVALID',
    ],
    [
      '65,535 channels',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({ channels: 65_535, align: 2 })],
          ['data', FOUR],
        ],
      }),
      'E_WAV_INVALID',
    ],
    [
      'a rate of 4 GHz',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({ rateHz: 4e9 })],
          ['data', FOUR],
        ],
      }),
      'E_WAV_INVALID',
    ],
    [
      'a rate of 0',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({ rateHz: 0 })],
          ['data', FOUR],
        ],
      }),
      'E_WAV_INVALID',
    ],
    [
      'frames of no bytes',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({ align: 0 })],
          ['data', FOUR],
        ],
      }),
      'E_WAV_INVALID',
    ],
    [
      'ADPCM blocks smaller than their header',
      wavFile({
        chunks: [
          ['fmt ', fmtChunk({ code: 17, bits: 4, align: 4 })],
          ['data', FOUR],
        ],
      }),
      'E_WAV_INVALID',
    ],
  ])('%s', (_name, bytes, code) => {
    expect(codeOf(() => importWav(bytes))).toBe(code);
  });

  test('every file cut short is refused', () => {
    const bytes = encodeWav(Int16Array.of(1, 2, 3, 4), 16_000);
    for (let length = 0; length < bytes.length; length += 1) {
      const expected = length < 4 ? 'E_WAV_INVALID' : 'E_WAV_TRUNCATED';
      expect([length, codeOf(() => importWav(bytes.subarray(0, length)))]).toEqual([length, expected]);
    }
  });
});

property.prop(
  [
    fc.constantFrom('s24-22050-mono.wav', 'ima-adpcm-8000-stereo.wav', 'f32-16000-mono.wav'),
    fc.array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 255 })), { maxLength: 6 }),
  ],
  { seed: PROPERTY_SEED },
)('a header with any bytes changed gives samples or a refusal, never anything else', (name, changes) => {
  const bytes = wavFixture(name);
  for (const [offset, value] of changes) bytes[offset] = value;
  expect(['no error', 'E_WAV_INVALID', 'E_WAV_TRUNCATED', 'E_WAV_EMPTY']).toContain(
    codeOf(() => importWav(bytes)),
  );
});
