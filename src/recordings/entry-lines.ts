/**
 * One entry as one line of `events.jsonl`, both ways: fixed key order, times as differences, bytes as base64. Must
 * accept nothing that it would not write the same way again.
 */
import { z } from 'zod';
import { decodeBase64, encodeBase64 } from '../media/index.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import type { RecordedEntry, Side, StoredPart } from './entries.js';
import { sha256Schema } from './manifest.js';
import { repeatedKey } from './redaction/json-scalars.js';

const wholeNumber = z.int().min(0);
const base64 = z.string().refine((text) => decodeBase64(text) !== undefined, 'it is no strict base64');
const headers = z.array(z.tuple([z.string(), z.string()]));

const pcm = z.strictObject({ $pcm: z.tuple([z.enum(['client', 'server']), wholeNumber, wholeNumber]) });
const image = z.strictObject({ $image: sha256Schema });
const text = z.union([z.string(), z.array(z.union([z.string(), pcm, image])).min(1)]);

const upgrade = z.strictObject({ method: z.string(), target: z.string(), headers });
const answer = z.strictObject({
  status: z.int().min(100).max(999),
  reason: z.string(),
  headers,
  body: base64.optional(),
});
const close = z.strictObject({ code: z.int().min(0).max(65_535).optional(), reason: z.string().optional() });
const withheld = z.strictObject({ what: z.string(), rule: z.string(), sizeBytes: wholeNumber });

/** Exactly one of the keys behind `from` says what the entry is. */
export const entryLineSchema = z.strictObject({
  afterMs: wholeNumber.describe('Whole milliseconds since the entry before.'),
  from: z.enum(['client', 'server']),
  upgrade: upgrade.optional().describe('The HTTP request that asks for a WebSocket.'),
  answer: answer.optional().describe('The HTTP answer: 101, or a refusal with its body.'),
  text: text
    .optional()
    .describe(
      'A text message exactly as sent; a list where base64 is replaced: `{"$pcm":[lane, offsetSamples, lengthSamples]}` by samples of a lane, `{"$image": sha256}` by an image.',
    ),
  frames: z
    .array(wholeNumber)
    .min(2)
    .optional()
    .describe('Payload bytes of each frame of a text message that came in more than one.'),
  binary: base64.optional().describe('A binary message.'),
  'invalid-text': base64.optional().describe('A text message that is no UTF-8.'),
  ping: base64.optional(),
  pong: base64.optional(),
  bytes: base64.optional().describe('Bytes that are no whole frame, or no legal one.'),
  close: close.optional().describe('A close frame; without a code when it had none.'),
  end: z.enum(['fin', 'reset']).optional().describe("The end of this side's TCP stream."),
  withheld: withheld.optional().describe('An entry that was not written, since it may hold a secret.'),
});

type EntryLine = z.infer<typeof entryLineSchema>;

/** What an entry may be: the keys of which a line has exactly one. */
export const ENTRY_KINDS = [
  'upgrade',
  'answer',
  'text',
  'binary',
  'invalid-text',
  'ping',
  'pong',
  'bytes',
  'close',
  'end',
  'withheld',
] as const;

/** The line of an entry, without a line break. @param afterMs since the entry before */
export function encodeEntryLine(entry: RecordedEntry, afterMs: number): string {
  return JSON.stringify({ afterMs, from: entry.from, ...encodeContent(entry) });
}

function encodeContent(entry: RecordedEntry): Omit<EntryLine, 'afterMs' | 'from'> {
  switch (entry.kind) {
    case 'upgrade':
      return {
        upgrade: { method: entry.method, target: entry.target, headers: encodeHeaders(entry.headers) },
      };
    case 'answer': {
      const body = entry.body === undefined ? {} : { body: encodeBase64(entry.body) };
      const { status, reason } = entry;
      return { answer: { status, reason, headers: encodeHeaders(entry.headers), ...body } };
    }
    case 'text': {
      const [first] = entry.parts;
      const isPlain = entry.parts.length === 1 && typeof first === 'string';
      const frames = entry.frames === undefined ? {} : { frames: [...entry.frames] };
      return { text: isPlain ? first : entry.parts.map(encodePart), ...frames };
    }
    case 'close':
      if (entry.code === undefined) return { close: {} };
      return {
        close: { code: entry.code, ...(entry.reason === '' ? {} : { reason: entry.reason }) },
      };
    case 'end':
      return { end: entry.how };
    case 'withheld':
      return { withheld: { what: entry.what, rule: entry.rule, sizeBytes: entry.sizeBytes } };
    default:
      return { [entry.kind]: encodeBase64(entry.payload) };
  }
}

