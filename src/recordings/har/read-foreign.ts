/**
 * A WebSocket that another program wrote, as a recording without what HAR does not say. Must never let its credentials
 * through, nor call it captured by itself.
 */
import { AudioFormats } from '../audio-formats.js';
import type { DraftEntry, Side } from '../entries.js';
import { modelOf } from '../log-entries.js';
import { splitMessage } from '../message-parts.js';
import { RecordingWriter } from '../recording-writer.js';
import { createRedactor as createOwnRedactor } from '../redaction/create-redactor.js';
import { type Bad, bytesOf, type HarImportOptions, splitUrl } from './har-import.js';
import { type HarMessage, type HarWebSocketEntry, millisecondsOf } from './har-schema.js';

export function writeForeign(entry: HarWebSocketEntry, options: HarImportOptions, bad: Bad): void {
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
