/**
 * Turns anybody's WAV file into what the protocol takes: 16 kHz mono PCM16. Sample formats other than PCM16
 * are read by `wavefile`. Must never let a header decide how much memory is taken.
 */
import wavefile from 'wavefile';
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { concatPcm16, resamplePcm16 } from './pcm.js';
import { decodeImaAdpcm } from './wav-adpcm.js';
import { findWavChunks, WAV_FORMAT, type WavChunks, type WavFormat } from './wav-chunks.js';

/** The rate of imported audio. */
const IMPORT_RATE_HZ = 16_000;

const RIFF_HEADER_BYTES = 12;
const FMT_CHUNK_BYTES = 24;
const FOREIGN_HEADER_BYTES = RIFF_HEADER_BYTES + FMT_CHUNK_BYTES + 8;
/** Frames converted at once, so that a long file of doubles never stands in memory as a whole. */
const SLICE_FRAMES = 1 << 16;

/** How one kind of sample becomes a number on the PCM16 scale. */
interface SampleKind {
  readonly formatCode: number;
  readonly bitsPerSample: number;
  /** What is subtracted, then what it is multiplied by. */
  readonly zero: number;
  readonly scale: number;
}

const SAMPLE_KINDS: readonly SampleKind[] = [
  { formatCode: WAV_FORMAT.PCM, bitsPerSample: 8, zero: 128, scale: 256 },
  { formatCode: WAV_FORMAT.PCM, bitsPerSample: 16, zero: 0, scale: 1 },
  { formatCode: WAV_FORMAT.PCM, bitsPerSample: 24, zero: 0, scale: 1 / 256 },
  { formatCode: WAV_FORMAT.PCM, bitsPerSample: 32, zero: 0, scale: 1 / 65_536 },
  { formatCode: WAV_FORMAT.FLOAT, bitsPerSample: 32, zero: 0, scale: 32_768 },
  { formatCode: WAV_FORMAT.FLOAT, bitsPerSample: 64, zero: 0, scale: 32_768 },
  { formatCode: WAV_FORMAT.A_LAW, bitsPerSample: 8, zero: 0, scale: 1 },
  { formatCode: WAV_FORMAT.MU_LAW, bitsPerSample: 8, zero: 0, scale: 1 },
];

/**
 * Reads a WAV file of any rate, channel count and common sample format (integer PCM of 8 to 32 bits, float of
 * 32 and 64 bits, A-law, mu-law, IMA ADPCM) as 16 kHz mono PCM16. Channels are averaged.
 *
 * @throws SoundstageError `E_WAV_TRUNCATED` when the file ends before its data do, `E_WAV_EMPTY` when it holds
 *   no sample, `E_WAV_INVALID` when it is no WAV file or of a kind that is not read
 */
export function importWav(bytes: Uint8Array): Int16Array {
  if (bytes.length > LIMITS.wavImportBytes) {
    throw invalid(`${bytes.length} bytes are more than ${LIMITS.wavImportBytes}`, 'a shorter file');
  }
  const chunks = completeChunks(bytes);
  checkFormat(chunks.format);
  const mono = readMono(chunks);
  if (mono.length === 0) throw empty();
  return resamplePcm16(mono, chunks.format.sampleRateHz, IMPORT_RATE_HZ);
}

function completeChunks(bytes: Uint8Array): WavChunks {
  const chunks = findWavChunks(bytes);
  if (chunks === 'truncated') throw truncated(`the file ends after ${bytes.length} bytes, inside a chunk`);
  if (chunks === 'not-wav')
    throw invalid('it does not start with RIFF and WAVE', 'converting it to WAV first');
  if (chunks === 'no-format') throw invalid('it has no usable fmt chunk', 'writing the file again');
  if (chunks === 'no-data') throw invalid('it has no data chunk', 'writing the file again');
  const { data, declaredDataBytes } = chunks;
  if (declaredDataBytes !== undefined && declaredDataBytes > data.length) {
    throw truncated(`the header promises ${declaredDataBytes} bytes of audio, ${data.length} are there`);
  }
  if (data.length === 0) throw empty();
  return chunks;
}

function checkFormat(format: WavFormat): void {
  const { channelCount, sampleRateHz } = format;
  if (channelCount < 1 || channelCount > LIMITS.wavImportChannels) {
    throw invalid(`it has ${channelCount} channels`, `1 to ${LIMITS.wavImportChannels} channels`);
  }
  if (sampleRateHz < LIMITS.sampleRateMinHz || sampleRateHz > LIMITS.sampleRateMaxHz) {
    throw invalid(
      `its rate is ${sampleRateHz} Hz`,
      `a rate from ${LIMITS.sampleRateMinHz} to ${LIMITS.sampleRateMaxHz} Hz`,
    );
  }
}

