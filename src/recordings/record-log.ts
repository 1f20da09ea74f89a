/**
 * The log of a session as a recording: how a test keeps what the stand-in did as a fixture. Must never call it anything
 * but simulated.
 */
import { FrameReader, joinBytes, OPCODES } from '../protocol/websocket-frames.js';
import type { LogEntry, ServerEntry } from '../session-log/index.js';
import { AudioFormats } from './audio-formats.js';
import type { DraftEntry, DraftPart, EndEntry, Side, TextEntry } from './entries.js';
import { splitMessage } from './message-parts.js';
import type { PartSink } from './parts.js';
import { RecordingWriter, type RecordingWriterOptions } from './recording-writer.js';

export interface RecordLogOptions extends Pick<RecordingWriterOptions, 'createHash'> {
  readonly entries: Iterable<LogEntry>;
  readonly sink: PartSink;
  readonly model: string | null;
  /** The program that answered, and its version; also named as the recorder. */
  readonly by: string;
  readonly seed?: number | undefined;
  readonly scenario?: string | undefined;
}

/**
 * Writes a session log as a recording of the kind `simulated`. Bytes that were no message are not in a log and are left
 * out.
 */
export function recordLog(options: RecordLogOptions): void {
  const { entries, sink, model, by, seed, scenario, createHash } = options;
  const formats = new AudioFormats(model);
  const writer = new RecordingWriter({
    sink,
    header: {
      provenance: {
        kind: 'simulated',
        by,
        ...(seed === undefined ? {} : { seed }),
        ...(scenario === undefined ? {} : { scenario }),
      },
      recordedBy: by,
      model,
    },
    rateOf: (side) => formats.of(side).rateHz,
    createHash,
  });
  let ended = UNKNOWN_END;
  for (const entry of entries) {
    ended = endOf(entry) ?? ended;
    for (const draft of logDrafts(entry, formats, ended)) writer.write(draft);
  }
  writer.finish();
}

/** Who ended the connection without a close frame, and how. */
type Ended = Pick<EndEntry, 'from' | 'how'>;

/** Where the log does not say. */
const UNKNOWN_END: Ended = { from: 'client', how: 'fin' };

/** A fault of the server that ends the connection; a log says no more of a dropped one than that it was. */
function endOf(entry: LogEntry): Ended | undefined {
  if (entry.kind !== 'note' || entry.code !== 'fault-fired') return undefined;
  const what = entry.details['do'];
  if (what !== 'end' && what !== 'reset') return undefined;
  return { from: 'server', how: what === 'end' ? 'fin' : 'reset' };
}

/** What a recording holds of one entry of a log; nothing for remarks. */
function logDrafts(entry: LogEntry, formats: AudioFormats, ended = UNKNOWN_END): readonly DraftEntry[] {
  const { atMs } = entry;
  switch (entry.kind) {
    case 'open':
      return [
        { kind: 'upgrade', atMs, from: 'client', method: 'GET', target: entry.target, headers: [] },
        { kind: 'answer', atMs, from: 'server', status: 101, reason: 'Switching Protocols', headers: [] },
      ];
    case 'client':
      return [message('client', atMs, entry.text, formats)];
    case 'client-binary':
      return [{ kind: 'binary', atMs, from: 'client', payload: new Uint8Array(entry.sizeBytes) }];
    case 'server':
      if (entry.text === undefined) return [];
      formats.serverText(entry.text);
      return [served(entry, entry.text, formats)];
    case 'close': {
      const { by, code, reason } = entry;
      const from: Side = by === 'client' ? 'client' : 'server';
      return by === 'dropped'
        ? [{ kind: 'end', atMs, ...ended }]
        : [{ kind: 'close', atMs, from, code, reason: code === undefined ? '' : reason }];
    }
    default:
      return [];
  }
}

/** A message of the server: in one frame, in several, or as bytes that are not what its text would be. */
function served({ atMs, frames }: ServerEntry, text: string, formats: AudioFormats): DraftEntry {
  const plain = message('server', atMs, text, formats);
  if (frames === undefined) return plain;
  const sizes = fragmentSizes(frames, text);
  if (sizes === undefined) return { kind: 'bytes', atMs, from: 'server', payload: frames };
  return sizes.length < 2 ? plain : { ...plain, frames: sizes };
}

/** The payload bytes of each fragment, where the bytes are nothing but this text in fragments. */
function fragmentSizes(bytes: Uint8Array, text: string): number[] | undefined {
  const reader = new FrameReader();
  const frames = reader.push(bytes);
  const isMessage = frames.every(
    ({ opcode, fin, rsv, masked }, index) =>
      opcode === (index === 0 ? OPCODES.text : OPCODES.continuation) &&
      fin === (index === frames.length - 1) &&
      rsv === 0 &&
      !masked,
  );
  if (frames.length === 0 || !isMessage || reader.pendingBytes > 0) return undefined;
  const joined = joinBytes(frames.map(({ payload }) => payload));
  const utf8 = new TextEncoder().encode(text);
  const isSame = joined.length === utf8.length && joined.every((byte, index) => byte === utf8[index]);
  return isSame ? frames.map(({ payload }) => payload.length) : undefined;
}

function message(from: Side, atMs: number, text: string, formats: AudioFormats): TextEntry<DraftPart> {
  return {
    kind: 'text',
    atMs,
    from,
    parts: splitMessage(text, { side: from, isPcm: formats.of(from).isPcm }),
  };
}
