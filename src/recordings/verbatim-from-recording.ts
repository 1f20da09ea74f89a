/**
 * A recording as a fixed sequence that a person can edit: the server's events with named ids, and waits where the client
 * spoke. Must never invent what was not recorded, and must say what a sequence has no step for.
 */
import { CLIENT_EVENT_TYPES } from '../protocol/index.js';
import { isJsonObject, type JsonObject, parseMessageObject, valueAt } from '../protocol/json-object.js';
import type { Scenario, VerbatimStep } from '../scenarios/index.js';
import { idWordOf } from '../session-log/index.js';
import type { RecordedEntry } from './entries.js';
import { modelOf } from './log-entries.js';
import type { Recording } from './recording.js';

export interface VerbatimScenario {
  readonly scenario: Scenario;
  /** Entries that a sequence has no step for, in a few words each. */
  readonly omitted: readonly string[];
}

const APPEND = 'input_audio_buffer.append';
const TYPES: ReadonlySet<string> = new Set(CLIENT_EVENT_TYPES);

/** The sequence of a recording. @throws SoundstageError `E_RECORDING_…` as the recording is read */
export function verbatimFromRecording(recording: Recording): VerbatimScenario {
  const writer = new StepWriter(recording);
  for (const entry of recording.entries()) writer.findQuoted(entry);
  for (const entry of recording.entries()) writer.take(entry);
  const { model, steps, omitted } = writer;
  const scenario: Scenario = {
    version: 1,
    summary: `What the server said in ${recording.name.split(/[\\/]/).at(-1) ?? recording.name}, word for word.`,
    ...(model === undefined ? {} : { model }),
    ...(steps.length === 0 ? {} : { verbatim: steps }),
  };
  return { scenario, omitted };
}

class StepWriter {
  readonly steps: VerbatimStep[] = [];
  readonly omitted: string[] = [];
  model: string | undefined;
  readonly #recording: Recording;
  /** What stands for each recorded id. */
  readonly #placeholders = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  /** Ids of the client's events that an error quotes. */
  readonly #quoted = new Set<string>();
  #isOver = false;
  #hasHeardAudio = false;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  findQuoted(entry: RecordedEntry): void {
    if (entry.kind !== 'text' || entry.from !== 'server') return;
    const event = parseMessageObject(this.#headOf(entry));
    const quoted = event === undefined ? undefined : valueAt(event, ['error', 'event_id']);
    if (typeof quoted === 'string') this.#quoted.add(quoted);
  }

  take(entry: RecordedEntry): void {
    if (this.#isOver) return;
    if (entry.kind === 'upgrade') this.model = modelOf(entry.target) ?? undefined;
    else if (entry.kind === 'text' && entry.from === 'client') this.#wait(this.#headOf(entry));
    else if (entry.kind === 'text') this.#send(this.#recording.textOf(entry));
    else if (entry.kind === 'binary' && entry.from === 'client') this.steps.push({ wait: 'anything' });
    else if (entry.kind === 'close' || entry.kind === 'end') this.#end(entry);
    else if (entry.kind !== 'answer' && entry.from === 'server')
      this.omitted.push(`${entry.kind} at ${entry.atMs} ms`);
    else if (entry.kind === 'answer' && entry.status !== 101)
      this.omitted.push(`the refusal of the upgrade with ${entry.status}`);
  }

  #headOf({ parts }: Extract<RecordedEntry, { kind: 'text' }>): string {
    return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
  }

  #end(entry: Extract<RecordedEntry, { kind: 'close' | 'end' }>): void {
    this.#isOver = true;
    if (entry.from === 'client') return;
    if (entry.kind === 'end') this.omitted.push(`the end of the connection without a close frame`);
    else this.steps.push({ close: { code: entry.code ?? null, reason: entry.reason } });
  }

  /** One wait for a whole run of audio: how a client cuts it is its own affair. */
  #wait(text: string): void {
    const event = parseMessageObject(text);
    const type = typeof event?.['type'] === 'string' ? event['type'] : '';
    if (type === APPEND && this.#hasHeardAudio) return;
    this.#hasHeardAudio = type === APPEND;
    const wait = (TYPES.has(type) ? type : 'anything') as Extract<VerbatimStep, { wait: unknown }>['wait'];
    const bind: Record<string, string> = {};
    if (event !== undefined) this.#bindIds(event, [], '', bind);
    this.steps.push({ wait, ...(Object.keys(bind).length === 0 ? {} : { bind }) });
  }

  /** Names the ids that the client has made, by their paths. */
  #bindIds(owner: JsonObject, path: readonly string[], under: string, bind: Record<string, string>): void {
    for (const [key, value] of Object.entries(owner)) {
      const at = [...path, key];
      if (isJsonObject(value)) this.#bindIds(value, at, key, bind);
      if (typeof value !== 'string' || this.#placeholders.has(value)) continue;
      const word = idWordOf(key, owner, under);
      if (word === undefined || (word === 'event' && !this.#quoted.has(value))) continue;
      const name = `client${word[0]?.toUpperCase() ?? ''}${word.slice(1)}${this.#count(`client ${word}`)}`;
      bind[name] = at.join('.');
      this.#placeholders.set(value, `\${${name}}`);
    }
  }

  #send(text: string): void {
    this.#hasHeardAudio = false;
    const event = parseMessageObject(text);
    if (event === undefined) {
      this.steps.push({ text });
      return;
    }
    const { event_id: _id, ...body } = event;
    this.steps.push({ send: this.#named(body, '', '') as JsonObject });
  }

  /** The value with placeholders in place of ids. `path` is the last key on the way to it. */
  #named(value: unknown, path: string, above: string): unknown {
    if (Array.isArray(value)) return value.map((element) => this.#named(element, path, above));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        typeof inner === 'string' ? this.#namedText(key, inner, value, path) : this.#named(inner, key, path),
      ]),
    );
  }

  #namedText(key: string, text: string, owner: JsonObject, path: string): string {
    const word = idWordOf(key, owner, path);
    if (key === 'message' && path === 'error')
      return text.replace(/[\w-]{6,}/g, (token) => this.#placeholders.get(token) ?? token);
    if (word === undefined || text === '') return text;
    const known = this.#placeholders.get(text);
    // An event of the client that nobody has named was never sent.
    if (known !== undefined || word === 'event') return known ?? text;
    const made = word === 'session' ? `\${session.id}` : `\${${word}:${word}-${this.#count(word)}}`;
    this.#placeholders.set(text, made);
    return made;
  }

  #count(word: string): number {
    const count = (this.#counts.get(word) ?? 0) + 1;
    this.#counts.set(word, count);
    return count;
  }
}