function readMono({ format, data, declaredDataBytes }: WavChunks): Int16Array {
  if (format.formatCode === WAV_FORMAT.IMA_ADPCM) return readAdpcmMono(format, data);
  const containerBits = 8 * Math.ceil(format.bitsPerSample / 8);
  const kind = SAMPLE_KINDS.find(
    ({ formatCode, bitsPerSample }) => formatCode === format.formatCode && bitsPerSample === containerBits,
  );
  const frameBytes = (format.channelCount * containerBits) / 8;
  if (kind === undefined || format.blockAlignBytes !== frameBytes) throw unsupported(format);
  if (declaredDataBytes !== undefined && data.length % frameBytes !== 0) {
    throw truncated(`${data.length} bytes of audio are no whole number of ${frameBytes}-byte frames`);
  }
  const slices: Int16Array[] = [];
  const frameCount = Math.floor(data.length / frameBytes);
  for (let frame = 0; frame < frameCount; frame += SLICE_FRAMES) {
    const end = Math.min(frameCount, frame + SLICE_FRAMES);
    const slice = data.subarray(frame * frameBytes, end * frameBytes);
    slices.push(averageChannels(decodeSlice(format, kind, slice), format.channelCount, kind));
  }
  return concatPcm16(slices);
}

/** Interleaved samples of one slice, still on the scale of their kind. */
function decodeSlice(format: WavFormat, kind: SampleKind, slice: Uint8Array): Float64Array | Int16Array {
  if (kind.formatCode === WAV_FORMAT.PCM && kind.bitsPerSample === 16) return decodePcm16(format, slice);
  const wav = new wavefile.WaveFile();
  wav.fromBuffer(plainWav(format, kind, slice));
  if (kind.formatCode === WAV_FORMAT.A_LAW) wav.fromALaw();
  if (kind.formatCode === WAV_FORMAT.MU_LAW) wav.fromMuLaw();
  return wav.getSamples(true);
}

function decodePcm16(format: WavFormat, slice: Uint8Array): Int16Array {
  const view = new DataView(slice.buffer, slice.byteOffset, slice.byteLength);
  const samples = new Int16Array(slice.byteLength / 2);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = view.getInt16(2 * index, !format.bigEndian);
  }
  return samples;
}

/** The slice behind the plainest header: no extension and no size that could be a lie reaches `wavefile`. */
function plainWav(format: WavFormat, kind: SampleKind, slice: Uint8Array): Uint8Array {
  const littleEndian = !format.bigEndian;
  const bytes = new Uint8Array(FOREIGN_HEADER_BYTES + slice.length + (slice.length % 2));
  const view = new DataView(bytes.buffer);
  const put = (offset: number, text: string, sizeBytes: number): void => {
    for (let index = 0; index < 4; index += 1) bytes[offset + index] = text.charCodeAt(index);
    view.setUint32(offset + 4, sizeBytes, littleEndian);
  };
  put(0, littleEndian ? 'RIFF' : 'RIFX', bytes.length - 8);
  put(8, 'WAVE', 0);
  put(12, 'fmt ', FMT_CHUNK_BYTES - 8);
  view.setUint16(20, kind.formatCode, littleEndian);
  view.setUint16(22, format.channelCount, littleEndian);
  view.setUint32(24, format.sampleRateHz, littleEndian);
  view.setUint32(28, format.sampleRateHz * format.blockAlignBytes, littleEndian);
  view.setUint16(32, format.blockAlignBytes, littleEndian);
  view.setUint16(34, kind.bitsPerSample, littleEndian);
  put(36, 'data', slice.length);
  bytes.set(slice, FOREIGN_HEADER_BYTES);
  return bytes;
}

function averageChannels(
  interleaved: Float64Array | Int16Array,
  channelCount: number,
  kind: SampleKind,
): Int16Array {
  const mono = new Int16Array(Math.floor(interleaved.length / channelCount));
  for (let frame = 0; frame < mono.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channelCount; channel += 1) {
      sum += (interleaved[frame * channelCount + channel] ?? 0) - kind.zero;
    }
    const value = Math.round((sum / channelCount) * kind.scale);
    mono[frame] = Math.max(-32_768, Math.min(32_767, value));
  }
  return mono;
}

function readAdpcmMono(format: WavFormat, data: Uint8Array): Int16Array {
  const { channelCount, blockAlignBytes, bitsPerSample } = format;
  if (bitsPerSample !== 4 || blockAlignBytes <= 4 * channelCount) throw unsupported(format);
  const channels = decodeImaAdpcm(data, channelCount, blockAlignBytes);
  const mono = new Int16Array(channels[0]?.length ?? 0);
  for (let index = 0; index < mono.length; index += 1) {
    let sum = 0;
    for (const channel of channels) sum += channel[index] ?? 0;
    mono[index] = Math.round(sum / channelCount);
  }
  return mono;
}

const CONVERT = 'ffmpeg -i in.wav -ar 16000 -ac 1 -c:a pcm_s16le out.wav';

function truncated(why: string): SoundstageError {
  return new SoundstageError('E_WAV_TRUNCATED', `Reading a WAV file failed: ${why}. Try copying it again.`);
}

function empty(): SoundstageError {
  return new SoundstageError(
    'E_WAV_EMPTY',
    'Reading a WAV file failed: it holds no samples. Try recording it again.',
  );
}

function invalid(why: string, instead: string): SoundstageError {
  return new SoundstageError('E_WAV_INVALID', `Reading a WAV file failed: ${why}. Try ${instead}.`);
}

function unsupported(format: WavFormat): SoundstageError {
  return new SoundstageError(
    'E_WAV_INVALID',
    `Reading a WAV file failed: format ${format.formatCode} with ${format.bitsPerSample} bits and ${format.blockAlignBytes}-byte frames is not read. Try converting it: ${CONVERT}.`,
    { details: { ...format } },
  );
}
