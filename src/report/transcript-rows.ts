/**
 * From the entries of a session log to the rows of a readable transcript: one per message, streams folded into
 * one row each. Decides what a reader sees, not how it is laid out.
 */
import { PCM16_SAMPLE_BYTES } from '../media/index.js';
import { type JsonObject, parseJsonObject } from '../protocol/json-object.js';
import type { LogEntry, NoteEntry, ServerEntry } from '../session-log/index.js';
import { eventDetails, quoted, seconds } from './event-details.js';
import { at, base64Bytes, numberAt, textAt } from './wire-reading.js';

/** One line of thought of a transcript. */
export interface TranscriptRow {
  /** Virtual milliseconds of the first message. */
  readonly atMs: number;
  /** Whose column it stands in; `session` rows belong to neither. */
  readonly side: 'client' | 'server' | 'session';
  /** The event type, or what happened. */
  readonly title: string;
  /** Messages folded into this row. */
  readonly count: number;
  /** What a reader wants to know beside the title; may be empty. */
  readonly details: string;
  readonly isError: boolean;
}

/** Streams: many messages of one type that make sense only together. */
type StreamKind = 'audio-in' | 'audio-out' | 'text' | 'preview';
const STREAMS: ReadonlyMap<string, StreamKind> = new Map([
  ['input_audio_buffer.append', 'audio-in'],
  ['response.audio.delta', 'audio-out'],
  ['response.audio_transcript.delta', 'text'],
  ['response.text.delta', 'text'],
  ['response.function_call_arguments.delta', 'text'],
  ['conversation.item.input_audio_transcription.delta', 'preview'],
]);

const DEFAULT_INPUT_RATE_HZ = 16_000;
const DEFAULT_OUTPUT_RATE_HZ = 24_000;

/** A stream that may go on. */
interface OpenStream {
  readonly index: number;
  readonly kind: StreamKind;
  count: number;
  audioBytes: number;
  text: string;
}

/** Reads a log as rows, oldest first. */
export function transcriptRows(entries: readonly LogEntry[]): readonly TranscriptRow[] {
  const folder = new RowFolder();
  for (const entry of entries) folder.take(entry);
  return folder.rows;
}

class RowFolder {
  readonly rows: TranscriptRow[] = [];
  readonly #streams = new Map<string, OpenStream>();
  #inputRateHz = DEFAULT_INPUT_RATE_HZ;
  #outputRateHz = DEFAULT_OUTPUT_RATE_HZ;

  take(entry: LogEntry): void {
    const { atMs } = entry;
    if (entry.kind === 'client') this.#takeText('client', entry.text, atMs);
    else if (entry.kind === 'server') this.#takeServer(entry);
    else if (entry.kind === 'client-binary') {
      this.#endStreams();
      this.#add({ atMs, side: 'client', title: `binary message, ${entry.sizeBytes} bytes` });
    } else if (entry.kind === 'close') {
      const code = entry.code === undefined ? 'without a code' : `with ${entry.code}`;
      const title = `closed ${code} ${CLOSED_BY[entry.by]}`;
      this.#add({ atMs, side: 'session', title, details: quoted(entry.reason) });
    } else if (entry.kind === 'note') this.#add({ atMs, side: 'session', ...remark(entry) });
  }

