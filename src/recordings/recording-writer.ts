/**
 * Writes a recording entry by entry, so that whoever dies while writing leaves one that can be read: the manifest first,
 * marked incomplete; samples and images before the line that refers to them. Must never keep a session in memory.
 */
import { createSha256, type Sha256, wavHeader } from '../media/index.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { joinBytes } from '../protocol/websocket-frames.js';
import { DEFAULT_RATES_HZ } from './audio-formats.js';
import type { DraftEntry, DraftPart, MediaPart, RecordedEntry, Side, StoredPart } from './entries.js';
import { encodeEntryLine } from './entry-lines.js';
import { logEntryOf, TranscriptDigest } from './log-entries.js';
import {
  encodeManifest,
  type ManifestLane,
  type Provenance,
  RECORDING_FORMAT,
  RECORDING_VERSION,
  type RecordingManifest,
} from './manifest.js';
import { EVENTS_PART, imagePart, LANE_PARTS, MANIFEST_PART, type PartSink } from './parts.js';

/** What is known when a recording begins. */
export interface RecordingHeader {
  readonly provenance: Provenance;
  readonly recordedBy: string;
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
  readonly name?: string | undefined;
  readonly upstream?: string | undefined;
  readonly model: string | null;
  /** Whether voices are replaced by tones. */
  readonly speechRedacted?: boolean | undefined;
}

/** What was taken out. */
export type Redactions = Omit<RecordingManifest['redactions'], 'speech'>;

export interface RecordingWriterOptions {
  readonly sink: PartSink;
  readonly header: RecordingHeader;
  /** Samples per second of a lane, asked for when its first audio comes. */
  readonly rateOf?: ((side: Side) => number) | undefined;
  /** Opens a SHA-256 digest; a platform's own is faster than the default. */
  readonly createHash?: (() => Sha256) | undefined;
}

/** What a recording ends with. */
export interface RecordingEnd {
  readonly redactions?: Redactions | undefined;
}

const NO_REDACTIONS: Redactions = { withheld: 0, placeholders: [] };
const UTF8 = new TextEncoder();

interface OpenLane {
  readonly rateHz: number;
  readonly hash: Sha256;
  samples: number;
}

/** Writes one recording. Whatever the sink throws comes through; the recording stays readable up to there. */
export class RecordingWriter {
  readonly #sink: PartSink;
  readonly #header: RecordingHeader;
  readonly #rateOf: (side: Side) => number;
  readonly #createHash: () => Sha256;
  readonly #eventsHash: Sha256;
  readonly #transcript: TranscriptDigest;
  readonly #lanes: { client?: OpenLane; server?: OpenLane } = {};
  /** Samples of the entries that are being added. */
  readonly #unwritten: Record<Side, Uint8Array[]> = { client: [], server: [] };
  readonly #images = new Set<string>();
  #entries = 0;
  #lastMs = 0;
  #isFinished = false;

  constructor({ sink, header, rateOf, createHash = createSha256 }: RecordingWriterOptions) {
    this.#sink = sink;
    this.#header = header;
    this.#rateOf = rateOf ?? ((side) => DEFAULT_RATES_HZ[side]);
    this.#createHash = createHash;
    this.#eventsHash = createHash();
    this.#transcript = new TranscriptDigest(createHash);
    this.#putManifest(false, {});
    sink.put(EVENTS_PART, new Uint8Array(0));
  }

  /** How many entries have been written. */
  get entries(): number {
    return this.#entries;
  }

  /** Adds one entry. An entry that is older than the one before it counts as of the same time. */
  write(draft: DraftEntry): void {
    this.writeAll([draft]);
  }

