/**
 * Session logs written by hand: a line for each entry, 100 virtual milliseconds apart. Must never read one.
 */
import type { SessionEvidence } from '../../src/assertions/index.js';
import { encodeBase64 } from '../../src/media/index.js';
import type { CloseEntry, LogEntry, NoteCode, NoteEntry } from '../../src/session-log/index.js';

/** An entry before it has its time. */
export type WrittenLine = LogEntry extends infer Entry
  ? Entry extends LogEntry
    ? Omit<Entry, 'atMs'>
    : never
  : never;
type Message = Readonly<Record<string, unknown>> | string;

const STEP_MS = 100;
const textOf = (message: Message) => (typeof message === 'string' ? message : JSON.stringify(message));

/** The client sends this. */
export const client = (message: Message): WrittenLine => ({ kind: 'client', text: textOf(message) });

/** The client sends a message of this type and nothing else in it. */
export const says = (type: string): WrittenLine => client({ type });

export const binary = (sizeBytes: number): WrittenLine => ({ kind: 'client-binary', sizeBytes });

/** The server sends this as it means it. */
export function server(message: Message): WrittenLine {
  const text = textOf(message);
  return { kind: 'server', text, intended: text, disposition: 'forwarded' };
}

export const dropped = (message: Message): WrittenLine => ({
  kind: 'server',
  text: undefined,
  intended: textOf(message),
  disposition: 'dropped',
});

export const changed = (meant: Message, sent: Message): WrittenLine => ({
  kind: 'server',
  text: textOf(sent),
  intended: textOf(meant),
  disposition: 'changed',
});

export const invented = (message: Message): WrittenLine => ({
  kind: 'server',
  text: textOf(message),
  intended: undefined,
  disposition: 'invented',
});

export const note = (code: NoteCode, details: NoteEntry['details'] = {}): WrittenLine => ({
  kind: 'note',
  code,
  details,
});

export const closed = (by: CloseEntry['by'], code?: number): WrittenLine => ({
  kind: 'close',
  by,
  code,
  reason: '',
});

export const created = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type: 'response.created',
  response: { id, status: 'in_progress', conversation_id: 'conv_1', ...more },
});

export const delta = (id: string) => ({ type: 'response.text.delta', response_id: id, delta: 'word' });

export const done = (id: string, status = 'completed') => ({
  type: 'response.done',
  response: { id, status },
});

/** An append of so many bytes. */
export const append = (sizeBytes: number): WrittenLine =>
  client({ type: 'input_audio_buffer.append', audio: encodeBase64(new Uint8Array(sizeBytes)) });

export const image: WrittenLine = client({ type: 'input_image_buffer.append', image: 'AAAA' });

/** The log of one connection: open, unless its last line says how it ended. */
export function connection(number: number, ...lines: readonly WrittenLine[]): SessionEvidence {
  const entries = lines.map((line, index) => ({ ...line, atMs: index * STEP_MS }) as LogEntry);
  return { connection: number, entries, isOpen: entries.every(({ kind }) => kind !== 'close') };
}