  /** A message that a fault touched says so behind its type. */
  #takeServer({ text, intended, disposition, frames, atMs }: ServerEntry): void {
    const isPlain = disposition === 'forwarded' && frames === undefined;
    const fate = isPlain
      ? ''
      : `  [${disposition}${frames === undefined ? '' : `, ${frames.length} bytes of frames`}]`;
    this.#takeText('server', text ?? intended ?? '', atMs, fate);
  }

  #takeText(side: 'client' | 'server', text: string, atMs: number, fate = ''): void {
    const event = parseJsonObject(text);
    const type = textAt(event, 'type');
    const kind = STREAMS.get(type);
    if (event !== undefined && kind !== undefined) {
      this.#takeStream(side, type + fate, kind, event, atMs);
      return;
    }
    this.#endStreams();
    if (event === undefined || type === '') {
      this.#add({ atMs, side, title: `text without a type${fate}`, details: text.slice(0, 200) });
      return;
    }
    this.#readRates(event);
    this.#add({ atMs, side, title: type + fate, details: eventDetails(event), isError: type === 'error' });
  }

  #takeStream(
    side: 'client' | 'server',
    type: string,
    kind: StreamKind,
    event: JsonObject,
    atMs: number,
  ): void {
    const key = `${type} ${textAt(event, 'item_id')}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { index: this.rows.length, kind, count: 0, audioBytes: 0, text: '' };
      this.#streams.set(key, stream);
      this.#add({ atMs, side, title: type });
    }
    stream.count += 1;
    if (kind === 'audio-in') stream.audioBytes += base64Bytes(textAt(event, 'audio'));
    else if (kind === 'audio-out') stream.audioBytes += base64Bytes(textAt(event, 'delta'));
    else if (kind === 'text') stream.text += textAt(event, 'delta');
    else stream.text = textAt(event, 'text') + textAt(event, 'stash');
    const row = this.rows[stream.index];
    if (row === undefined) return;
    this.rows[stream.index] = { ...row, count: stream.count, details: this.#streamDetails(stream) };
  }

  #streamDetails(stream: OpenStream): string {
    if (stream.kind === 'text') return quoted(stream.text.trim());
    if (stream.kind === 'preview') return quoted(stream.text.trim());
    const rateHz = stream.kind === 'audio-in' ? this.#inputRateHz : this.#outputRateHz;
    const durationMs = (stream.audioBytes / PCM16_SAMPLE_BYTES / rateHz) * 1000;
    return `audio ${seconds(durationMs)}`;
  }

  #readRates(event: JsonObject): void {
    const audio = at(event, 'session', 'audio');
    this.#inputRateHz = numberAt(audio, 'input', 'format', 'sample_rate') ?? this.#inputRateHz;
    this.#outputRateHz = numberAt(audio, 'output', 'format', 'sample_rate') ?? this.#outputRateHz;
  }

  #endStreams(): void {
    this.#streams.clear();
  }

  #add(row: Pick<TranscriptRow, 'atMs' | 'side' | 'title'> & Partial<TranscriptRow>): void {
    this.rows.push({ count: 1, details: '', isError: false, ...row });
  }
}

/** Remarks about faults in words; all others as they stand. */
function remark({ code, details }: NoteEntry): Pick<TranscriptRow, 'title' | 'details'> {
  const { fault, do: kind, struck, event, seen, reason } = details;
  if (code === 'fault-fired')
    return { title: `fault ${fault} strikes`, details: words([kind, 'at', struck]) };
  if (code === 'fault-skipped')
    return { title: `fault ${fault} cannot strike`, details: words([kind, '–', reason]) };
  if (code === 'fault-unfired') {
    const missed = seen === 0 ? 'no message fitted its address' : `${seen} messages fitted its address`;
    return { title: `fault ${fault} never struck`, details: words([kind, 'at', event, '–', missed]) };
  }
  const facts = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  return { title: code, details: facts.join(', ') };
}

/** Joins what is there; a word that introduces something missing goes with it. */
function words(parts: readonly (string | number | boolean | undefined)[]): string {
  const known = parts.filter(
    (part, index) => part !== undefined && (!isLink(part) || parts[index + 1] !== undefined),
  );
  return known.join(' ');
}

function isLink(part: string | number | boolean): boolean {
  return part === 'at' || part === '–';
}

const CLOSED_BY = {
  client: 'by the client',
  server: 'by the server',
  dropped: 'when the connection dropped',
  'protocol-error': 'after a protocol error',
} as const;
