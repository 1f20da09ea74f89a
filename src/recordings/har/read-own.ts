/**
 * A WebSocket that `writeHar` wrote, as the recording that it was. Must never take out what has been through a redactor
 * already, nor take a file whose parts contradict each other.
 */
import { DEFAULT_RATES_HZ } from '../audio-formats.js';
import type { DraftEntry, DraftPart } from '../entries.js';
import { decodeEntryLine } from '../entry-lines.js';
import { decodeManifest, type RecordingManifest } from '../manifest.js';
import { RecordingWriter } from '../recording-writer.js';
import { type Bad, bytesOf, type HarImportOptions } from './har-import.js';
import {
  type HarMessage,
  type HarWebSocketEntry,
  type MessageEntry,
  messageEntrySchema,
} from './har-schema.js';

export function writeOwn(
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
    rateOf: (side) => lanes[side]?.rateHz ?? DEFAULT_RATES_HZ[side],
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