function encodeHeaders(list: readonly (readonly [string, string])[]): [string, string][] {
  return list.map(([name, value]) => [name, value]);
}

function encodePart(part: StoredPart) {
  if (typeof part === 'string') return part;
  if (part.kind === 'image') return { $image: part.sha256 };
  const range: [Side, number, number] = [part.lane, part.offsetSamples, part.lengthSamples];
  return { $pcm: range };
}

/** Where a line stands, for errors. */
export interface LinePlace {
  /** What the recording is called: its folder or file. */
  readonly recording: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The entry of a line.
 *
 * @param beforeMs when the entry before it was
 * @throws SoundstageError `E_RECORDING_ENTRY` with the line's number
 */
export function decodeEntryLine(line: string, beforeMs: number, place: LinePlace): RecordedEntry {
  const checked = entryLineSchema.safeParse(parseLine(line, place));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const path = issue?.path.join('.') ?? '';
    throw badLine(place, `${path === '' ? '' : `'${path}': `}${issue?.message ?? 'unknown shape'}`);
  }
  const kinds = ENTRY_KINDS.filter((kind) => checked.data[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length !== 1) {
    throw badLine(
      place,
      `it must be exactly one of ${ENTRY_KINDS.join(', ')}, and is ${kinds.length} of them`,
    );
  }
  if (checked.data.frames !== undefined && kind !== 'text')
    throw badLine(place, "'frames' belong to a text message");
  const atMs = beforeMs + checked.data.afterMs;
  if (!Number.isSafeInteger(atMs))
    throw badLine(place, `'afterMs': ${checked.data.afterMs} ms are beyond all time`);
  return decodeContent(kind, checked.data, atMs);
}

function parseLine(line: string, place: LinePlace): unknown {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw badLine(place, 'it is no JSON', cause);
  }
  if (!isAsWritten(value, line)) {
    const repeated = repeatedKey(line);
    if (repeated !== undefined) throw badLine(place, `it has the key '${repeated}' twice`);
  }
  return value;
}

/** Most lines are, and such a line has no key twice. */
function isAsWritten(value: unknown, line: string): boolean {
  try {
    return JSON.stringify(value) === line;
  } catch {
    // It nests too deep for that, as no line of a recording does.
    return false;
  }
}

function decodeContent(kind: (typeof ENTRY_KINDS)[number], line: EntryLine, atMs: number): RecordedEntry {
  const base = { atMs, from: line.from };
  switch (kind) {
    case 'upgrade':
      return { ...base, kind, ...present(line.upgrade) };
    case 'answer': {
      const { body, ...rest } = present(line.answer);
      return { ...base, kind, ...rest, ...(body === undefined ? {} : { body: bytesOf(body) }) };
    }
    case 'text': {
      const stored = present(line.text);
      const parts = typeof stored === 'string' ? [stored] : stored.map(decodePart);
      return { ...base, kind, parts, ...(line.frames === undefined ? {} : { frames: line.frames }) };
    }
    case 'close': {
      const { code, reason = '' } = present(line.close);
      return { ...base, kind, code, reason };
    }
    case 'end':
      return { ...base, kind, how: present(line.end) };
    case 'withheld':
      return { ...base, kind, ...present(line.withheld) };
    default:
      return { ...base, kind, payload: bytesOf(present(line[kind])) };
  }
}

function decodePart(part: string | { $pcm: [Side, number, number] } | { $image: string }): StoredPart {
  if (typeof part === 'string') return part;
  if ('$image' in part) return { kind: 'image', sha256: part.$image };
  const [lane, offsetSamples, lengthSamples] = part.$pcm;
  return { kind: 'pcm', lane, offsetSamples, lengthSamples };
}

/** The schema has checked that it is there. */
function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('an entry line lost its content between check and use');
  return value;
}

function bytesOf(text: string): Uint8Array {
  return present(decodeBase64(text));
}

function badLine({ recording, line }: LinePlace, why: string, cause?: unknown): SoundstageError {
  return new SoundstageError(
    'E_RECORDING_ENTRY',
    `Cannot read ${recording}/events.jsonl, line ${line}: ${why}. Try recording again, or mending this line; soundstage check says what is left.`,
    { details: { recording, line }, ...(cause === undefined ? {} : { cause }) },
  );
}
