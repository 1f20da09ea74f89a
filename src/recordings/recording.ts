/**
 * A recording that is read: entries one at a time, samples and images where they are asked for. Must never hold a whole
 * session, and must refuse what its manifest does not vouch for.
 */
import { createSha256, type Sha256, WAV_HEADER_BYTES } from '../media/index.js';
import { findWavChunks } from '../media/wav-chunks.js';
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import type { LogEntry } from '../session-log/index.js';
import type { ImagePart, PcmPart, RecordedEntry, Side, StoredPart, TextEntry } from './entries.js';
import { decodeEntryLine } from './entry-lines.js';
import { LineFile } from './line-file.js';
import { logEntryOf, TranscriptDigest } from './log-entries.js';
import { decodeManifest, type RecordingManifest } from './manifest.js';
import { joinMessage } from './message-parts.js';
import { EVENTS_PART, imagePart, LANE_PARTS, MANIFEST_PART, type PartSource } from './parts.js';

export interface ReadOptions {
  /** Whether the parts are checked against the hashes of the manifest. Default true. */
  readonly verify?: boolean | undefined;
  /** Opens a SHA-256 digest; a platform's own is faster than the default. */
  readonly createHash?: (() => Sha256) | undefined;
}

const CHUNK_BYTES = 1024 * 1024;
/** A header of ours, or one that an editor of sounds has put more into. */
const LANE_HEADER_BYTES = 64 * 1024;

/** Where an entry stands. */
export interface EntryPlace {
  /** Of its line, from 1. */
  readonly number: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** When the entry before it was. */
  readonly beforeMs: number;
}

export interface PlacedEntry {
  readonly entry: RecordedEntry;
  readonly place: EntryPlace;
}

interface Lane {
  readonly part: string;
  readonly dataOffsetBytes: number;
  readonly samples: number;
  readonly rateHz: number;
}

/** One recording. */
export class Recording {
  readonly manifest: RecordingManifest;
  readonly #source: PartSource;
  readonly #lines: LineFile;
  readonly #lanes: Partial<Record<Side, Lane>>;

  /**
   * @throws SoundstageError `E_RECORDING_MISSING` without manifest or events, `E_RECORDING_MANIFEST`,
   *   `E_RECORDING_VERSION`, `E_RECORDING_LANE` for a WAV file that is none of ours, `E_RECORDING_HASH` when a part is
   *   not what the manifest says
   */
  constructor(source: PartSource, options: ReadOptions = {}) {
    this.#source = source;
    this.manifest = decodeManifest(readWhole(source, MANIFEST_PART), source.name);
    if (source.sizeOf(EVENTS_PART) === undefined) throw missing(source.name, EVENTS_PART);
    this.#lines = new LineFile(source, EVENTS_PART, { allowsTorn: !this.manifest.complete });
    this.#lanes = { ...readLane(source, 'client'), ...readLane(source, 'server') };
    if (options.verify !== false) this.#verify(options.createHash ?? createSha256);
  }

  /** What to call it in messages: its folder or file. */
  get name(): string {
    return this.#source.name;
  }

  /** Reads the entries from the first to the last. @throws SoundstageError `E_RECORDING_ENTRY` at the first bad one */
  *entries(): Generator<RecordedEntry> {
    for (const { entry } of this.placedEntries()) yield entry;
  }

  /** The same with the place of each, for reading it again with `entryAt`. */
  *placedEntries(): Generator<PlacedEntry> {
    let atMs = 0;
    for (const { text, number, isLast, offsetBytes, sizeBytes } of this.#lines.lines()) {
      const entry = this.#decode(text, atMs, number, isLast);
      if (entry === undefined) return;
      this.#checkMedia(entry, number);
      yield { entry, place: { number, offsetBytes, sizeBytes, beforeMs: atMs } };
      atMs = entry.atMs;
    }
  }

