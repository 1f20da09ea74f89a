/**
 * The WebSockets of a HAR file as recordings: ours come back as they were, those of others without what HAR does not say.
 * Must never let the credentials of a foreign file through when there is somebody to take them out, nor call it captured
 * by itself.
 */
import { decodeBase64, type Sha256 } from '../../media/index.js';
import { isJsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { AudioFormats } from '../audio-formats.js';
import type { DraftEntry, DraftPart, Side } from '../entries.js';
import { decodeEntryLine } from '../entry-lines.js';
import { modelOf } from '../log-entries.js';
import { decodeManifest, type Provenance, type RecordingManifest } from '../manifest.js';
import { splitMessage } from '../message-parts.js';
import type { PartSink } from '../parts.js';
import { RecordingWriter } from '../recording-writer.js';
import { createRedactor as createOwnRedactor } from '../redaction/create-redactor.js';
import type { Redactor } from '../redaction/redactor.js';
import {
  type HarMessage,
  type HarWebSocketEntry,
  type MessageEntry,
  messageEntrySchema,
  millisecondsOf,
  readWebSocketEntry,
} from './har-schema.js';

export interface HarImportOptions {
  readonly sink: PartSink;
  /** The program that imports, and its version: the recorder of a foreign file. */
  readonly by: string;
  /** Of a foreign file. Default `undeclared`: a HAR file does not say who answered. */
  readonly provenance?: Provenance | undefined;
  /** Takes secrets out of a foreign file; ours has been through one. Default: headers whose names tell of credentials. */
  readonly createRedactor?: (() => Redactor) | undefined;
  readonly createHash?: (() => Sha256) | undefined;
}

/** One WebSocket of a HAR file. */
export interface HarWebSocket {
  /** Where it stands: `log.entries[3]`. */
  readonly place: string;
  /** Without query and user. */
  readonly url: string;
  readonly messages: number;
  /** Whether `writeHar` made it. */
  readonly isOurs: boolean;
  /** Makes a recording of it. @throws SoundstageError `E_HAR` for a file whose parts contradict each other */
  write(options: HarImportOptions): void;
}

/**
 * @param name what to call the file in errors
 * @throws SoundstageError `E_HAR` with the place of the first mistake
 */
export function readHar(text: string, name: string): readonly HarWebSocket[] {
  const entries = entriesOf(text, name);
  const found: HarWebSocket[] = [];
  for (const [index, entry] of entries.entries()) {
    if (!isJsonObject(entry) || !isWebSocket(entry)) continue;
    const place = `log.entries[${index}]`;
    const checked = readWebSocketEntry(entry);
    if ('wrong' in checked) throw badHar(name, `${place}${checked.wrong}`);
    found.push(webSocket(checked, place, name));
    if (found.length > LIMITS.harWebSockets)
      throw badHar(name, `it has more than ${LIMITS.harWebSockets} WebSockets`);
  }
  if (found.length === 0)
    throw badHar(name, 'it has no WebSocket', 'recording the network again with the page loaded anew');
  return found;
}

function entriesOf(text: string, name: string): readonly unknown[] {
  let har: unknown;
  try {
    har = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    throw badHar(name, `it is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const log = isJsonObject(har) ? har['log'] : undefined;
  const entries = isJsonObject(log) ? log['entries'] : undefined;
  if (!Array.isArray(entries)) throw badHar(name, 'log.entries: it is no list');
  return entries;
}

function isWebSocket(entry: Readonly<Record<string, unknown>>): boolean {
  return entry['_resourceType'] === 'websocket' || Array.isArray(entry['_webSocketMessages']);
}

function webSocket(entry: HarWebSocketEntry, place: string, name: string): HarWebSocket {
  const { origin, path } = splitUrl(entry.request.url);
  const bad = (why: string) => badHar(name, `${place}${why}`);
  return {
    place,
    url: origin + path,
    messages: entry._webSocketMessages.length,
    isOurs: entry._soundstage !== undefined,
    write: (options) => {
      if (entry._soundstage === undefined) writeForeign(entry, options, bad);
      else writeOwn(entry, entry._soundstage, options, bad);
    },
  };
}

/** The origin without a user, the path, and path and query as a server gets them. */
function splitUrl(url: string): { origin: string; path: string; target: string } {
  const found = /^(\w+:\/\/)(?:[^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?/.exec(url);
  const [, scheme = '', host = '', path = '', query = ''] = found ?? [];
  return {
    origin: scheme + host,
    path: path === '' ? '/' : path,
    target: (path === '' ? '/' : path) + query,
  };
}

type Bad = (why: string) => SoundstageError;

function writeOwn(
  entry: HarWebSocketEntry,
  own: NonNullable<HarWebSocketEntry['_soundstage']>,
  { sink, createHash }: HarImportOptions,
  bad: Bad,
): void {
  const manifest = readManifest(own.manifest, bad);
  const { provenance, recordedBy, startedAt, name, upstream, model, redactions, lanes } = manifest;
  const { speech, ...taken } = redactions;
  const writer = new RecordingWriter({
    sink,
    header: { provenance, recordedBy, startedAt, name, upstream, model, speechRedacted: speech },
    rateOf: (side) => lanes[side]?.rateHz ?? DEFAULT_RATES[side],
    createHash,
  });
  let atMs = 0;
  for (const [index, one] of own.entries.entries()) {
    const place = `._soundstage.entries[${index}]`;
    const badEntry = (why: string) => bad(`${place}${why}`);
    const draft =
      'message' in one
        ? ownMessage(readMessageEntry(one, badEntry), entry._webSocketMessages, atMs, badEntry)
        : ownEntry(one, atMs, badEntry);
    atMs = draft.atMs;
    writer.write(draft);
  }
  if (manifest.complete) writer.finish({ redactions: taken });
  else writer.abandon();
}

const DEFAULT_RATES = { client: 16_000, server: 24_000 } as const;

function readManifest(value: unknown, bad: Bad): RecordingManifest {
  try {
    return decodeManifest(JSON.stringify(value), 'recording');
  } catch (cause) {
    throw bad(`._soundstage.manifest: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function readMessageEntry(value: object, bad: Bad): MessageEntry {
  const checked = messageEntrySchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw bad(`: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown shape'}`);
}

function ownMessage(
  entry: MessageEntry,
  messages: readonly HarMessage[],
  beforeMs: number,
  bad: Bad,
): DraftEntry {
  const message = messages[entry.message];
  if (message === undefined) throw bad(`.message: there is no message ${entry.message}`);
  const base = { atMs: beforeMs + entry.afterMs, from: entry.from };
  if (message.opcode !== 1) return { ...base, kind: 'binary', payload: bytesOf(message.data, bad) };
  const parts: DraftPart[] = [];
  let at = 0;
  for (const [start, chars, media] of entry.media ?? []) {
    if (start > at) parts.push(message.data.slice(at, start));
    const bytes = bytesOf(message.data.slice(start, start + chars), bad);
    if (media === 'pcm' && bytes.length % 2 === 1) throw bad('.media: half a sample');
    parts.push({ kind: 'media', media, bytes });
    at = start + chars;
  }
  if (at < message.data.length || parts.length === 0) parts.push(message.data.slice(at));
  const frames = entry.frames === undefined ? {} : { frames: entry.frames };
  return { ...base, kind: 'text', parts, ...frames };
}

/** An entry that is a line of `events.jsonl`: of these only such as refer to no sound and no image. */
function ownEntry(value: object, beforeMs: number, bad: Bad): DraftEntry {
  try {
    const entry = decodeEntryLine(JSON.stringify(value), beforeMs, { recording: 'HAR', line: 1 });
    if (entry.kind !== 'text') return entry;
  } catch (cause) {
    throw bad(`: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  throw bad(': a text message must be one of _webSocketMessages');
}

function writeForeign(entry: HarWebSocketEntry, options: HarImportOptions, bad: Bad): void {
  const { sink, by, provenance = { kind: 'undeclared' }, createRedactor, createHash } = options;
  const { origin, target } = splitUrl(entry.request.url);
  const model = modelOf(target);
  const formats = new AudioFormats(model);
  const redactor = (createRedactor ?? createOwnRedactor)();
  const writer = new RecordingWriter({
    sink,
    header: { provenance, recordedBy: by, startedAt: utcOf(entry.startedDateTime), upstream: origin, model },
    rateOf: (side) => formats.of(side).rateHz,
    createHash,
  });
  for (const draft of foreignEntries(entry, target, formats, bad)) writer.writeAll(redactor.push(draft));
  writer.writeAll(redactor.flush());
  writer.finish({ redactions: redactor.summary });
}

/** Only what is in UTC already is kept as it is written: anything else would need a calendar. */
function utcOf(date: string): string | undefined {
  return date.endsWith('Z') ? date : undefined;
}

function* foreignEntries(
  { startedDateTime, request, response, _webSocketMessages: messages }: HarWebSocketEntry,
  target: string,
  formats: AudioFormats,
  bad: Bad,
): Generator<DraftEntry> {
  const startMs = millisecondsOf(startedDateTime);
  yield {
    kind: 'upgrade',
    from: 'client',
    atMs: 0,
    method: request.method,
    target,
    headers: pairs(request.headers),
  };
  if (response.status >= 100 && response.status <= 999) {
    const body = response.status === 101 ? undefined : bodyOf(response.content, bad);
    const head = { status: response.status, reason: response.statusText, headers: pairs(response.headers) };
    yield { kind: 'answer', from: 'server', atMs: 0, ...head, ...(body === undefined ? {} : { body }) };
  }
  for (const [index, message] of messages.entries()) {
    const atMs = Math.max(0, Math.round(message.time * 1000 - startMs));
    const draft = foreignMessage(message, atMs, formats, (why) => bad(`._webSocketMessages[${index}]${why}`));
    if (draft !== undefined) yield draft;
  }
}

/** Undefined for a remark of the browser, which crossed no connection. */
function foreignMessage(
  { type, opcode, data }: HarMessage,
  atMs: number,
  formats: AudioFormats,
  bad: Bad,
): DraftEntry | undefined {
  if (type === 'error') return undefined;
  const from: Side = type === 'send' ? 'client' : 'server';
  switch (opcode) {
    case 1:
      if (from === 'server') formats.serverText(data);
      return {
        kind: 'text',
        from,
        atMs,
        parts: splitMessage(data, { side: from, isPcm: formats.of(from).isPcm }),
      };
    case 2:
      return { kind: 'binary', from, atMs, payload: bytesOf(data, bad) };
    case 9:
    case 10:
      return { kind: opcode === 9 ? 'ping' : 'pong', from, atMs, payload: bytesOf(data, bad) };
    case 8:
      return closeOf(bytesOf(data, bad), from, atMs);
    default:
      throw bad(`.opcode: ${opcode} is no message: it must be 1, 2, 8, 9 or 10`);
  }
}

function closeOf(payload: Uint8Array, from: Side, atMs: number): DraftEntry {
  if (payload.length < 2) return { kind: 'close', from, atMs, code: undefined, reason: '' };
  const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  return { kind: 'close', from, atMs, code, reason: new TextDecoder().decode(payload.subarray(2)) };
}

function bodyOf(content: HarWebSocketEntry['response']['content'], bad: Bad): Uint8Array | undefined {
  if (content?.text === undefined) return undefined;
  if (content.encoding !== 'base64') return new TextEncoder().encode(content.text);
  return bytesOf(content.text, (why) => bad(`.response.content${why}`));
}

function pairs(headers: readonly { name: string; value: string }[]): [string, string][] {
  return headers.map(({ name, value }) => [name, value]);
}

function bytesOf(data: string, bad: Bad): Uint8Array {
  const bytes = decodeBase64(data);
  if (bytes === undefined) throw bad('.data: it is no base64');
  return bytes;
}

function badHar(name: string, why: string, advice = 'exporting it again'): SoundstageError {
  return new SoundstageError('E_HAR', `Cannot read ${name}: ${why}. Try ${advice}.`, {
    details: { file: name },
  });
}
