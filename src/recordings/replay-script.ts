/**
 * A recording as something to follow: which entry is due when, read one at a time. Of a session of hours only numbers
 * stay in memory, a few for each entry. Must never judge a client.
 */
import { decodeBase64 } from '../media/index.js';
import { nestsDeeperThan } from '../protocol/json-depth.js';
import { isJsonObject, type JsonObject } from '../protocol/json-object.js';
import { LIMITS } from '../protocol/limits.js';
import type { AnswerEntry, RecordedEntry, StoredPart, TextEntry, UpgradeEntry } from './entries.js';
import type { Recording } from './recording.js';

/** What an entry means to whoever follows the recording. */
export type ScriptKind =
  /** Something the server sends or does. */
  | 'server'
  /** A piece of the client's stream of audio. */
  | 'audio'
  /** A message of the client that takes effect at its exact place in the stream of audio. */
  | 'sync'
  /** Any other message of the client. */
  | 'message'
  /** The client leaves. What comes behind it could not reach anybody. */
  | 'leave'
  /** The handshake, pings and pongs of the client: the transport's business. */
  | 'other';

const KINDS: readonly ScriptKind[] = ['server', 'audio', 'sync', 'message', 'leave', 'other'];

/** What ends or empties what was heard so far, or changes how it is heard. */
const SYNC_TYPES: ReadonlySet<unknown> = new Set([
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'session.finish',
  'session.update',
]);

const APPEND = 'input_audio_buffer.append';
const DEFAULT_RATE_HZ = 16_000;

/** A recording, gone through once. One script serves any number of sessions. */
export class ReplayScript {
  readonly recording: Recording;
  /** What the client asked for; undefined in a recording that begins later. */
  readonly upgrade: UpgradeEntry | undefined;
  /** The answer of a server that let nobody in. */
  readonly refusal: AnswerEntry | undefined;
  /** How many entries there are up to where the client leaves. */
  readonly count: number;
  /** Samples of the client's whole stream. */
  readonly totalSamples: number;
  /** Whether some append has keys of its own beside its audio. */
  readonly hasAudioExtras: boolean;
  readonly #kinds: Uint8Array;
  readonly #places: Float64Array;
  readonly #samplesBefore: Float64Array;
  /** Bytes of the stream before each append, and which entry that is. */
  readonly #appendStarts: Float64Array;
  readonly #appendEntries: Uint32Array;
  #decoded: { readonly index: number; readonly bytes: Uint8Array } | undefined;
  /** Whether the stream is the lane as it is. */
  readonly #isLane: boolean;

  /** @throws SoundstageError `E_RECORDING_ENTRY` for a line that cannot be read, `E_RECORDING_LANE` */
  constructor(recording: Recording) {
    this.recording = recording;
    const draft = surveyOf(recording);
    this.upgrade = draft.upgrade;
    this.refusal = draft.refusal;
    this.count = draft.kinds.length;
    this.totalSamples = Math.floor(draft.streamBytes / 2);
    this.hasAudioExtras = draft.hasAudioExtras;
    this.#kinds = Uint8Array.from(draft.kinds);
    this.#places = Float64Array.from(draft.places);
    this.#samplesBefore = Float64Array.from(draft.samplesBefore);
    this.#appendStarts = Float64Array.from(draft.appendStarts);
    this.#appendEntries = Uint32Array.from(draft.appendEntries);
    this.#isLane = draft.isLane;
  }

  /** Samples per second of the client's stream. */
  get rateHz(): number {
    return this.recording.lane('client')?.rateHz ?? DEFAULT_RATE_HZ;
  }