  /** One entry again, by its place: whoever goes through a long recording need not keep it. */
  entryAt(place: EntryPlace): RecordedEntry {
    const line = { recording: this.name, line: place.number };
    return decodeEntryLine(this.#lines.lineAt(place), place.beforeMs, line);
  }

  /** The same as a session log, without what a log has no word for. */
  *logEntries(): Generator<LogEntry> {
    for (const entry of this.entries()) {
      const logged = logEntryOf(entry, this.bytesOf);
      if (logged !== undefined) yield logged;
    }
  }

  /** The text of a message, exactly as it was sent. */
  textOf(entry: TextEntry<StoredPart>): string {
    return joinMessage(entry.parts, this.bytesOf);
  }

  /** The bytes that a reference stands for. */
  readonly bytesOf = (part: PcmPart | ImagePart): Uint8Array =>
    part.kind === 'pcm' ? this.samples(part) : this.image(part);

  /** Samples as little-endian bytes. */
  samples({ lane: side, offsetSamples, lengthSamples }: Omit<PcmPart, 'kind'>): Uint8Array {
    const lane = this.#lanes[side];
    if (lane === undefined || offsetSamples + lengthSamples > lane.samples) {
      throw this.#bad(
        LANE_PARTS[side],
        `it has no samples ${offsetSamples} to ${offsetSamples + lengthSamples}`,
      );
    }
    return this.#source.read(lane.part, lane.dataOffsetBytes + 2 * offsetSamples, 2 * lengthSamples);
  }

  image({ sha256 }: Omit<ImagePart, 'kind'>): Uint8Array {
    const part = imagePart(sha256);
    const sizeBytes = this.#source.sizeOf(part);
    if (sizeBytes === undefined) throw missing(this.name, part);
    return this.#source.read(part, 0, sizeBytes);
  }

  /** How many bytes that are. */
  sizeOf(part: PcmPart | ImagePart): number {
    return part.kind === 'pcm' ? 2 * part.lengthSamples : (this.#source.sizeOf(imagePart(part.sha256)) ?? 0);
  }

  /** Samples per second and number of samples of a lane; undefined when that side sent no audio. */
  lane(side: Side): { readonly rateHz: number; readonly samples: number } | undefined {
    return this.#lanes[side];
  }

  /** SHA-256 of the canonical transcript, as 64 hex digits, computed from the entries. */
  transcriptHash(createHash: () => Sha256 = createSha256): string {
    const digest = new TranscriptDigest(createHash);
    for (const entry of this.logEntries()) digest.add(entry);
    return digest.digestHex();
  }

  /** A killed recorder may leave a torn last line; anywhere else a bad line is a mistake. */
  #decode(text: string, atMs: number, number: number, isLast: boolean): RecordedEntry | undefined {
    try {
      return decodeEntryLine(text, atMs, { recording: this.name, line: number });
    } catch (error) {
      if (isLast && !this.manifest.complete) return undefined;
      throw error;
    }
  }

  #checkMedia(entry: RecordedEntry, line: number): void {
    if (entry.kind !== 'text') return;
    for (const part of entry.parts) {
      if (typeof part === 'string') continue;
      if (part.kind === 'pcm' && part.lane !== entry.from) {
        throw this.#bad(
          EVENTS_PART,
          `line ${line} is a message of the ${entry.from} and refers to samples of the ${part.lane}`,
        );
      }
      const isThere =
        part.kind === 'image'
          ? this.#source.sizeOf(imagePart(part.sha256)) !== undefined
          : part.offsetSamples + part.lengthSamples <= (this.#lanes[part.lane]?.samples ?? 0);
      if (!isThere)
        throw this.#bad(EVENTS_PART, `line ${line} refers to ${JSON.stringify(part)}, which is not there`);
    }
  }

  #verify(createHash: () => Sha256): void {
    const { events, lanes, complete, images } = this.manifest;
    if (!complete) return;
    this.#compare(EVENTS_PART, events.sha256, createHash, 0, this.#source.sizeOf(EVENTS_PART) ?? 0);
    for (const side of ['client', 'server'] as const) {
      const lane = this.#lanes[side];
      if (lane === undefined && lanes[side] === undefined) continue;
      if (lane === undefined) throw this.#noLane(LANE_PARTS[side]);
      this.#compare(lane.part, lanes[side]?.sha256, createHash, lane.dataOffsetBytes, 2 * lane.samples);
    }
    for (const sha256 of images) {
      const part = imagePart(sha256);
      const sizeBytes = this.#source.sizeOf(part);
      if (sizeBytes === undefined) throw missing(this.name, part);
      this.#compare(part, sha256, createHash, 0, sizeBytes);
    }
  }

  #noLane(part: string): SoundstageError {
    const sizeBytes = this.#source.sizeOf(part);
    if (sizeBytes === undefined) return missing(this.name, part);
    return this.#bad(part, `its ${sizeBytes} bytes are less than the header of a WAV file`);
  }

  #compare(
    part: string,
    wanted: string | undefined,
    createHash: () => Sha256,
    offsetBytes: number,
    sizeBytes: number,
  ): void {
    if (wanted === undefined) return;
    const hash = createHash();
    for (let read = 0; read < sizeBytes; read += CHUNK_BYTES) {
      hash.update(this.#source.read(part, offsetBytes + read, Math.min(CHUNK_BYTES, sizeBytes - read)));
    }
    const found = hash.digestHex();
    if (found === wanted) return;
    throw new SoundstageError(
      'E_RECORDING_HASH',
      this.#hasForeignLineEnds(part)
        ? `Cannot trust ${this.name}/${part}: its lines end in CRLF, as git leaves them with core.autocrlf. Try a .gitattributes with '*.jsonl -text', and checking the file out again.`
        : `Cannot trust ${this.name}/${part}: its SHA-256 is ${found}, and the manifest says ${wanted}. Try getting the file back, or, if the edit was meant, soundstage check --accept ${this.name}, which marks the recording as handwritten.`,
      { details: { recording: this.name, part, found, wanted } },
    );
  }

  /** JSON escapes its line breaks: a raw CR can only come from outside. */
  #hasForeignLineEnds(part: string): boolean {
    if (part !== EVENTS_PART) return false;
    return this.#source.read(part, 0, CHUNK_BYTES).includes(0x0d);
  }

  #bad(part: string, why: string): SoundstageError {
    return new SoundstageError(
      'E_RECORDING_LANE',
      `Cannot read ${this.name}/${part}: ${why}. Try recording again, or getting the file back.`,
      { details: { recording: this.name, part } },
    );
  }
}

