/**
 * Our own WAV form, both ways: a 44-byte header and mono PCM16. Must never convert: foreign files go through
 * `importWav`.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';
import { bytesFromPcm16, PCM16_SAMPLE_BYTES, pcm16FromBytes } from './pcm.js';
import { findWavChunks, WAV_FORMAT } from './wav-chunks.js';

/** Bytes of the header that this project writes. */
export const WAV_HEADER_BYTES = 44;

const STREAMING_SIZE = 0xffff_ffff;
const BITS_PER_SAMPLE = 8 * PCM16_SAMPLE_BYTES;

/** What a header says. */
export interface WavHeaderOptions {
  readonly sampleRateHz: number;
  /** Bytes of samples to follow, or `streaming` for sizes of 0xFFFFFFFF when nobody knows yet (Q22). */
  readonly dataBytes: number | 'streaming';
}

/** The samples of a WAV file. */
export interface WavAudio {
  readonly sampleRateHz: number;
  readonly samples: Int16Array;
}

/** The 44 bytes that stand before mono PCM16 samples. */
export function wavHeader(options: WavHeaderOptions): Uint8Array {
  const { sampleRateHz, dataBytes } = options;
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, 'RIFF');
  view.setUint32(4, dataBytes === 'streaming' ? STREAMING_SIZE : dataBytes + WAV_HEADER_BYTES - 8, true);
  writeText(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, WAV_FORMAT.PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * PCM16_SAMPLE_BYTES, true);
  view.setUint16(32, PCM16_SAMPLE_BYTES, true);
  view.setUint16(34, BITS_PER_SAMPLE, true);
  writeText(bytes, 36, 'data');
  view.setUint32(40, dataBytes === 'streaming' ? STREAMING_SIZE : dataBytes, true);
  return bytes;
}

/** A complete WAV file of mono PCM16. */
export function encodeWav(samples: Int16Array, sampleRateHz: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES + samples.byteLength);
  bytes.set(wavHeader({ sampleRateHz, dataBytes: samples.byteLength }));
  bytes.set(bytesFromPcm16(samples), WAV_HEADER_BYTES);
  return bytes;
}

/**
 * Reads a mono PCM16 WAV file at its own rate. A wrong length in the header is forgiven, as a writer that was
 * killed leaves one: the samples that are there are returned.
 *
 * @throws SoundstageError `E_WAV_INVALID` when it is no WAV file or holds anything but mono PCM16
 */
export function readWav(bytes: Uint8Array): WavAudio {
  const chunks = findWavChunks(bytes);
  if (typeof chunks === 'string') {
    throw new SoundstageError(
      'E_WAV_INVALID',
      `Reading a WAV file failed: ${chunks}. Try a file that starts with RIFF, a fmt chunk and a data chunk.`,
      { details: { problem: chunks, sizeBytes: bytes.length } },
    );
  }
  const { format, data } = chunks;
  const isOurs =
    format.formatCode === WAV_FORMAT.PCM &&
    format.bitsPerSample === BITS_PER_SAMPLE &&
    format.channelCount === 1 &&
    !format.bigEndian;
  if (!isOurs) {
    throw new SoundstageError(
      'E_WAV_INVALID',
      `Reading a WAV file failed: it is not mono 16-bit PCM (format ${format.formatCode}, ${format.channelCount} channels, ${format.bitsPerSample} bits). Try importWav, which converts.`,
      { details: { ...format } },
    );
  }
  const wholeBytes = data.length - (data.length % PCM16_SAMPLE_BYTES);
  return { sampleRateHz: format.sampleRateHz, samples: pcm16FromBytes(data.slice(0, wholeBytes)) };
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) bytes[offset + index] = text.charCodeAt(index);
}
