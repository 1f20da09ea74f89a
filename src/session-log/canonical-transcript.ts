/**
 * The canonical transcript: what both sides said, in an order-preserving form that leaves out everything two
 * equal runs may differ in (ids, cuts of the audio, times). It must depend on nothing but the entries.
 */
import { createSha256, decodeBase64, type Sha256 } from '../media/index.js';
import { parseMessageObject } from '../protocol/json-object.js';
import type { ClientEntry, LogEntry, MessageAudio, ServerEntry } from './entries.js';
import { IdNames } from './id-names.js';

/** Where the finished lines go. */
export type LineSink = (line: string, atMs: number) => void;

/** Audio keys by event type: consecutive messages of these types merge into one run of samples. */
const AUDIO_KEYS: ReadonlyMap<unknown, 'audio' | 'delta'> = new Map([
  ['input_audio_buffer.append', 'audio'],
  ['response.audio.delta', 'delta'],
]);

interface AudioRun {
  readonly side: 'C' | 'S';
  readonly key: 'audio' | 'delta';
  readonly identity: string;
  /** The text around the event id and the audio, where it could be cut out; see `cutAtAudio`. */
  readonly frame: string | undefined;
  readonly rest: Readonly<Record<string, unknown>>;
  readonly atMs: number;
  readonly hash: Sha256;
  sizeBytes: number;
}

/** One message of audio, read. */
interface HeardAudio {
  readonly side: 'C' | 'S';
  readonly key: 'audio' | 'delta';
  readonly event: Readonly<Record<string, unknown>>;
  readonly frame: string | undefined;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** Turns entries into lines, one at a time. Call `finish` once after the last entry. */
export class TranscriptWriter {
  readonly #names = new IdNames();
  readonly #sink: LineSink;
  readonly #createHash: () => Sha256;
  #run: AudioRun | undefined;

  /** @param createHash opens the digests of the audio runs */
  constructor(sink: LineSink, createHash: () => Sha256 = createSha256) {
    this.#sink = sink;
    this.#createHash = createHash;
  }

  /** Adds one entry; entries other than messages leave no line. */
  write(entry: LogEntry): void {
    if (entry.kind === 'client') this.#writeClient(entry);
    else if (entry.kind === 'server') this.#writeServer(entry);
    else if (entry.kind === 'client-binary') {
      this.#endRun();
      this.#sink(`C binary ${entry.sizeBytes}`, entry.atMs);
    }
  }

  /** The line of the audio run that is still open, if one is; the writer is unchanged. */
  pendingLine(): { readonly line: string; readonly atMs: number } | undefined {
    return this.#run === undefined ? undefined : { line: this.#runLine(this.#run), atMs: this.#run.atMs };
  }

  #writeClient(entry: ClientEntry): void {
    if (entry.audio !== undefined && this.#writeAudio('C', entry.audio, entry.atMs)) return;
    this.#writeText('C', entry.text, entry.atMs);
  }

  #writeServer(entry: ServerEntry): void {
    if (entry.audio !== undefined && this.#writeAudio('S', entry.audio, entry.atMs)) return;
    if (entry.text !== undefined) this.#writeText('S', entry.text, entry.atMs);
  }

  /** Takes in a message whose audio is at hand as bytes; false when it is none that merges. */
  #writeAudio(side: 'C' | 'S', audio: MessageAudio, atMs: number): boolean {
    const frame = frameAround(audio);
    if (frame !== undefined && this.#run?.side === side && this.#run.frame === frame) {
      extend(this.#run, audio.read());
      return true;
    }
    const event = parseMessageObject(audio.head + audio.tail);
    const key = AUDIO_KEYS.get(event?.['type']);
    if (event === undefined || key === undefined || typeof event[key] !== 'string') return false;
    this.#takeIntoRun({ side, key, event, frame, bytes: audio.read(), atMs });
    return true;
  }

  #writeText(side: 'C' | 'S', text: string, atMs: number): void {
    if (this.#extendRun(side, text)) return;
    const event = parseMessageObject(text);
    if (event === undefined) {
      this.#endRun();
      this.#sink(`${side} text ${JSON.stringify(text)}`, atMs);
      return;
    }
    if (this.#continueRun(side, event, text, atMs)) return;
    this.#endRun();
    this.#sink(`${side} ${this.#canonical(event, '')}`, atMs);
  }

  /**
   * Takes the message into the open run without parsing it: the same text but for the event id and the audio. A
   * short cut for the bulk of a session; whatever does not fit is parsed.
   */
  #extendRun(side: 'C' | 'S', text: string): boolean {
    const run = this.#run;
    if (run?.frame === undefined || run.side !== side) return false;
    const cut = cutAtAudio(text, run.key);
    if (cut === undefined || cut.frame !== run.frame) return false;
    const bytes = decodeBase64(cut.audio);
    if (bytes === undefined) return false;
    extend(run, bytes);
    return true;
  }