function readWhole(source: PartSource, part: string): string {
  const sizeBytes = source.sizeOf(part);
  if (sizeBytes === undefined) throw missing(source.name, part);
  if (sizeBytes > LIMITS.recordingManifestBytes) {
    throw new SoundstageError(
      'E_RECORDING_MANIFEST',
      `Cannot read ${source.name}/${part}: it has ${sizeBytes} bytes, and ${LIMITS.recordingManifestBytes} are allowed. Try a folder that soundstage record wrote.`,
      { details: { recording: source.name, sizeBytes } },
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source.read(part, 0, sizeBytes));
  } catch (cause) {
    throw new SoundstageError(
      'E_RECORDING_MANIFEST',
      `Cannot read ${source.name}/${part}: it is no UTF-8. Try getting the file back.`,
      { cause, details: { recording: source.name } },
    );
  }
}

/** A wrong length in the header is forgiven, as a recorder that was killed leaves one. */
function readLane(source: PartSource, side: Side): Partial<Record<Side, Lane>> {
  const part = LANE_PARTS[side];
  const sizeBytes = source.sizeOf(part);
  if (sizeBytes === undefined) return {};
  const head = source.read(part, 0, LANE_HEADER_BYTES);
  if (head.length < WAV_HEADER_BYTES) return {};
  const chunks = findWavChunks(head);
  if (typeof chunks === 'string' || !isOurs(chunks.format)) {
    throw new SoundstageError(
      'E_RECORDING_LANE',
      `Cannot read ${source.name}/${part}: it is no WAV file of mono 16-bit PCM. Try recording again, or getting the file back.`,
      { details: { recording: source.name, part } },
    );
  }
  const dataOffsetBytes = chunks.data.byteOffset - head.byteOffset;
  const samples = Math.floor((sizeBytes - dataOffsetBytes) / 2);
  return { [side]: { part, dataOffsetBytes, samples, rateHz: chunks.format.sampleRateHz } };
}

function isOurs(format: {
  formatCode: number;
  channelCount: number;
  bitsPerSample: number;
  bigEndian: boolean;
}) {
  return (
    format.formatCode === 1 && format.channelCount === 1 && format.bitsPerSample === 16 && !format.bigEndian
  );
}

function missing(recording: string, part: string): SoundstageError {
  return new SoundstageError(
    'E_RECORDING_MISSING',
    `Cannot read ${recording}: it has no ${part}. Try the folder that holds manifest.json, or a file that soundstage pack wrote.`,
    { details: { recording, part } },
  );
}
