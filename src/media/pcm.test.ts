import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import {
  bytesFromPcm16,
  concatPcm16,
  mixMono,
  msToSamples,
  pcm16FromBytes,
  peakLevel,
  rmsLevel,
  samplesToMs,
  silence,
} from './pcm.js';

test('bytes are little-endian', () => {
  expect(pcm16FromBytes(Uint8Array.of(0x01, 0x00, 0x00, 0x80, 0xff, 0xff))).toEqual(
    Int16Array.of(1, -32_768, -1),
  );
  expect(bytesFromPcm16(Int16Array.of(1, -32_768))).toEqual(Uint8Array.of(0x01, 0x00, 0x00, 0x80));
});

test('bytes at an odd address are read too', () => {
  const memory = Uint8Array.of(0xee, 0x34, 0x12, 0x78, 0x56);
  expect(pcm16FromBytes(memory.subarray(1))).toEqual(Int16Array.of(0x1234, 0x5678));
});

test('an odd count of bytes is an error that says what to do', () => {
  expect(() => pcm16FromBytes(new Uint8Array(3))).toThrow(
    expect.objectContaining({
      code: 'E_PCM_ODD_BYTES',
      message: expect.stringMatching(/failed: .* Try keeping/),
    }),
  );
});

test('joining copies, so that later changes of a part do not show', () => {
  const part = Int16Array.of(1, 2);
  const joined = concatPcm16([part, silence(1), part]);
  part[0] = 9;
  expect(joined).toEqual(Int16Array.of(1, 2, 0, 1, 2));
});

test('mixing averages, and a channel that ends early is silent', () => {
  expect(mixMono([Int16Array.of(100, 32_767, 7), Int16Array.of(300, 32_767)])).toEqual(
    Int16Array.of(200, 32_767, 4),
  );
  expect(mixMono([])).toEqual(new Int16Array(0));
});

test('milliseconds and samples convert downwards', () => {
  expect(msToSamples(100, 24_000)).toBe(2_400);
  expect(msToSamples(1, 22_050)).toBe(22);
  expect(samplesToMs(15, 16_000)).toBe(0);
  expect(samplesToMs(16_001, 16_000)).toBe(1_000);
});

test('levels of a square wave and of nothing', () => {
  const square = Int16Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 1_000 : -1_000));
  expect(rmsLevel(square)).toBe(1_000);
  expect(peakLevel(square)).toBe(1_000);
  expect(rmsLevel(silence(0))).toBe(0);
  expect(peakLevel(Int16Array.of(-32_768))).toBe(32_768);
});

property.prop([fc.int16Array()], { seed: PROPERTY_SEED })(
  'samples survive the way to bytes and back',
  (samples) => {
    expect(pcm16FromBytes(bytesFromPcm16(samples))).toEqual(samples);
  },
);
