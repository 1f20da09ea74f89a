/**
 * The redactor of one connection: learns its credentials from the upgrade request, cleans each entry, and keeps back text
 * deltas whose end may be the beginning of a secret, with everything behind them. Must never reorder.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { DraftEntry, DraftPart, TextEntry } from '../entries.js';
import type { Redactions } from '../recording-writer.js';
import { type Credential, credentialsOf, MIN_SEARCHED_CHARS } from './credentials.js';
import { DeltaStream } from './delta-stream.js';
import { EntryRedactor, sizeOf, withheld } from './entry-redactor.js';
import type { PathRule } from './path-rules.js';
import { SECRET_PATTERNS, type SecretPattern } from './pattern-table.js';
import { Placeholders } from './placeholder.js';
import type { Redactor } from './redactor.js';
import { applyReplacements } from './replacements.js';
import { DEFAULT_MATCH_CHARS, type RedactionRules } from './rules.js';
import { type SecretLiteral, SecretSearch } from './secret-search.js';
import { SpeechRedactor } from './speech.js';
import { deltaMeaning, plainText, type TextDelta } from './text-deltas.js';
import { TextRedactor } from './text-redactor.js';

export interface RedactorOptions {
  /** Values that must never be written, beside those that the upgrade request shows. */
  readonly credentials?: readonly Credential[] | undefined;
  readonly rules?: RedactionRules | undefined;
  /** Replace voices by tones, and what was said by empty texts. Default false. */
  readonly speech?: boolean | undefined;
}

/** An entry on its way, and whether it may go. */
interface Slot {
  entry: DraftEntry;
  readonly delta?: TextDelta;
  isReady: boolean;
  /** Measured when it first has to wait: most entries never do. */
  sizeBytes?: number;
}

/** Makes the redactor of one connection. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  return new ConnectionRedactor(options);
}

/** A search for credentials, named patterns and the rules of a user. */
export function searchFor(
  credentials: readonly Credential[],
  rules: RedactionRules | undefined,
): SecretSearch {
  const known = credentials.filter(({ value }) => value.length >= MIN_SEARCHED_CHARS);
  const literals = known.map(({ value }): SecretLiteral => ({ rule: 'credential', value }));
  const texts = (rules?.rules ?? []).flatMap((rule) =>
    'text' in rule ? [{ rule: rule.name, value: rule.text }] : [],
  );
  return new SecretSearch({ literals: [...literals, ...texts], patterns: patternsOf(rules) });
}

class ConnectionRedactor implements Redactor {
  readonly #options: RedactorOptions;
  readonly #credentials: Credential[];
  readonly #texts: TextRedactor;
  readonly #entries: EntryRedactor;
  readonly #speech: SpeechRedactor | undefined;
  readonly #streams = new Map<string, DeltaStream<Slot>>();
  #queue: Slot[] = [];
  #withheld = 0;