  kindOf(index: number): ScriptKind | undefined {
    return KINDS[this.#kinds[index] ?? -1];
  }

  /** When an entry was, in milliseconds since the upgrade request. */
  atMs(index: number): number {
    return this.#places[4 * index + 3] ?? 0;
  }

  /** Whole samples the client had sent before this entry. */
  samplesBefore(index: number): number {
    return this.#samplesBefore[index] ?? this.totalSamples;
  }

  /** The line of an entry in `events.jsonl`, from 1. */
  lineOf(index: number): number {
    return this.#places[4 * index] ?? index + 1;
  }

  entryAt(index: number): RecordedEntry {
    const [number = 0, offsetBytes = 0, sizeBytes = 0] = this.#places.subarray(4 * index, 4 * index + 3);
    const beforeMs = index === 0 ? 0 : this.atMs(index - 1);
    return this.recording.entryAt({ number, offsetBytes, sizeBytes, beforeMs });
  }

  /** The first entry of a kind at or behind `from`; undefined when there is none. */
  next(from: number, ...kinds: readonly ScriptKind[]): number | undefined {
    for (let index = from; index < this.count; index += 1) {
      const kind = this.kindOf(index);
      if (kind !== undefined && kinds.includes(kind)) return index;
    }
    return undefined;
  }

  /** The append that carries this sample of the stream, or the last one. */
  appendAt(sample: number): number | undefined {
    return this.#appendEntries[this.#appendNumber(2 * sample)];
  }

  /** Up to `most` samples of the client's stream, however it was cut. */
  clientSamples(position: number, most: number): Uint8Array {
    const wanted = 2 * Math.min(most, this.totalSamples - position);
    if (this.#isLane) {
      return this.recording.samples({
        lane: 'client',
        offsetSamples: position,
        lengthSamples: wanted / 2,
      });
    }
    const bytes = new Uint8Array(wanted);
    let filled = 0;
    for (let number = this.#appendNumber(2 * position); filled < wanted; number += 1) {
      const entry = this.#appendEntries[number];
      if (entry === undefined) break;
      const skipped = Math.max(0, 2 * position + filled - (this.#appendStarts[number] ?? 0));
      const piece = this.#appendBytes(entry).subarray(skipped, skipped + wanted - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return bytes;
  }

  /** The last one is kept: one append of megabytes is asked for in many blocks. */
  #appendBytes(index: number): Uint8Array {
    if (this.#decoded?.index !== index) this.#decoded = { index, bytes: this.#decodeAppend(index) };
    return this.#decoded.bytes;
  }

  #decodeAppend(index: number): Uint8Array {
    const entry = this.entryAt(index);
    if (entry.kind !== 'text') return new Uint8Array(0);
    const audio = parseMessage(this.recording.textOf(entry))?.['audio'];
    return (typeof audio === 'string' ? decodeBase64(audio) : undefined) ?? new Uint8Array(0);
  }

  /** The last append that begins at or before a byte of the stream. */
  #appendNumber(byte: number): number {
    let low = 0;
    let high = this.#appendStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#appendStarts[middle] ?? 0) <= byte) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** A JSON object, or undefined; nesting beyond the protocol's limit counts as none. */
export function parseMessage(text: string): JsonObject | undefined {
  if (nestsDeeperThan(text, LIMITS.jsonDepth)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The audio of an append, decoded; undefined for any other message, also for an append that carries none. */
export function audioOfAppend(event: JsonObject | undefined): Uint8Array | undefined {
  if (event?.['type'] !== APPEND || typeof event['audio'] !== 'string') return undefined;
  return decodeBase64(event['audio']);
}

/** What an append says beside its audio. */
export function appendExtras(event: JsonObject): JsonObject {
  const { type: _type, event_id: _id, audio: _audio, ...extras } = event;
  return extras;
}

export function isSyncType(type: unknown): boolean {
  return SYNC_TYPES.has(type);
}

interface Survey {
  upgrade: UpgradeEntry | undefined;
  refusal: AnswerEntry | undefined;
  readonly kinds: number[];
  /** Line number, offset, size and time of each entry. */
  readonly places: number[];
  readonly samplesBefore: number[];
  readonly appendStarts: number[];
  readonly appendEntries: number[];
  streamBytes: number;
  isLane: boolean;
  hasAudioExtras: boolean;
}

function surveyOf(recording: Recording): Survey {
  const survey: Survey = {
    upgrade: undefined,
    refusal: undefined,
    kinds: [],
    places: [],
    samplesBefore: [],
    appendStarts: [],
    appendEntries: [],
    streamBytes: 0,
    isLane: true,
    hasAudioExtras: false,
  };
  for (const { entry, place } of recording.placedEntries()) {
    const kind = look(survey, entry);
    if (kind === 'leave') break;
    survey.kinds.push(KINDS.indexOf(kind));
    survey.places.push(place.number, place.offsetBytes, place.sizeBytes, entry.atMs);
  }
  return survey;
}

/** Takes an entry in and says what it is. */
function look(survey: Survey, entry: RecordedEntry): ScriptKind {
  survey.samplesBefore.push(Math.floor(survey.streamBytes / 2));
  if (entry.kind === 'upgrade') survey.upgrade ??= entry;
  if (entry.kind === 'answer' && entry.status !== 101) survey.refusal ??= entry;
  if (entry.from === 'server') return isDone(entry) ? 'server' : 'other';
  switch (entry.kind) {
    case 'text':
      return lookAtText(survey, entry);
    case 'binary':
      return 'message';
    case 'withheld':
      return entry.what === 'text' || entry.what === 'binary' ? 'message' : 'other';
    case 'close':
    case 'end':
    case 'invalid-text':
    case 'bytes':
      return 'leave';
    default:
      return 'other';
  }
}

/** The answer is given before there is a session; pongs are given by the transport. */
function isDone({ kind }: RecordedEntry): boolean {
  return kind !== 'answer' && kind !== 'pong';
}

function lookAtText(survey: Survey, { parts }: TextEntry<StoredPart>): ScriptKind {
  const event = parseMessage(parts.map((part) => (typeof part === 'string' ? part : '')).join(''));
  const media = parts.find((part) => typeof part !== 'string');
  const isStored = media?.kind === 'pcm' && event?.['type'] === APPEND;
  const sizeBytes = isStored ? 2 * media.lengthSamples : audioOfAppend(event)?.length;
  if (event === undefined || sizeBytes === undefined) return isSyncType(event?.['type']) ? 'sync' : 'message';
  survey.isLane &&= sizeBytes === 0 || (isStored && 2 * media.offsetSamples === survey.streamBytes);
  survey.hasAudioExtras ||= Object.keys(appendExtras(event)).length > 0;
  survey.appendStarts.push(survey.streamBytes);
  survey.appendEntries.push(survey.kinds.length);
  survey.streamBytes += sizeBytes;
  return 'audio';
}
