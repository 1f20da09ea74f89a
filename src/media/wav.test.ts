import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { encodeWav, readWav, WAV_HEADER_BYTES, wavHeader } from './wav.js';

const SAMPLES = Int16Array.of(1, -2, 300, -32_768, 32_767);

test('the file is 44 bytes of header and the samples', () => {
  const bytes = encodeWav(SAMPLES, 24_000);
  const view = new DataView(bytes.buffer);
  expect(bytes.length).toBe(WAV_HEADER_BYTES + 10);
  expect(String.fromCharCode(...bytes.subarray(0, 16))).toBe('RIFF\u002e\u0000\u0000\u0000WAVEfmt ');
  expect([view.getUint16(20, true), view.getUint16(22, true)]).toEqual([1, 1]);
  expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([24_000, 48_000]);
  expect([view.getUint16(32, true), view.getUint16(34, true)]).toEqual([2, 16]);
  expect(view.getUint32(40, true)).toBe(10);
  expect(view.getInt16(44 + 6, true)).toBe(-32_768);
});

test('a streaming header has sizes that nobody knows yet (Q22)', () => {
  const view = new DataView(wavHeader({ sampleRateHz: 24_000, dataBytes: 'streaming' }).buffer);
  expect([view.getUint32(4, true), view.getUint32(40, true)]).toEqual([0xffff_ffff, 0xffff_ffff]);
});

describe('reading', () => {
  test('a streaming header with samples behind it', () => {
    const bytes = encodeWav(SAMPLES, 24_000);
    bytes.set(wavHeader({ sampleRateHz: 24_000, dataBytes: 'streaming' }));
    expect(readWav(bytes)).toEqual({ sampleRateHz: 24_000, samples: SAMPLES });
  });

  test('a file whose writer was killed: the samples that are there', () => {
    const bytes = encodeWav(SAMPLES, 16_000);
    expect(readWav(bytes.subarray(0, -3)).samples).toEqual(SAMPLES.subarray(0, 3));
  });

  test('a file in the middle of other memory, at an odd address', () => {
    const memory = new Uint8Array(200);
    const bytes = encodeWav(SAMPLES, 16_000);
    memory.set(bytes, 7);
    expect(readWav(memory.subarray(7, 7 + bytes.length)).samples).toEqual(SAMPLES);
  });

  test('anything else is an error that names importWav', () => {
    const stereo = encodeWav(SAMPLES, 16_000);
    stereo[22] = 2;
    expect(() => readWav(stereo)).toThrow(/2 channels.* Try importWav/);
    expect(() => readWav(new TextEncoder().encode('ID3 is no WAV file'))).toThrow(
      expect.objectContaining({ code: 'E_WAV_INVALID' }),
    );
  });
});

property.prop([fc.int16Array(), fc.constantFrom(8_000, 16_000, 24_000, 48_000)], { seed: PROPERTY_SEED })(
  'what is written is read back',
  (samples, sampleRateHz) => {
    expect(readWav(encodeWav(samples, sampleRateHz))).toEqual({ sampleRateHz, samples });
  },
);
