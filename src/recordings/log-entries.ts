/**
 * A recording as a session log: what judges, prints or hashes a session reads a recording the same way. Must never keep
 * more than one entry.
 */
import { createSha256, type Sha256 } from '../media/index.js';
import {
  ClientAudioEntry,
  type LogEntry,
  type MessageAudio,
  ServerAudioEntry,
  TranscriptWriter,
} from '../session-log/index.js';
import type { CloseEntry, DraftEntry, RecordedEntry, TextEntry } from './entries.js';
import { joinMessage } from './message-parts.js';

/**
 * The log entry of an entry, stored or not; undefined for what a log has no word for.
 *
 * @param bytesOf the bytes of what is no text
 */
export function logEntryOf<Part extends object>(
  entry: Exclude<RecordedEntry | DraftEntry, { kind: 'text' }> | TextEntry<string | Part>,
  bytesOf: (part: Part) => Uint8Array,
): LogEntry | undefined {
  const { atMs, from } = entry;
  switch (entry.kind) {
    case 'upgrade':
      return { kind: 'open', atMs, target: entry.target, model: modelOf(entry.target) };
    case 'text':
      return from === 'client' ? clientEntry(entry, bytesOf) : serverEntry(entry, bytesOf);
    case 'binary':
      return from === 'client' ? { kind: 'client-binary', atMs, sizeBytes: entry.payload.length } : undefined;
    case 'close':
      return { kind: 'close', atMs, by: from, ...closeOf(entry) };
    default:
      return undefined;
  }
}

function clientEntry<Part extends object>(
  { atMs, parts }: TextEntry<string | Part>,
  bytesOf: (part: Part) => Uint8Array,
): LogEntry {
  const audio = audioOf(parts, bytesOf);
  return audio === undefined
    ? { kind: 'client', atMs, text: joinMessage(parts, bytesOf) }
    : new ClientAudioEntry(atMs, audio);
}

function serverEntry<Part extends object>(
  { atMs, parts }: TextEntry<string | Part>,
  bytesOf: (part: Part) => Uint8Array,
): LogEntry {
  const audio = audioOf(parts, bytesOf);
  if (audio !== undefined) return new ServerAudioEntry(atMs, audio);
  const text = joinMessage(parts, bytesOf);
  return { kind: 'server', atMs, text, intended: text, disposition: 'forwarded' };
}

/** A message around one run of bytes. */
function audioOf<Part extends object>(
  parts: readonly (string | Part)[],
  bytesOf: (part: Part) => Uint8Array,
): MessageAudio | undefined {
  const [head, media, tail] = parts;
  if (typeof head !== 'string' || typeof media !== 'object' || typeof tail !== 'string') return undefined;
  return { head, tail, read: () => bytesOf(media) };
}

function closeOf({ code, reason }: CloseEntry) {
  return { code, reason };
}

/** The model that a request target names, or null. */
export function modelOf(target: string): string | null {
  const queryStart = target.indexOf('?');
  if (queryStart < 0) return null;
  return new URLSearchParams(target.slice(queryStart + 1).replaceAll('?', '&')).get('model');
}

/** The SHA-256 of the canonical transcript of entries as they come. */
export class TranscriptDigest {
  readonly #hash: Sha256;
  readonly #writer: TranscriptWriter;

  constructor(createHash: () => Sha256 = createSha256) {
    this.#hash = createHash();
    this.#writer = new TranscriptWriter((line) => this.#hash.update(`${line}\n`), createHash);
  }

  add(entry: LogEntry | undefined): void {
    if (entry !== undefined) this.#writer.write(entry);
  }

  /** 64 hex digits; more may be added afterwards. */
  digestHex(): string {
    const pending = this.#writer.pendingLine();
    if (pending === undefined) return this.#hash.digestHex();
    const extended = this.#hash.clone();
    extended.update(`${pending.line}\n`);
    return extended.digestHex();
  }
}
