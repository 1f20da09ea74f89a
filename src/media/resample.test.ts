import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { rmsLevel } from './pcm.js';
import { resamplePcm16 } from './resample.js';
import { sha256Hex } from './sha256.js';

function tone(frequencyHz: number, rateHz: number, durationMs = 500): Int16Array {
  return Int16Array.from({ length: (rateHz * durationMs) / 1000 }, (_, index) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz)),
  );
}

/** Gain in decibels of a tone, away from both ends. */
function gainDb(frequencyHz: number, fromHz: number, toHz: number): number {
  const input = tone(frequencyHz, fromHz);
  const output = resamplePcm16(input, fromHz, toHz);
  const edge = Math.floor(toHz / 100);
  return 20 * Math.log10(Math.max(rmsLevel(output.subarray(edge, -edge)), 1e-9) / rmsLevel(input));
}

describe('from 48 to 16 kHz', () => {
  test.each([50, 300, 1_000, 3_000, 6_000, 6_900])('%d Hz passes within 1 dB', (frequencyHz) => {
    expect(Math.abs(gainDb(frequencyHz, 48_000, 16_000))).toBeLessThan(1);
  });

  test.each([8_100, 8_500, 9_000, 10_000, 15_900, 20_000])('%d Hz is 50 dB down', (frequencyHz) => {
    expect(gainDb(frequencyHz, 48_000, 16_000)).toBeLessThan(-50);
  });
});

test.each([
  [8_000, 16_000, 3_000],
  [11_025, 16_000, 4_000],
  [22_050, 16_000, 5_000],
  [44_100, 16_000, 6_000],
  [16_000, 24_000, 6_000],
  [96_000, 16_000, 6_000],
])('from %d to %d Hz a tone of %d Hz keeps its level and its place', (fromHz, toHz, frequencyHz) => {
  const output = resamplePcm16(tone(frequencyHz, fromHz), fromHz, toHz);
  const expected = tone(frequencyHz, toHz);
  const edge = Math.floor(toHz / 100);
  const difference = output.map((sample, index) => sample - (expected[index] ?? 0));
  expect(rmsLevel(difference.subarray(edge, -edge))).toBeLessThan(60);
});

test('a constant stays exactly constant in every phase', () => {
  const output = resamplePcm16(new Int16Array(4_410).fill(12_345), 44_100, 16_000);
  expect(new Set(output.subarray(100, -100))).toEqual(new Set([12_345]));
});

test('full scale is clamped, never wrapped', () => {
  const square = Int16Array.from({ length: 4_800 }, (_, index) => (index % 96 < 48 ? 32_767 : -32_768));
  const output = resamplePcm16(square, 48_000, 16_000);
  expect(output[8]).toBeGreaterThan(30_000);
  expect(output.subarray(32, 1_000).some((sample) => sample === 32_767)).toBe(true);
  for (let index = 36; index < 44; index += 1) expect(output[index]).toBeGreaterThan(20_000);
});

test('the same samples come out of every engine', () => {
  const noise = Int16Array.from({ length: 44_100 }, (_, index) => Math.imul(index, 2_654_435_761) >> 17);
  expect(sha256Hex(new Uint8Array(resamplePcm16(noise, 44_100, 16_000).buffer))).toMatchInlineSnapshot(
    `"f7de669e49dcbfcec2b13811a41693eec3bf7c8f149b5f60a67a2e4c32fd2b22"`,
  );
  expect(sha256Hex(new Uint8Array(resamplePcm16(noise, 44_101, 16_000).buffer))).toMatchInlineSnapshot(
    `"4b04eb7412176d7948dc8dbdf42b7cb46a740fc0cde5119152ad1292ea0e95e8"`,
  );
});

test('a rate that no device has is an error', () => {
  expect(() => resamplePcm16(new Int16Array(1), 0, 16_000)).toThrow(/0 Hz .* Try/);
  expect(() => resamplePcm16(new Int16Array(1), 16_000, 4_000_000_000)).toThrow(
    expect.objectContaining({ code: 'E_SAMPLE_RATE' }),
  );
});

const rates = fc.constantFrom(8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000);

property.prop([fc.int16Array({ maxLength: 400 }), rates, rates], { seed: PROPERTY_SEED })(
  'the length follows the rates, and equal rates change nothing',
  (samples, fromHz, toHz) => {
    expect(resamplePcm16(samples, fromHz, toHz).length).toBe(Math.round((samples.length * toHz) / fromHz));
    expect(resamplePcm16(samples, fromHz, fromHz)).toEqual(samples);
  },
);
