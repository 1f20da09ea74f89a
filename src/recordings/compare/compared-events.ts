/**
 * The entries of a recording as what is compared: one event a message, audio as runs that do not end where the other
 * side says something. Must never keep audio.
 */
import { createSha256, encodeBase64, type Sha256 } from '../../media/index.js';
import { nestsDeeperThan } from '../../protocol/json-depth.js';
import { isJsonObject, type JsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import type { ImagePart, PcmPart, RecordedEntry, Side, StoredPart, TextEntry } from '../entries.js';
import type { Recording } from '../recording.js';
import { AudioRun } from './audio-run.js';
import { Canonicaliser, IdName } from './canonical-value.js';

/** One event of one side. */
export interface ComparedEvent {
  readonly side: Side;
  /** Of its first message. */
  readonly atMs: number;
  /** Its type, or what else it is: `text`, `binary`, `close`, `upgrade`, … */
  readonly label: string;
  readonly value: JsonObject;
  readonly audio: AudioRun | undefined;
  /** Its place among the events of both sides, from 0. */
  readonly index: number;
  /** Which of its label on its side, from 1. */
  readonly nth: number;
  /** For a withheld entry: the kind it would have been. */
  readonly stoodFor?: string;
}

/** The events of a recording. */
export interface ComparedEvents {
  readonly client: readonly ComparedEvent[];
  readonly server: readonly ComparedEvent[];
  /** How many entries of kinds that are told by the way: pings, pongs. */
  readonly controlFrames: number;
  /** Header names of the upgrade and of the answer, lower case and sorted, without those of every connection its own. */
  readonly headers: Readonly<Record<Side, readonly string[]>>;
}

/** The line of an event in a textual comparison. */
export function eventLine({ side, label, value }: ComparedEvent): string {
  const from = side === 'client' ? 'C' : 'S';
  return 'type' in value ? `${from} ${JSON.stringify(value)}` : `${from} ${label} ${JSON.stringify(value)}`;
}

/** The same without the numbers of ids: what is alike in two recordings whose ids are counted differently. */
export function eventShape({ side, label, value }: ComparedEvent): string {
  const shape = JSON.stringify(value, (_key, inner: unknown) => inner, 0);
  return `${side} ${label} ${hasIds(value) ? JSON.stringify(withoutNumbers(value)) : shape}`;
}

function hasIds(value: unknown): boolean {
  if (value instanceof IdName) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasIds);
}

function withoutNumbers(value: unknown): unknown {
  if (value instanceof IdName) return `${value.word}#`;
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (!isJsonObject(value) || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNumbers(inner)]));
}

/** Reads the events; undefined when there are more than `LIMITS.comparedEvents`. */
export function comparedEvents(
  recording: Recording,
  createHash: () => Sha256 = createSha256,
): ComparedEvents | undefined {
  const reader = new EventReader(recording, createHash);
  for (const entry of recording.entries()) {
    reader.take(entry);
    if (reader.count > LIMITS.comparedEvents) return undefined;
  }
  return reader.events();
}

/** Of every connection its own, or of the HTTP library. */
const PASSING_HEADERS =
  /^(?:sec-websocket-(?:key|accept|version|extensions)|date|host|connection|upgrade|server|x-request-id|req-.*|content-length)$/;
const AUDIO_KEYS = { client: 'audio', server: 'delta' } as const;

interface OpenRun {
  readonly identity: string;
  readonly audio: AudioRun;
}

class EventReader {
  count = 0;
  readonly #recording: Recording;
  readonly #createHash: () => Sha256;
  readonly #canonical = new Canonicaliser();
  readonly #events: Record<Side, ComparedEvent[]> = { client: [], server: [] };
  readonly #headers: Record<Side, string[]> = { client: [], server: [] };
  readonly #runs: Partial<Record<Side, OpenRun>> = {};
  readonly #nths = new Map<string, number>();
  #controlFrames = 0;

  constructor(recording: Recording, createHash: () => Sha256) {
    this.#recording = recording;
    this.#createHash = createHash;
  }

