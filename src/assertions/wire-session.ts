/**
 * One connection as assertions read it: the messages that really went over the wire, in order, and what the service
 * had meant. Reading is total: what is no JSON, or nests deeper than the service reads, has no type and no fields. It
 * must never judge.
 */
import { LIMITS } from '../protocol/index.js';
import { nestsDeeperThan } from '../protocol/json-depth.js';
import { parseJson } from '../protocol/json-object.js';
import { readPath } from '../scenarios/index.js';
import type { CloseEntry, Disposition, LogEntry, NoteEntry, ServerEntry } from '../session-log/index.js';
import type { SessionEvidence } from './verification.js';

/** A message that went over the wire. */
export interface WireMessage {
  readonly from: 'client' | 'server';
  /** Its place in the log. */
  readonly at: number;
  readonly atMs: number;
  /** Its `type`; empty where it has none. */
  readonly type: string;
  /** The parsed message; undefined where it is no JSON, and for binary messages. */
  readonly event: unknown;
}

/** A message of the service: what was meant and what went out, each undefined where there was none. */
export interface ServedMessage {
  readonly at: number;
  readonly disposition: Disposition;
  readonly sent: unknown;
  readonly meant: unknown;
}

/** A remark and its place in the log. */
export interface PlacedNote {
  readonly at: number;
  readonly note: NoteEntry;
}

/** One connection, read. */
export interface WireSession {
  readonly connection: number;
  readonly isOpen: boolean;
  readonly messages: readonly WireMessage[];
  readonly served: readonly ServedMessage[];
  readonly notes: readonly PlacedNote[];
  /** How it ended; undefined while it lasts. */
  readonly close: CloseEntry | undefined;
}

/** Reads the log of one connection; each message is parsed once. */
export function readSession({ connection, entries, isOpen }: SessionEvidence): WireSession {
  const messages: WireMessage[] = [];
  const served: ServedMessage[] = [];
  const notes: PlacedNote[] = [];
  let close: CloseEntry | undefined;
  for (const [at, entry] of entries.entries()) {
    if (entry.kind === 'note') notes.push({ at, note: entry });
    else if (entry.kind === 'close') close ??= entry;
    else if (entry.kind === 'server') {
      const message = readServed(at, entry);
      served.push(message);
      if (message.wentOut) messages.push(messageOf('server', at, entry, message.sent));
    } else if (entry.kind === 'client') messages.push(messageOf('client', at, entry, parse(entry.text)));
    else if (entry.kind === 'client-binary') messages.push(messageOf('client', at, entry, undefined));
  }
  return { connection, isOpen, messages, served, notes, close };
}

/** The response that a message belongs to, by the id it carries. */
export function responseIdOf(event: unknown): string | undefined {
  const id = readPath(event, 'response_id') ?? readPath(event, 'response.id');
  return typeof id === 'string' ? id : undefined;
}

/** The value of a JSON text; undefined when it is none, or nests deeper than the service reads. */
export function parse(text: string): unknown {
  return nestsDeeperThan(text, LIMITS.jsonDepth) ? undefined : parseJson(text);
}

function messageOf(from: 'client' | 'server', at: number, entry: LogEntry, event: unknown): WireMessage {
  const type = readPath(event, 'type');
  return { from, at, atMs: entry.atMs, type: typeof type === 'string' ? type : '', event };
}

function readServed(at: number, entry: ServerEntry): ServedMessage & { readonly wentOut: boolean } {
  const { disposition } = entry;
  const text = sentText(entry);
  const sent = text === undefined ? undefined : parse(text);
  // A forwarded message is what was meant; the log may have to make its text anew.
  const meant =
    disposition === 'forwarded' ? sent : entry.intended === undefined ? undefined : parse(entry.intended);
  return { at, disposition, sent, meant, wentOut: text !== undefined };
}

/** What went out. The bulk of a message of audio is left out: nobody here listens, and making it takes long. */
function sentText(entry: ServerEntry): string | undefined {
  return entry.audio === undefined ? entry.text : entry.audio.head + entry.audio.tail;
}
