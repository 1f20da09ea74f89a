/**
 * A recording as a HAR file, in pieces of text: what browsers' tools show, and beside it what makes the same recording
 * again. Must never hold more than one message.
 */
import { encodeBase64 } from '../../media/index.js';
import type {
  AnswerEntry,
  PayloadEntry,
  RecordedEntry,
  RecordedHeaders,
  StoredPart,
  TextEntry,
  UpgradeEntry,
} from '../entries.js';
import { encodeEntryLine } from '../entry-lines.js';
import type { Recording } from '../recording.js';
import { type MessageEntry, millisecondsOf } from './har-schema.js';

const NOBODY = 'ws://recording.invalid';
const NOT_STARTED = '1970-01-01T00:00:00.000Z';

/** @param by the program that writes it, and its version */
export function* writeHar(recording: Recording, by: { name: string; version: string }): Generator<string> {
  const { manifest } = recording;
  const startedDateTime = manifest.startedAt ?? NOT_STARTED;
  const { upgrade, answer, lastMs } = lookThrough(recording);
  const request = requestOf(upgrade, manifest.upstream ?? NOBODY);
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(by)},"pages":[],"entries":[{`;
  yield `"startedDateTime":${JSON.stringify(startedDateTime)},"time":${lastMs},`;
  yield `"request":${JSON.stringify(request)},"response":${JSON.stringify(responseOf(answer))},`;
  yield `"cache":{},"timings":{"send":0,"wait":${answer?.atMs ?? 0},"receive":${lastMs - (answer?.atMs ?? 0)}},`;
  yield '"_resourceType":"websocket","_webSocketMessages":[';
  yield* messages(recording, millisecondsOf(startedDateTime));
  yield `],"_soundstage":{"version":1,"manifest":${JSON.stringify(manifest)},"entries":[`;
  yield* entries(recording);
  yield ']}}]}}\n';
}

function lookThrough(recording: Recording) {
  let upgrade: UpgradeEntry | undefined;
  let answer: AnswerEntry | undefined;
  let lastMs = 0;
  for (const entry of recording.entries()) {
    if (entry.kind === 'upgrade') upgrade ??= entry;
    if (entry.kind === 'answer') answer ??= entry;
    lastMs = entry.atMs;
  }
  return { upgrade, answer, lastMs };
}

function requestOf(upgrade: UpgradeEntry | undefined, origin: string) {
  const target = upgrade?.target ?? '/';
  const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
  return {
    method: upgrade?.method ?? 'GET',
    url: `${origin}${target}`,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: headersOf(upgrade?.headers ?? []),
    queryString: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
    headersSize: -1,
    bodySize: 0,
  };
}

function responseOf(answer: AnswerEntry | undefined) {
  const body = answer?.body;
  const text = body === undefined ? {} : { text: encodeBase64(body), encoding: 'base64' };
  return {
    status: answer?.status ?? 0,
    statusText: answer?.reason ?? '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: headersOf(answer?.headers ?? []),
    content: { size: body?.length ?? 0, mimeType: 'x-unknown', ...text },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  };
}

function headersOf(headers: RecordedHeaders) {
  return headers.map(([name, value]) => ({ name, value }));
}

type Message = TextEntry<StoredPart> | (PayloadEntry & { readonly kind: 'binary' });

/** Whether browsers have a word for it. */
function isMessage(entry: RecordedEntry): entry is Message {
  return entry.kind === 'text' || entry.kind === 'binary';
}

function* messages(recording: Recording, startMs: number): Generator<string> {
  let separator = '';
  for (const entry of recording.entries()) {
    if (!isMessage(entry)) continue;
    const type = entry.from === 'client' ? 'send' : 'receive';
    const time = (startMs + entry.atMs) / 1000;
    const [opcode, data] =
      entry.kind === 'text' ? [1, recording.textOf(entry)] : [2, encodeBase64(entry.payload)];
    yield separator + JSON.stringify({ type, time, opcode, data });
    separator = ',';
  }
}

function* entries(recording: Recording): Generator<string> {
  let separator = '';
  let message = 0;
  let beforeMs = 0;
  for (const entry of recording.entries()) {
    const afterMs = entry.atMs - beforeMs;
    beforeMs = entry.atMs;
    if (isMessage(entry)) {
      yield separator + JSON.stringify(messageEntry(recording, entry, { afterMs, message }));
      message += 1;
    } else yield separator + encodeEntryLine(entry, afterMs);
    separator = ',';
  }
}

function messageEntry(
  recording: Recording,
  entry: Message,
  { afterMs, message }: { readonly afterMs: number; readonly message: number },
): MessageEntry {
  const base = { afterMs, from: entry.from, message };
  if (entry.kind === 'binary') return base;
  const media: NonNullable<MessageEntry['media']> = [];
  let at = 0;
  for (const part of entry.parts) {
    const chars = typeof part === 'string' ? part.length : 4 * Math.ceil(recording.sizeOf(part) / 3);
    if (typeof part !== 'string') media.push([at, chars, part.kind]);
    at += chars;
  }
  const frames = entry.frames === undefined ? {} : { frames: [...entry.frames] };
  return { ...base, ...(media.length === 0 ? {} : { media }), ...frames };
}