  /** Adds entries, with one write for all their lines and one for the samples of each side. */
  writeAll(drafts: readonly DraftEntry[]): void {
    if (this.#isFinished) {
      throw new SoundstageError(
        'E_RECORDING_FINISHED',
        'Cannot add to a recording: it is finished. Try another recording.',
      );
    }
    if (drafts.length === 0) return;
    const bytes = UTF8.encode(drafts.map((draft) => this.#lineOf(draft)).join(''));
    this.#eventsHash.update(bytes);
    this.#writeSamples();
    this.#sink.append(EVENTS_PART, bytes);
    this.#entries += drafts.length;
  }

  /** Marks the recording complete. */
  finish(end: RecordingEnd = {}): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    for (const side of ['client', 'server'] as const) {
      const lane = this.#lanes[side];
      if (lane !== undefined) this.#sink.patch(LANE_PARTS[side], headerOf(lane));
    }
    this.#putManifest(true, end);
    this.#sink.close();
  }

  /** Ends the recording where it is, marked incomplete. */
  abandon(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#sink.close();
  }

  #lineOf(draft: DraftEntry): string {
    this.#transcript.add(logEntryOf(draft, ({ bytes }) => bytes));
    const entry = this.#stored(draft);
    const atMs = Math.max(this.#lastMs, Math.round(entry.atMs));
    const line = encodeEntryLine(entry, atMs - this.#lastMs);
    this.#lastMs = atMs;
    return `${line}\n`;
  }

  #stored(draft: DraftEntry): RecordedEntry {
    if (draft.kind !== 'text') return draft;
    return { ...draft, parts: draft.parts.map((part) => this.#store(part, draft.from)) };
  }

  #store(part: DraftPart, from: Side): StoredPart {
    if (typeof part === 'string') return part;
    return part.media === 'pcm' ? this.#storeSamples(part, from) : this.#storeImage(part);
  }

  #storeSamples({ bytes }: MediaPart, side: Side): StoredPart {
    const lane = this.#lanes[side] ?? this.#openLane(side);
    const offsetSamples = lane.samples;
    const lengthSamples = bytes.length / 2;
    lane.samples += lengthSamples;
    this.#unwritten[side].push(bytes);
    return { kind: 'pcm', lane: side, offsetSamples, lengthSamples };
  }

  /** Samples come before the lines that refer to them: a recording that ends here has all it speaks of. */
  #writeSamples(): void {
    for (const side of ['client', 'server'] as const) {
      const pieces = this.#unwritten[side];
      const [first] = pieces;
      if (first === undefined) continue;
      this.#unwritten[side] = [];
      const bytes = pieces.length === 1 ? first : joinBytes(pieces);
      this.#lanes[side]?.hash.update(bytes);
      this.#sink.append(LANE_PARTS[side], bytes);
    }
  }

  #openLane(side: Side): OpenLane {
    const lane = { rateHz: this.#rateOf(side), hash: this.#createHash(), samples: 0 };
    this.#lanes[side] = lane;
    const header = wavHeader({ sampleRateHz: lane.rateHz, dataBytes: 'streaming' });
    this.#sink.put(LANE_PARTS[side], header);
    return lane;
  }

  #storeImage({ bytes }: MediaPart): StoredPart {
    const hash = this.#createHash();
    hash.update(bytes);
    const sha256 = hash.digestHex();
    if (!this.#images.has(sha256)) {
      this.#images.add(sha256);
      this.#sink.put(imagePart(sha256), bytes);
    }
    return { kind: 'image', sha256 };
  }

  #putManifest(complete: boolean, end: RecordingEnd): void {
    const { provenance, recordedBy, startedAt, name, upstream, model, speechRedacted } = this.#header;
    const eventsHash = complete ? { sha256: this.#eventsHash.digestHex() } : {};
    const manifest: RecordingManifest = {
      format: RECORDING_FORMAT,
      version: RECORDING_VERSION,
      complete,
      provenance,
      recordedBy,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(name === undefined ? {} : { name }),
      ...(upstream === undefined ? {} : { upstream }),
      model,
      redactions: { speech: speechRedacted ?? false, ...(end.redactions ?? NO_REDACTIONS) },
      events: { entries: this.#entries, ...eventsHash },
      lanes: lanesOf(this.#lanes),
      images: [...this.#images],
      ...(complete ? { transcriptSha256: this.#transcript.digestHex() } : {}),
    };
    this.#sink.put(MANIFEST_PART, UTF8.encode(encodeManifest(manifest)));
  }
}

function headerOf({ rateHz, samples }: OpenLane): Uint8Array {
  return wavHeader({ sampleRateHz: rateHz, dataBytes: 2 * samples });
}

function lanesOf(lanes: { client?: OpenLane; server?: OpenLane }): RecordingManifest['lanes'] {
  const shown = ({ rateHz, samples, hash }: OpenLane): ManifestLane => ({
    rateHz,
    samples,
    sha256: hash.digestHex(),
  });
  return {
    ...(lanes.client === undefined ? {} : { client: shown(lanes.client) }),
    ...(lanes.server === undefined ? {} : { server: shown(lanes.server) }),
  };
}
