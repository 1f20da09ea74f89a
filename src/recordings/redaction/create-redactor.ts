/**
 * The redactor of one connection: learns what authenticates it, takes that and everything that looks like a secret out
 * of all entries, and keeps back what may become one. Must never let the clock or a timer decide.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { DraftEntry } from '../entries.js';
import type { Redactions } from '../recording-writer.js';
import { type Credential, credentialsOf } from './credentials.js';
import { DeltaStream } from './delta-stream.js';
import { EntryRedactor, withheld } from './entry-redactor.js';
import { KeptEntries, type Slot } from './kept-entries.js';
import { Placeholders } from './placeholder.js';
import type { Redactor } from './redactor.js';
import { applyReplacements, type Replacement } from './replacements.js';
import type { RedactionRules } from './rules.js';
import { pathRulesOf, searchFor } from './search-for.js';
import type { SecretSearch } from './secret-search.js';
import { SpeechRedactor } from './speech-redactor.js';
import { deltaMeaning, plainText, type TextDelta } from './text-deltas.js';
import { TextRedactor } from './text-redactor.js';
import { jsonUnescaped, plainView } from './text-view.js';

export interface RedactorOptions {
  /** Secrets that are known beforehand; those of the connection itself are learned from its upgrade request. */
  readonly credentials?: readonly Credential[] | undefined;
  /** What the user adds. */
  readonly rules?: RedactionRules | undefined;
  /** Whether voices become tones and what was said becomes blank. Default false. */
  readonly speech?: boolean | undefined;
}

/** What is kept of a delta until it may go. */
interface Kept {
  readonly slot: Slot;
  readonly delta: TextDelta;
  readonly text: string;
}

const TOO_LONG = 'kept-too-long';

class ConnectionRedactor implements Redactor {
  readonly #credentials: Credential[];
  readonly #rules: RedactionRules | undefined;
  readonly #placeholders = new Placeholders();
  readonly #texts: TextRedactor;
  readonly #entries: EntryRedactor;
  readonly #speech: SpeechRedactor | undefined;
  readonly #kept = new KeptEntries();
  readonly #streams = new Map<string, DeltaStream<Kept>>();
  readonly #streamOf = new Map<Slot, DeltaStream<Kept>>();
  #withheld = 0;

  constructor({ credentials = [], rules, speech = false }: RedactorOptions) {
    this.#credentials = [...credentials];
    this.#rules = rules;
    this.#texts = new TextRedactor(this.#search(), this.#placeholders);
    this.#speech = speech ? new SpeechRedactor(this.#placeholders) : undefined;
    this.#entries = new EntryRedactor({
      texts: this.#texts,
      paths: pathRulesOf(rules),
      allowedHeaders: (rules?.allowHeaders ?? []).map((name) => name.toLowerCase()),
    });
  }

  get summary(): Redactions {
    return { withheld: this.#withheld, placeholders: this.#placeholders.list() };
  }

  readonly scrub = (text: string): string => {
    const redacted = this.#texts.redact(text);
    return redacted.kind === 'clean' ? redacted.text : this.#placeholders.take(redacted.rule, text);
  };

  push(entry: DraftEntry): readonly DraftEntry[] {
    this.#learn(entry);
    const spoken = this.#speech?.redact(entry) ?? entry;
    this.#take(spoken);
    for (let slot = this.#kept.overdue(); slot !== undefined; slot = this.#kept.overdue()) {
      const stream = this.#streamOf.get(slot);
      if (stream === undefined) break;
      this.#giveUp(stream);
      const gone = this.#kept.drain();
      if (gone.length > 0) return this.#counted([...gone, ...this.#kept.drain()]);
    }
    return this.#counted(this.#kept.drain());
  }

  flush(): readonly DraftEntry[] {
    this.#endAll();
    return this.#counted(this.#kept.drain());
  }

  #take(entry: DraftEntry): void {
    const meaning = deltaMeaning(entry);
    if (meaning?.kind === 'ends-all') this.#endAll();
    if (meaning?.kind === 'ends') this.#end(meaning.stream);
    const text = entry.kind === 'text' ? plainText(entry) : undefined;
    if (meaning?.kind !== 'delta' || text === undefined) {
      this.#kept.add(entry, this.#entries.redact(entry));
      return;
    }
    const { delta } = meaning;
    const stream = this.#stream(delta.stream);
    if (stream.isLost) {
      this.#kept.add(entry, withheld(entry, TOO_LONG));
      return;
    }
    const slot = this.#kept.add(entry, undefined);
    this.#streamOf.set(slot, stream);
    stream.add({ owner: { slot, delta, text }, value: delta.value });
    this.#settle(stream, false);
  }

  /** A stream, the most recent ones only: one that is pushed out counts as ended. */
  #stream(key: string): DeltaStream<Kept> {
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined && this.#streams.size >= LIMITS.redactionStreams) this.#end(oldest);
    const stream = new DeltaStream<Kept>(this.#texts);
    this.#streams.set(key, stream);
    return stream;
  }

  #end(key: string): void {
    const stream = this.#streams.get(key);
    if (stream === undefined) return;
    this.#settle(stream, true);
    this.#streams.delete(key);
  }

  #endAll(): void {
    for (const key of [...this.#streams.keys()]) this.#end(key);
  }

  #settle(stream: DeltaStream<Kept>, isEnded: boolean): void {
    for (const { owner, replacements } of stream.settle(isEnded)) {
      const { slot, delta, text } = owner;
      this.#streamOf.delete(slot);
      slot.ready = this.#entries.redact(withValue(slot.entry, text, delta, replacements));
    }
  }

  #giveUp(stream: DeltaStream<Kept>): void {
    for (const { slot } of stream.giveUp()) {
      this.#streamOf.delete(slot);
      slot.ready = withheld(slot.entry, TOO_LONG);
    }
  }

  #counted(entries: readonly DraftEntry[]): readonly DraftEntry[] {
    for (const { kind } of entries) if (kind === 'withheld') this.#withheld += 1;
    return entries;
  }

  #learn(entry: DraftEntry): void {
    const found =
      entry.kind === 'upgrade'
        ? credentialsOf(entry)
        : entry.kind === 'answer'
          ? credentialsOf({ target: '', headers: entry.headers })
          : [];
    const known = new Set(this.#credentials.map(({ value }) => value));
    const added = found.filter(({ value }) => !known.has(value));
    if (added.length === 0) return;
    this.#credentials.push(...added);
    this.#texts.search = this.#search();
  }

  #search(): SecretSearch {
    return searchFor(this.#credentials, this.#rules);
  }
}

/** The message with another value of its delta, all else as it was. */
function withValue(
  entry: DraftEntry,
  text: string,
  { place }: TextDelta,
  replacements: readonly Replacement[],
): DraftEntry {
  if (entry.kind !== 'text' || replacements.length === 0) return entry;
  const source = text.slice(place.start, place.end);
  const view = jsonUnescaped(source) ?? plainView(source);
  const inSource = replacements.map(({ start, end, text: instead }) => ({
    start: place.start + view.startOf(start),
    end: place.start + view.endOf(end),
    text: instead,
  }));
  const { frames: _frames, ...rest } = entry;
  return { ...rest, parts: [applyReplacements(text, inSource)] };
}

/** Makes the redactor of one connection, which also scrubs what is written beside its entries. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  return new ConnectionRedactor(options);
}