  constructor(options: RedactorOptions) {
    const { credentials = [], rules, speech } = options;
    this.#options = options;
    this.#credentials = [...credentials];
    this.#texts = new TextRedactor(searchFor(this.#credentials, rules), new Placeholders());
    this.#entries = new EntryRedactor({
      texts: this.#texts,
      paths: pathRulesOf(rules),
      allowedHeaders: (rules?.allowHeaders ?? []).map((name) => name.toLowerCase()),
    });
    this.#speech = speech === true ? new SpeechRedactor() : undefined;
  }

  get summary(): Redactions {
    return { withheld: this.#withheld, placeholders: this.#texts.placeholders.list() };
  }

  scrub(text: string): string {
    const redacted = this.#texts.redact(text);
    return redacted.kind === 'clean' ? redacted.text : this.#texts.placeholders.take(redacted.rule, text);
  }

  push(given: DraftEntry): readonly DraftEntry[] {
    if (given.kind === 'upgrade') this.#learn(credentialsOf(given));
    const entry = this.#speech?.redact(given) ?? given;
    const meaning = deltaMeaning(entry);
    if (meaning?.kind === 'ends') this.#endStream(meaning.stream);
    else if (meaning?.kind === 'ends-all') this.#endAll();
    if (meaning?.kind === 'delta') this.#takeDelta(entry, meaning.delta);
    else this.#queue.push({ entry: this.#clean(entry), isReady: true });
    this.#bound();
    return this.#release();
  }

  flush(): readonly DraftEntry[] {
    this.#endAll();
    return this.#release();
  }

  #learn(found: readonly Credential[]): void {
    this.#credentials.push(...found);
    this.#texts.search = searchFor(this.#credentials, this.#options.rules);
  }

  #takeDelta(entry: DraftEntry, delta: TextDelta): void {
    const stream = this.#streams.get(delta.stream) ?? new DeltaStream<Slot>(this.#texts);
    this.#streams.set(delta.stream, stream);
    const slot: Slot = { entry, delta, isReady: false };
    this.#queue.push(slot);
    if (stream.isLost) this.#withhold(slot);
    else {
      stream.add({ owner: slot, value: delta.value });
      this.#settle(stream, false);
    }
    if (this.#streams.size <= LIMITS.redactionStreams) return;
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined) this.#endStream(oldest);
  }

  #settle(stream: DeltaStream<Slot>, isEnded: boolean): void {
    for (const { owner, replacements } of stream.settle(isEnded)) {
      const { delta } = owner;
      const cleaned =
        replacements.length === 0 || delta === undefined
          ? owner.entry
          : withValue(owner.entry, delta, applyReplacements(delta.value, replacements));
      owner.entry = this.#clean(cleaned);
      owner.isReady = true;
    }
  }

  #endStream(name: string): void {
    const stream = this.#streams.get(name);
    if (stream !== undefined) this.#settle(stream, true);
    this.#streams.delete(name);
  }

  #endAll(): void {
    for (const name of [...this.#streams.keys()]) this.#endStream(name);
  }

  /** What is kept too long or has grown too large is not written at all. */
  #bound(): void {
    const [first] = this.#queue;
    if (first === undefined || first.isReady) return;
    const sizeBytes = this.#queue.reduce((sum, slot) => sum + measured(slot), 0);
    const spanMs = (this.#queue.at(-1)?.entry.atMs ?? 0) - first.entry.atMs;
    const isOver =
      this.#queue.length > LIMITS.redactionKeptEntries ||
      sizeBytes > LIMITS.redactionKeptBytes ||
      spanMs > LIMITS.redactionKeptMs;
    if (!isOver) return;
    for (const stream of this.#streams.values()) for (const slot of stream.giveUp()) this.#withhold(slot);
  }

  #withhold(slot: Slot): void {
    slot.entry = withheld(slot.entry, 'kept-too-long');
    slot.isReady = true;
    this.#withheld += 1;
  }

  #clean(entry: DraftEntry): DraftEntry {
    const cleaned = this.#entries.redact(entry);
    if (cleaned.kind === 'withheld' && entry.kind !== 'withheld') this.#withheld += 1;
    return cleaned;
  }

  #release(): readonly DraftEntry[] {
    const kept = this.#queue.findIndex(({ isReady }) => !isReady);
    const ready = kept < 0 ? this.#queue : this.#queue.slice(0, kept);
    this.#queue = kept < 0 ? [] : this.#queue.slice(kept);
    return ready.map(({ entry }) => entry);
  }
}

function measured(slot: Slot): number {
  slot.sizeBytes ??= sizeOf(slot.entry);
  return slot.sizeBytes;
}

/** The message with another value in the place of its piece. */
function withValue(entry: DraftEntry, { place }: TextDelta, value: string): DraftEntry {
  if (entry.kind !== 'text') return entry;
  const text = plainText(entry) ?? '';
  const { frames: _frames, ...rest }: TextEntry<DraftPart> = entry;
  const inside = JSON.stringify(value).slice(1, -1);
  return { ...rest, parts: [text.slice(0, place.start) + inside + text.slice(place.end)] };
}

function patternsOf(rules: RedactionRules | undefined): readonly SecretPattern[] {
  const switches: Readonly<Record<string, boolean | undefined>> = rules?.patterns ?? {};
  const named = SECRET_PATTERNS.filter(({ name, isOptIn }) => switches[name] ?? isOptIn !== true);
  const own = (rules?.rules ?? []).flatMap((rule): SecretPattern[] => {
    if (!('regexp' in rule)) return [];
    const { name, regexp, flags = '', maxChars = DEFAULT_MATCH_CHARS } = rule;
    const pattern = new RegExp(regexp, `${flags}dg`);
    return [{ name, finds: '', hints: [''], pattern, beginning: /$/, windowChars: maxChars }];
  });
  return [...named, ...own];
}

function pathRulesOf(rules: RedactionRules | undefined): readonly PathRule[] {
  return (rules?.rules ?? []).flatMap((rule) =>
    'path' in rule ? [{ name: rule.name, path: rule.path.split('.'), event: rule.event }] : [],
  );
}
