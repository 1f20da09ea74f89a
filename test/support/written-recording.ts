/**
 * Recordings for tests, written entry by entry into memory: short words for what crosses a connection. Must never read a
 * clock.
 */
import { encodeBase64 } from '../../src/media/index.js';
import { DirectorySink } from '../../src/recordings/files/index.js';
import {
  type DraftEntry,
  MemoryParts,
  type Provenance,
  Recording,
  type RecordingManifest,
  RecordingWriter,
  type Side,
  splitMessage,
} from '../../src/recordings/index.js';

export interface WrittenOptions {
  readonly name?: string;
  readonly provenance?: Provenance;
  readonly placeholders?: RecordingManifest['redactions']['placeholders'];
  readonly speechRedacted?: boolean;
  readonly startedAt?: string;
  readonly complete?: boolean;
}

/** Writes entries into memory. */
export function writtenParts(entries: Iterable<DraftEntry>, options: WrittenOptions = {}): MemoryParts {
  const sink = new MemoryParts(options.name ?? 'memory.rec');
  const writer = new RecordingWriter({
    sink,
    header: {
      provenance: options.provenance ?? { kind: 'simulated', by: 'a test' },
      recordedBy: 'a test',
      model: 'qwen3.5-omni-flash-realtime',
      speechRedacted: options.speechRedacted,
      startedAt: options.startedAt,
    },
  });
  for (const entry of entries) writer.write(entry);
  const redactions = { withheld: 0, placeholders: options.placeholders ?? [] };
  if (options.complete === false) writer.abandon();
  else writer.finish({ redactions });
  return sink;
}

/** The same, read. */
export function writtenRecording(entries: Iterable<DraftEntry>, options: WrittenOptions = {}): Recording {
  return new Recording(writtenParts(entries, options));
}

type Event = Readonly<Record<string, unknown>>;

/** A message of one side, as a compact serialiser writes it. */
export function says(from: Side, atMs: number, event: Event | string): DraftEntry {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  return { kind: 'text', from, atMs, parts: splitMessage(text, { side: from, isPcm: true }) };
}

export const client = (atMs: number, event: Event | string) => says('client', atMs, event);
export const server = (atMs: number, event: Event | string) => says('server', atMs, event);

/** A tone of that many samples as little-endian bytes: a square wave, so that no engine rounds it differently. */
export function tone(samples: number, amplitude = 8_000, periodSamples = 40): Uint8Array {
  const values = Int16Array.from({ length: samples }, (_, index) =>
    index % periodSamples < periodSamples / 2 ? amplitude : -amplitude,
  );
  return new Uint8Array(values.buffer);
}

export function append(atMs: number, bytes: Uint8Array): DraftEntry {
  return client(atMs, { type: 'input_audio_buffer.append', audio: encodeBase64(bytes) });
}

export function audioDelta(atMs: number, bytes: Uint8Array, rest: Event = {}): DraftEntry {
  return server(atMs, { type: 'response.audio.delta', ...rest, delta: encodeBase64(bytes) });
}

export function upgrade(target = '/api-ws/v1/realtime?model=qwen3.5-omni-flash-realtime'): DraftEntry {
  const headers = [['Upgrade', 'websocket'] as const];
  return { kind: 'upgrade', from: 'client', atMs: 0, method: 'GET', target, headers };
}

export function accepted(atMs = 2): DraftEntry {
  const headers = [['Upgrade', 'websocket'] as const];
  return { kind: 'answer', from: 'server', atMs, status: 101, reason: 'Switching Protocols', headers };
}

export function closes(from: Side, atMs: number, code: number | undefined, reason = ''): DraftEntry {
  return { kind: 'close', from, atMs, code, reason };
}

/** Writes entries as a folder and gives its path. */
export function folderOf(path: string, entries: Iterable<DraftEntry>, options: WrittenOptions = {}): string {
  const sink = new DirectorySink(path);
  for (const [part, bytes] of Object.entries(writtenParts(entries, options).toObject()))
    sink.put(part, bytes);
  sink.close();
  return path;
}
