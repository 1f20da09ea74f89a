/**
 * The entries of a session log: everything that happened on one connection, in order. Entries are facts and
 * never change once appended.
 */
import { encodeBase64 } from '../media/index.js';

/** A byte order mark is part of the message. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What happened to a server message between being intended and going out. */
export type Disposition = 'forwarded' | 'changed' | 'dropped' | 'invented';

/** The connection stands. */
export interface OpenEntry {
  readonly kind: 'open';
  readonly atMs: number;
  /** The upgrade request's target, without its key. */
  readonly target: string;
  readonly model: string | null;
}

/** A text message from the client, exactly as it came. */
export interface ClientEntry {
  readonly kind: 'client';
  readonly atMs: number;
  readonly text: string;
  /** The audio of `text` before base64, when it is at hand. */
  readonly audio?: MessageAudio | undefined;
}

/**
 * A message of audio from the client whose audio is at hand as bytes: whoever reads a recording has it so, and making
 * base64 of it only to decode it again costs more than the rest.
 */
export class ClientAudioEntry implements ClientEntry {
  readonly kind = 'client';
  readonly atMs: number;
  readonly audio: MessageAudio;

  constructor(atMs: number, audio: MessageAudio) {
    this.atMs = atMs;
    this.audio = audio;
  }

  get text(): string {
    return this.audio.head + encodeBase64(this.audio.read()) + this.audio.tail;
  }
}

/**
 * A long text message from the client, kept as UTF-8: out of reach of the garbage collector, which would copy
 * strings of streamed audio around for as long as the log keeps them.
 */
export class ClientBytesEntry implements ClientEntry {
  readonly kind = 'client';
  readonly atMs: number;
  readonly utf8: Uint8Array;

  constructor(atMs: number, utf8: Uint8Array) {
    this.atMs = atMs;
    this.utf8 = utf8;
  }

  get text(): string {
    return UTF8.decode(this.utf8);
  }
}

/** A binary message from the client; the protocol has none, so only its size is kept. */
export interface ClientBinaryEntry {
  readonly kind: 'client-binary';
  readonly atMs: number;
  readonly sizeBytes: number;
}

/** A message whose bulk is audio: the text is `head`, the audio as base64, `tail`. */
export interface MessageAudio {
  readonly head: string;
  readonly tail: string;
  /**
   * The audio before base64, made anew at every call: a log keeps where it comes from, not a copy.
   *
   * @param scratch memory the result may lie in, if it is used up before the next call
   */
  read(scratch?: Int16Array): Uint8Array;
}

/** A text message to the client. */
export interface ServerEntry {
  readonly kind: 'server';
  readonly atMs: number;
  /** What went out; undefined when it was dropped. */
  readonly text: string | undefined;
  /** What the service would have sent; undefined when the message was invented, `text` itself when forwarded. */
  readonly intended: string | undefined;
  readonly disposition: Disposition;
  /** The audio of `text` before base64, when the log was handed it. */
  readonly audio?: MessageAudio | undefined;
  /** The bytes that went out in place of one plain text frame. */
  readonly frames?: Uint8Array | undefined;
}

/**
 * A forwarded message of audio that knows how to make its text again instead of keeping it: the audio of a spoken
 * minute is four megabytes of base64, and hardly anybody reads it.
 */
export class ServerAudioEntry implements ServerEntry {
  readonly kind = 'server';
  readonly disposition = 'forwarded';
  readonly atMs: number;
  readonly audio: MessageAudio;

  constructor(atMs: number, audio: MessageAudio) {
    this.atMs = atMs;
    this.audio = audio;
  }

  get text(): string {
    return this.audio.head + encodeBase64(this.audio.read()) + this.audio.tail;
  }

  get intended(): string {
    return this.text;
  }
}

/** The connection ended. */
export interface CloseEntry {
  readonly kind: 'close';
  readonly atMs: number;
  readonly by: 'client' | 'server' | 'dropped' | 'protocol-error';
  readonly code: number | undefined;
  readonly reason: string;
}

/** Codes of remarks a session makes about itself. */
export type NoteCode =
  | 'clock-free-run'
  | 'hold-started'
  | 'hold-released'
  | 'hold-timed-out'
  | 'hold-unreached'
  | 'malformed-url'
  | 'create-dropped'
  | 'fault-fired'
  | 'fault-skipped'
  | 'fault-unfired'
  | 'bytes-sent'
  | 'connection-impaired'
  | 'control'
  | 'verbatim-timed-out'
  | 'replay-started'
  | 'replay-withheld'
  | 'replay-mismatch'
  | 'replay-complete'
  | 'replay-leftovers'
  | 'session-stuck'
  | 'session-failed'
  | 'entries-evicted';

/** A remark: something a reader of the log should know that no message says. */
export interface NoteEntry {
  readonly kind: 'note';
  readonly atMs: number;
  readonly code: NoteCode;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** One thing that happened. `atMs` is virtual time in integer milliseconds since the connection opened. */
export type LogEntry = OpenEntry | ClientEntry | ClientBinaryEntry | ServerEntry | CloseEntry | NoteEntry;

/** Bytes an entry is charged against the log's budget: its text plus a fixed overhead. */
export function entrySizeBytes(entry: LogEntry): number {
  const overhead = 64;
  if (entry instanceof ClientBytesEntry) return overhead + entry.utf8.length;
  if (entry.kind === 'client') return overhead + entry.text.length;
  if (entry.kind !== 'server') return overhead;
  if (entry.audio !== undefined) return overhead + entry.audio.head.length;
  const sent = (entry.text?.length ?? 0) + (entry.frames?.length ?? 0);
  return overhead + sent + (entry.intended === entry.text ? 0 : (entry.intended?.length ?? 0));
}
