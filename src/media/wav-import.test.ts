import { describe, expect, test } from 'vitest';
import { fmtChunk, wavFile, wavFixture } from '../../test/support/wav-file.js';
import { rmsLevel } from './pcm.js';
import { importWav } from './wav-import.js';

/** What is left of the samples once the best-fitting tone is taken out, and how loud that tone is. */
function fitTone(samples: Int16Array, frequencyHz: number): { amplitude: number; residual: number } {
  const angle = (index: number): number => (2 * Math.PI * frequencyHz * index) / 16_000;
  let cosine = 0;
  let sine = 0;
  samples.forEach((sample, index) => {
    cosine += (2 * sample * Math.cos(angle(index))) / samples.length;
    sine += (2 * sample * Math.sin(angle(index))) / samples.length;
  });
  const rest = samples.map(
    (sample, index) => sample - cosine * Math.cos(angle(index)) - sine * Math.sin(angle(index)),
  );
  return { amplitude: Math.hypot(cosine, sine), residual: rmsLevel(rest) };
}

describe('a quarter of a second of 440 Hz at -6 dBFS comes out of', () => {
  test.each([
    ['s16-44100-stereo.wav', 20],
    ['s16-16000-mono-piped.wav', 20],
    ['s16-16000-mono-rifx.wav', 20],
    ['s16-8000-quad-extensible.wav', 20],
    ['u8-8000-mono.wav', 120],
    ['s24-22050-mono.wav', 20],
    ['s32-8000-stereo.wav', 20],
    ['f32-16000-mono.wav', 20],
    ['f64-8000-mono.wav', 20],
    ['alaw-8000-mono.wav', 300],
    ['mulaw-8000-mono.wav', 300],
    ['ima-adpcm-11025-mono.wav', 300],
    ['ima-adpcm-8000-stereo.wav', 400],
  ])('%s', (name, largestResidual) => {
    const samples = importWav(wavFixture(name));
    expect(samples.length).toBeGreaterThanOrEqual(3_999);
    expect(samples.length).toBeLessThan(4_700);
    const { amplitude, residual } = fitTone(samples.subarray(200, 3_800), 440);
    expect(amplitude).toBeGreaterThan(16_423 * 0.98);
    expect(amplitude).toBeLessThan(16_423 * 1.02);
    expect(residual).toBeLessThan(largestResidual);
  });
});

const FOUR = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0);

describe('chunks', () => {
  test('others before and after the data, of odd length too', () => {
    const list = new TextEncoder().encode('INFOISFTx');
    const bytes = wavFile({
      chunks: [
        ['JUNK', new Uint8Array(28)],
        ['LIST', list],
        ['fmt ', fmtChunk({})],
        ['fact', new Uint8Array(4)],
        ['data', FOUR],
        ['LIST', list],
      ],
    });
    expect(importWav(bytes)).toEqual(Int16Array.of(1, 2, 3, 4));
  });

  test('RF64 takes its length from ds64', () => {
    const ds64 = new Uint8Array(28);
    ds64[8] = 4;
    const bytes = wavFile({
      container: 'RF64',
      chunks: [
        ['ds64', ds64],
        ['fmt ', fmtChunk({})],
        ['data', FOUR, 0xffff_ffff],
      ],
    });
    expect(importWav(bytes)).toEqual(Int16Array.of(1, 2));
  });

  test('12 valid bits in 16 are read as the 16 they are stored in', () => {
    const bytes = wavFile({
      chunks: [
        ['fmt ', fmtChunk({ bits: 12, align: 2 })],
        ['data', FOUR],
      ],
    });
    expect(importWav(bytes)).toEqual(Int16Array.of(1, 2, 3, 4));
  });

  test('float beyond full scale is clamped and what is no number is silence', () => {
    const values = Float32Array.of(0.5, 2, -2, Number.NaN, Number.POSITIVE_INFINITY);
    const bytes = wavFile({
      chunks: [
        ['fmt ', fmtChunk({ code: 3, bits: 32 })],
        ['data', new Uint8Array(values.buffer)],
      ],
    });
    expect(importWav(bytes)).toEqual(Int16Array.of(16_384, 32_767, -32_768, 0, 32_767));
  });
});
