/**
 * Finds the format and the data of a WAV file: RIFF, big-endian RIFX and the 64-bit RF64 and BW64, with any
 * other chunks in between. Must never trust a size in a header: nothing is read or allocated beyond the bytes.
 */

/** Codes of the `fmt ` chunk. `EXTENSIBLE` means that the real one stands in the sub-format. */
export const WAV_FORMAT = {
  PCM: 1,
  FLOAT: 3,
  A_LAW: 6,
  MU_LAW: 7,
  IMA_ADPCM: 17,
  EXTENSIBLE: 0xfffe,
} as const;

/** What the `fmt ` chunk says. */
export interface WavFormat {
  /** One of `WAV_FORMAT` or a code this project does not know; never `EXTENSIBLE`. */
  readonly formatCode: number;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  /** Bytes of one sample frame over all channels, or of one block of a compressed format. */
  readonly blockAlignBytes: number;
  readonly bitsPerSample: number;
  readonly bigEndian: boolean;
}

/** A WAV file taken apart. */
export interface WavChunks {
  readonly format: WavFormat;
  /** What there is of the data chunk, sharing the memory of the file. */
  readonly data: Uint8Array;
  /** Bytes that the header promises; undefined where a writer to a pipe could not know. */
  readonly declaredDataBytes: number | undefined;
}

/** Why there are no chunks: not a WAV file, or one that ends too early. */
export type WavProblem = 'not-wav' | 'no-format' | 'no-data' | 'truncated';

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FMT_BYTES = 16;
const FMT_SUBFORMAT_OFFSET_BYTES = 24;
const FMT_EXTENSIBLE_BYTES = 40;
const SIZE_IN_DS64 = 0xffff_ffff;
/** Sizes from here up stand for "until the end": what sox, espeak-ng and ffmpeg write to a pipe. */
const UNKNOWN_SIZE_FROM = 0x7fff_0000;

/** Takes a WAV file apart, or says why it cannot be. */
export function findWavChunks(bytes: Uint8Array): WavChunks | WavProblem {
  const container = fourCharacters(bytes, 0);
  if (!['RIFF', 'RIFX', 'RF64', 'BW64'].includes(container)) return 'not-wav';
  if (bytes.length < RIFF_HEADER_BYTES) return 'truncated';
  if (fourCharacters(bytes, 8) !== 'WAVE') return 'not-wav';
  const bigEndian = container === 'RIFX';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | undefined;
  let dataBytesIn64: number | undefined;
  let offset = RIFF_HEADER_BYTES;
  while (offset + CHUNK_HEADER_BYTES <= bytes.length) {
    const id = fourCharacters(bytes, offset);
    const size = view.getUint32(offset + 4, !bigEndian);
    const start = offset + CHUNK_HEADER_BYTES;
    if (id === 'data') {
      if (format === undefined) return 'no-format';
      return takeData(bytes, start, size, dataBytesIn64, format);
    }
    if (start + size > bytes.length) return 'truncated';
    if (id === 'fmt ') {
      format = readFormat(view, start, size, bigEndian);
      if (format === undefined) return 'no-format';
    } else if (id === 'ds64' && size >= 16) {
      dataBytesIn64 = view.getUint32(start + 8, true) + view.getUint32(start + 12, true) * 0x1_0000_0000;
    }
    offset = start + size + (size % 2);
  }
  if (offset < bytes.length || promisesMore(view, bytes.length, bigEndian)) return 'truncated';
  return format === undefined ? 'no-format' : 'no-data';
}

function takeData(
  bytes: Uint8Array,
  start: number,
  size: number,
  dataBytesIn64: number | undefined,
  format: WavFormat,
): WavChunks {
  const presentBytes = bytes.length - start;
  const statedBytes = size === SIZE_IN_DS64 ? (dataBytesIn64 ?? size) : size;
  const unknown = dataBytesIn64 === undefined && statedBytes >= UNKNOWN_SIZE_FROM;
  const declaredDataBytes = unknown ? undefined : statedBytes;
  const takenBytes = Math.min(presentBytes, declaredDataBytes ?? presentBytes);
  return { format, data: bytes.subarray(start, start + takenBytes), declaredDataBytes };
}

function readFormat(
  view: DataView,
  start: number,
  sizeBytes: number,
  bigEndian: boolean,
): WavFormat | undefined {
  if (sizeBytes < FMT_BYTES) return undefined;
  let formatCode = view.getUint16(start, !bigEndian);
  if (formatCode === WAV_FORMAT.EXTENSIBLE) {
    if (sizeBytes < FMT_EXTENSIBLE_BYTES) return undefined;
    formatCode = view.getUint16(start + FMT_SUBFORMAT_OFFSET_BYTES, !bigEndian);
  }
  return {
    formatCode,
    channelCount: view.getUint16(start + 2, !bigEndian),
    sampleRateHz: view.getUint32(start + 4, !bigEndian),
    blockAlignBytes: view.getUint16(start + 12, !bigEndian),
    bitsPerSample: view.getUint16(start + 14, !bigEndian),
    bigEndian,
  };
}

/** Whether the outer size says that the file went on. */
function promisesMore(view: DataView, presentBytes: number, bigEndian: boolean): boolean {
  return view.getUint32(4, !bigEndian) + CHUNK_HEADER_BYTES > presentBytes;
}

function fourCharacters(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
