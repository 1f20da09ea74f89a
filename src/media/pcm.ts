/**
 * PCM16 helpers: mono samples as `Int16Array`, bytes little-endian as on the wire. Must never depend on how a
 * stream was cut, nor on the byte order of the machine.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';

export { resamplePcm16 } from './resample.js';

/** Bytes of one PCM16 sample. */
export const PCM16_SAMPLE_BYTES = 2;

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Reads little-endian bytes as samples. Shares the memory of `bytes` where alignment allows, so treat the
 * result as read-only unless the bytes are yours.
 *
 * @throws SoundstageError `E_PCM_ODD_BYTES` when the count of bytes is odd
 */
export function pcm16FromBytes(bytes: Uint8Array): Int16Array {
  if (bytes.byteLength % PCM16_SAMPLE_BYTES !== 0) {
    throw new SoundstageError(
      'E_PCM_ODD_BYTES',
      `Reading PCM16 failed: ${bytes.byteLength} bytes are no whole number of samples. Try keeping the dangling byte for the next piece.`,
      { details: { sizeBytes: bytes.byteLength } },
    );
  }
  const sampleCount = bytes.byteLength / PCM16_SAMPLE_BYTES;
  if (IS_LITTLE_ENDIAN) {
    const aligned = bytes.byteOffset % PCM16_SAMPLE_BYTES === 0 ? bytes : bytes.slice();
    return new Int16Array(aligned.buffer, aligned.byteOffset, sampleCount);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Int16Array(sampleCount);
  for (let index = 0; index < sampleCount; index += 1) samples[index] = view.getInt16(2 * index, true);
  return samples;
}

/** Samples as little-endian bytes; shares the memory of `samples` where the byte order allows. */
export function bytesFromPcm16(samples: Int16Array): Uint8Array {
  if (IS_LITTLE_ENDIAN) return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const bytes = new Uint8Array(samples.byteLength);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => {
    view.setInt16(2 * index, sample, true);
  });
  return bytes;
}

/** The parts one after the other, in memory of their own. */
export function concatPcm16(parts: readonly Int16Array[]): Int16Array {
  const samples = new Int16Array(parts.reduce((total, part) => total + part.length, 0));
  let offsetSamples = 0;
  for (const part of parts) {
    samples.set(part, offsetSamples);
    offsetSamples += part.length;
  }
  return samples;
}

/** `sampleCount` samples of digital silence. */
export function silence(sampleCount: number): Int16Array {
  return new Int16Array(sampleCount);
}

/** The mean of the channels, rounded to the nearest sample; as long as the longest, shorter ones count as silent. */
export function mixMono(channels: readonly Int16Array[]): Int16Array {
  const sampleCount = channels.reduce((longest, channel) => Math.max(longest, channel.length), 0);
  const mono = new Int16Array(sampleCount);
  for (let index = 0; index < sampleCount; index += 1) {
    let sum = 0;
    for (const channel of channels) sum += channel[index] ?? 0;
    mono[index] = Math.round(sum / channels.length);
  }
  return mono;
}

/** Whole samples in `durationMs` milliseconds, rounded down. */
export function msToSamples(durationMs: number, sampleRateHz: number): number {
  return Math.floor((durationMs * sampleRateHz) / 1000);
}

/** Whole milliseconds in `sampleCount` samples, rounded down. */
export function samplesToMs(sampleCount: number, sampleRateHz: number): number {
  return Math.floor((sampleCount * 1000) / sampleRateHz);
}

/** Root mean square of the samples, 0 to 32768; 0 for none. */
export function rmsLevel(samples: Int16Array): number {
  let sumOfSquares = 0;
  for (const sample of samples) sumOfSquares += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sumOfSquares / samples.length);
}

/** Largest magnitude of the samples, 0 to 32768; 0 for none. */
export function peakLevel(samples: Int16Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
}