  /** Takes the event into an audio run; false when it is not well-formed audio and stands for itself. */
  #continueRun(
    side: 'C' | 'S',
    event: Readonly<Record<string, unknown>>,
    text: string,
    atMs: number,
  ): boolean {
    const key = AUDIO_KEYS.get(event['type']);
    const audio = key === undefined ? undefined : event[key];
    if (key === undefined || typeof audio !== 'string') return false;
    const bytes = decodeBase64(audio);
    if (bytes === undefined) return false;
    const frame = cutAtAudio(text, key)?.frame;
    this.#takeIntoRun({ side, key, event, frame, bytes, atMs });
    return true;
  }

  /** Adds audio to the open run, or ends it and opens another when anything but the audio differs. */
  #takeIntoRun({ side, key, event, frame, bytes, atMs }: HeardAudio): void {
    const { [key]: _audio, event_id: _eventId, ...rest } = event;
    const identity = `${side}${JSON.stringify(rest)}`;
    if (this.#run?.identity !== identity) {
      this.#endRun();
      this.#run = { side, key, identity, frame, rest, atMs, hash: this.#createHash(), sizeBytes: 0 };
    }
    extend(this.#run, bytes);
  }

  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#sink(this.#runLine(run), run.atMs);
  }

  #runLine(run: AudioRun): string {
    const audio: Record<string, unknown> = {
      samples: Math.floor(run.sizeBytes / 2),
      sha256: run.hash.digestHex(),
    };
    if (run.sizeBytes % 2 === 1) audio['danglingBytes'] = 1;
    return `${run.side} ${this.#canonical({ ...run.rest, [run.key]: audio }, '')}`;
  }

  /** A value as JSON with sorted keys and renamed ids. `path` is the last key on the way to `value`. */
  #canonical(value: unknown, path: string): string {
    if (Array.isArray(value)) return `[${value.map((element) => this.#canonical(element, path)).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const owner = value as Readonly<Record<string, unknown>>;
    const fields: string[] = [];
    for (const key of Object.keys(owner).sort()) {
      fields.push(`${JSON.stringify(key)}:${this.#canonicalField(owner, key, path)}`);
    }
    return `{${fields.join(',')}}`;
  }

  #canonicalField(owner: Readonly<Record<string, unknown>>, key: string, path: string): string {
    const value = owner[key];
    if (typeof value !== 'string') return this.#canonical(value, key);
    if (key === 'obfuscation') return String(value.length);
    if (key === 'message' && path === 'error') return JSON.stringify(this.#names.renameInText(value));
    return JSON.stringify(this.#names.rename(key, value, owner, path) ?? value);
  }
}

function extend(run: AudioRun, bytes: Uint8Array): void {
  run.hash.update(bytes);
  run.sizeBytes += bytes.length;
}

/** Behind audio that stands last. */
const LAST_KEY_TAIL = '"}';
const EVENT_ID_HEAD = '{"event_id":"';

/**
 * The audio of a message and the text around it, for messages that begin with a plain event id and end with the
 * audio, as our own and most clients' serialisers write them.
 */
function cutAtAudio(text: string, key: 'audio' | 'delta'): { frame: string; audio: string } | undefined {
  if (!text.endsWith('"}')) return undefined;
  const audioStart = text.indexOf(`"${key}":"`) + key.length + 4;
  const end = text.length - 2;
  if (audioStart < key.length + 4 || text.indexOf('"', audioStart) !== end) return undefined;
  const frame = frameOf(text.slice(0, audioStart));
  return frame === undefined ? undefined : { frame, audio: text.slice(audioStart, end) };
}

/** The text around the event id and the audio: what `cutAtAudio` gives for the same message, where it gives any. */
function frameAround({ head, tail }: MessageAudio): string | undefined {
  const frame = frameOf(head);
  // No text holds this character, so that no two messages that differ have the same.
  return frame === undefined || tail === LAST_KEY_TAIL ? frame : `${frame}\u0000${tail}`;
}

/** What stands between a plain event id and the audio; undefined where a message does not begin with one. */
function frameOf(head: string): string | undefined {
  if (!head.startsWith(EVENT_ID_HEAD)) return undefined;
  const idEnd = head.indexOf('"', EVENT_ID_HEAD.length);
  return idEnd < 0 ? undefined : head.slice(idEnd);
}
