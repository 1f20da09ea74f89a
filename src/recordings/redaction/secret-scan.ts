/**
 * Looks for secrets in what has been written: the same search as before the disk, with places in place of replacements.
 * Must never give a secret away, only where it is and how long.
 */
import type { RecordedEntry } from '../entries.js';
import { findPlaceholders } from './placeholder.js';
import { mergeHits } from './replacements.js';
import type { SecretHit, SecretSearch } from './secret-search.js';
import { deltaMeaning } from './text-deltas.js';
import { latin1 } from './text-view.js';
import { unmasked } from './unmask.js';

/** A secret that was found. */
export interface FoundSecret {
  readonly rule: string;
  readonly lengthChars: number;
  /** What was hidden there: to tell values apart, never to be shown. */
  readonly value: string;
}

/** A secret that lies in a line, or begins in one and goes on in others. */
export interface FoundInLine extends FoundSecret {
  readonly line: number;
}

interface Joined {
  text: string;
  readonly starts: { readonly offset: number; readonly line: number }[];
}

/** A text of deltas is searched when it has grown so long, and goes on with the end of it. */
const JOINED_CHARS = 1024 * 1024;
const OVERLAP_CHARS = 32 * 1024;

/** Searches one recording. */
export class SecretScan {
  readonly #search: SecretSearch;
  readonly #known: ReadonlySet<string>;
  readonly #streams = new Map<string, Joined>();

  /** @param placeholders of the recording, which hide nothing */
  constructor(search: SecretSearch, placeholders: readonly string[]) {
    this.#search = search;
    this.#known = new Set(placeholders);
  }

  text(text: string): readonly FoundSecret[] {
    return this.#hits(text).map(asFound);
  }

  bytes(bytes: Uint8Array): readonly FoundSecret[] {
    return this.text(latin1(bytes));
  }

  /** An entry of a line, and what it completes of texts that came in pieces. */
  *entry(entry: RecordedEntry, line: number): Generator<FoundInLine> {
    for (const text of textsOf(entry)) for (const found of this.text(text)) yield { ...found, line };
    if (entry.kind !== 'text' && entry.kind !== 'close' && entry.kind !== 'end') return;
    // Sound and images are searched in their files.
    const parts = entry.kind === 'text' ? entry.parts.filter((part) => typeof part === 'string') : [];
    const meaning = deltaMeaning(entry.kind === 'text' ? { ...entry, parts } : entry);
    if (meaning?.kind === 'ends') yield* this.#end(meaning.stream);
    if (meaning?.kind === 'ends-all') yield* this.end();
    if (meaning?.kind !== 'delta') return;
    const { stream, value } = meaning.delta;
    const joined = this.#streams.get(stream) ?? { text: '', starts: [] };
    this.#streams.set(stream, joined);
    joined.starts.push({ offset: joined.text.length, line });
    joined.text += value;
    if (joined.text.length < JOINED_CHARS) return;
    yield* this.#end(stream);
    this.#streams.set(stream, { text: joined.text.slice(-OVERLAP_CHARS), starts: [{ offset: 0, line }] });
  }

  /** Nothing comes any more. */
  *end(): Generator<FoundInLine> {
    for (const stream of [...this.#streams.keys()]) yield* this.#end(stream);
  }

  *#end(stream: string): Generator<FoundInLine> {
    const joined = this.#streams.get(stream);
    this.#streams.delete(stream);
    if (joined === undefined) return;
    for (const hit of this.#hits(joined.text)) {
      const piece = joined.starts.findLast(({ offset }) => offset <= hit.start);
      yield { ...asFound(hit), line: piece?.line ?? 1 };
    }
  }

  #hits(text: string): readonly SecretHit[] {
    const hits = this.#search.find(text);
    if (hits.length === 0) return hits;
    const known = findPlaceholders(text).filter(({ placeholder }) => this.#known.has(placeholder));
    return mergeHits(
      hits.filter((hit) => !known.some(({ start, end }) => hit.start >= start && hit.end <= end)),
    );
  }
}

function asFound({ rule, value }: SecretHit): FoundSecret {
  return { rule, value, lengthChars: value.length };
}

/** Every text of an entry, without the escapes of its line. */
function textsOf(entry: RecordedEntry): readonly string[] {
  switch (entry.kind) {
    case 'upgrade':
      return [entry.target, ...entry.headers.map((header) => header.join(': '))];
    case 'answer':
      return [
        entry.reason,
        ...entry.headers.map((header) => header.join(': ')),
        latin1(entry.body ?? new Uint8Array(0)),
      ];
    case 'text':
      return [entry.parts.map((part) => (typeof part === 'string' ? part : '')).join('')];
    case 'close':
      return [entry.reason];
    case 'end':
      return [];
    case 'withheld':
      return [entry.what, entry.rule];
    default:
      return [latin1(entry.payload), latin1(unmasked(entry.payload) ?? new Uint8Array(0))];
  }
}