  events(): ComparedEvents {
    return { ...this.#events, controlFrames: this.#controlFrames, headers: this.#headers };
  }

  take(entry: RecordedEntry): void {
    if (entry.kind === 'ping' || entry.kind === 'pong') this.#controlFrames += 1;
    else if (entry.kind === 'text') this.#takeText(entry);
    else {
      if (entry.kind === 'upgrade' || entry.kind === 'answer') this.#keepHeaders(entry);
      const stoodFor = entry.kind === 'withheld' ? entry.what : undefined;
      this.#add(entry, entry.kind, this.#valueOf(entry), undefined, stoodFor);
    }
  }

  #valueOf(entry: Exclude<RecordedEntry, { kind: 'text' | 'ping' | 'pong' }>): JsonObject {
    switch (entry.kind) {
      case 'upgrade':
        return { method: entry.method, target: entry.target };
      case 'answer':
        return {
          status: entry.status,
          ...(entry.body === undefined ? {} : { body: bodyText(entry.body) }),
        };
      case 'close':
        return { code: entry.code ?? null, reason: entry.reason };
      case 'end':
        return { how: entry.how };
      case 'withheld':
        return { what: entry.what, rule: entry.rule };
      default:
        return { sizeBytes: entry.payload.length, sha256: this.#hashOf(entry.payload) };
    }
  }

  #takeText(entry: TextEntry<StoredPart>): void {
    const { head, media, tail } = threeParts(entry.parts);
    const event = parseEvent(media === undefined ? this.#recording.textOf(entry) : head + tail);
    if (event === undefined) {
      this.#add(entry, 'text', { text: this.#recording.textOf(entry) });
      return;
    }
    const label = typeof event['type'] === 'string' ? event['type'] : 'event without a type';
    if (media?.kind === 'pcm') {
      this.#takeAudio(entry, label, event, media);
      return;
    }
    if (!label.endsWith('.delta')) delete this.#runs[entry.from];
    const value = this.#canonical.valueOf(event, entry.from, label);
    this.#add(entry, label, media === undefined ? value : withKey(value, 'image', `sha256 ${media.sha256}`));
  }

  /** A run goes on through other deltas of its side: which comes first of two streams is chance. */
  #takeAudio(entry: TextEntry<StoredPart>, label: string, event: JsonObject, part: PcmPart): void {
    const side = entry.from;
    const key = AUDIO_KEYS[side];
    const { [key]: _audio, event_id: _id, ...rest } = event;
    const identity = JSON.stringify(rest);
    const run = this.#runs[side];
    if (run?.identity === identity) {
      run.audio.add(this.#recording.samples(part));
      return;
    }
    const audio = new AudioRun(this.#recording.lane(side)?.rateHz ?? 0, this.#createHash);
    audio.add(this.#recording.samples(part));
    this.#runs[side] = { identity, audio };
    const value = this.#canonical.valueOf({ ...rest, type: label }, side, label);
    this.#add(entry, label, withKey(value, key, audio), audio);
  }

  #add(
    { atMs, from: side, kind }: RecordedEntry,
    label: string,
    value: JsonObject,
    audio?: AudioRun,
    stoodFor?: string,
  ): void {
    if (kind !== 'text') delete this.#runs[side];
    const counted = `${side} ${label}`;
    const nth = (this.#nths.get(counted) ?? 0) + 1;
    this.#nths.set(counted, nth);
    const rest = stoodFor === undefined ? {} : { stoodFor };
    this.#events[side].push({ side, atMs, label, value, audio, index: this.count, nth, ...rest });
    this.count += 1;
  }

  #keepHeaders({ from, headers }: Extract<RecordedEntry, { kind: 'upgrade' | 'answer' }>): void {
    const names = headers.map(([name]) => name.toLowerCase()).filter((name) => !PASSING_HEADERS.test(name));
    this.#headers[from].push(...[...new Set(names)].sort());
  }

  #hashOf(bytes: Uint8Array): string {
    const hash = this.#createHash();
    hash.update(bytes);
    return hash.digestHex();
  }
}

/** The value with one more key, in its place among the others. */
function withKey(value: JsonObject, key: string, added: unknown): JsonObject {
  const entries = [...Object.entries(value).filter(([other]) => other !== key), [key, added] as const];
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function threeParts(parts: readonly StoredPart[]): {
  head: string;
  media: PcmPart | ImagePart | undefined;
  tail: string;
} {
  const [head, media, tail] = parts;
  return parts.length === 3 &&
    typeof head === 'string' &&
    typeof media === 'object' &&
    typeof tail === 'string'
    ? { head, media, tail }
    : { head: '', media: undefined, tail: '' };
}

function parseEvent(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{') || nestsDeeperThan(text, LIMITS.jsonDepth)) return undefined;
  try {
    const event: unknown = JSON.parse(text);
    return isJsonObject(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function bodyText(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return `base64 ${encodeBase64(body)}`;
  }
}
