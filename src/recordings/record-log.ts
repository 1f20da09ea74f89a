/**
 * The log of a session as a recording: how a test keeps what the stand-in did as a fixture. Must never call it anything
 * but simulated.
 */
import type { LogEntry } from '../session-log/index.js';
import { AudioFormats } from './audio-formats.js';
import type { DraftEntry, Side } from './entries.js';
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
 * Writes a session log as a recording of the kind `simulated`. Of a message that went out as raw bytes its text is kept,
 * not its frames; bytes that were no message are not in a log and are left out.
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
  for (const entry of entries) for (const draft of draftsOf(entry, formats)) writer.write(draft);
  writer.finish();
}

function draftsOf(entry: LogEntry, formats: AudioFormats): readonly DraftEntry[] {
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
      return [message('server', atMs, entry.text, formats)];
    case 'close': {
      const { by, code, reason } = entry;
      const from: Side = by === 'client' ? 'client' : 'server';
      return by === 'dropped'
        ? [{ kind: 'end', atMs, from: 'client', how: 'fin' }]
        : [{ kind: 'close', atMs, from, code, reason: code === undefined ? '' : reason }];
    }
    default:
      return [];
  }
}

function message(from: Side, atMs: number, text: string, formats: AudioFormats): DraftEntry {
  return {
    kind: 'text',
    atMs,
    from,
    parts: splitMessage(text, { side: from, isPcm: formats.of(from).isPcm }),
  };
}
