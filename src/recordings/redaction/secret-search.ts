/**
 * Finds secrets in a text in every form they may have there: plain, escaped for JSON or URLs, as base64, in any letter
 * case, and one of these inside another. Takes time linear in the text. Must never say where a secret is not.
 */
import { base64Runs, base64Views, unwrappedViews } from './base64-view.js';
import { ByteNeedle } from './byte-search.js';
import type { SecretPattern } from './pattern-table.js';
import {
  foldCase,
  jsonUnescaped,
  latin1,
  percentDecoded,
  plainView,
  type TextView,
  through,
  utf8Decoded,
} from './text-view.js';

/** A value that is looked for as it is. */
export interface SecretLiteral {
  readonly rule: string;
  readonly value: string;
}

/** Where a secret stands in a text. */
export interface SecretHit {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  /** What was hidden there: never to be written anywhere. */
  readonly value: string;
  /** Of two hits that overlap, the one that came first in the order of what is looked for names the placeholder. */
  readonly rank: number;
}

/** How deep forms within forms are looked into. */
const MAX_DEPTH = 3;
/** Patterns are looked for in base64 runs of so many characters: shorter ones are mostly ids. */
const PATTERN_RUN_CHARS = 40;
/** How much of the end of a text is looked at for the beginning of a pattern. */
const BEGINNING_CHARS = 24 * 1024;
/** Of a secret in base64, so much must have come before the text is kept back. */
const BASE64_BEGINNING_CHARS = 3;
const UTF8 = new TextEncoder();

interface Needle {
  readonly literal: SecretLiteral;
  readonly rank: number;
  /** In lower case; a second form for bytes that are read one by one. */
  readonly forms: readonly string[];
  readonly inBytes: ByteNeedle;
}

/** What is looked for. */
export interface SearchFor {
  readonly literals: readonly SecretLiteral[];
  readonly patterns: readonly SecretPattern[];
}

/** A search for a fixed set of secrets. */
export class SecretSearch {
  readonly #needles: readonly Needle[];
  readonly #patterns: readonly SecretPattern[];
  readonly #minRunChars: number;
  readonly #hasSpaces: boolean;
  readonly #longest: number;

  constructor({ literals, patterns }: SearchFor) {
    this.#needles = literals.map((literal, rank) => {
      const forms = formsOf(literal.value);
      return { literal, rank, forms, inBytes: new ByteNeedle(forms.at(-1) ?? '') };
    });
    this.#patterns = patterns;
    const lengths = this.#needles.flatMap(({ forms }) => forms.map(({ length }) => length));
    const shortest = Math.ceil((4 * Math.min(...lengths, Number.MAX_SAFE_INTEGER)) / 3);
    this.#minRunChars = Math.max(8, Math.min(shortest, patterns.length === 0 ? shortest : PATTERN_RUN_CHARS));
    this.#hasSpaces = literals.some(({ value }) => value.includes(' '));
    this.#longest = Math.max(0, ...lengths);
  }

  /** Every hit, in source places; they may overlap. */
  find(text: string): SecretHit[] {
    const hits: SecretHit[] = [];
    this.#visit(plainView(text), 0, 0, (view) => this.#findIn(view, hits));
    if (this.#hasSpaces && text.includes('+')) {
      this.#visit(plainView(text.replaceAll('+', ' ')), 0, 0, (view) => this.#findIn(view, hits));
    }
    return hits;
  }

  /** Whether a hit at the end of a text may be longer once more of the text is there. */
  mayGrow({ rank }: SecretHit): boolean {
    return rank >= this.#needles.length;
  }

  /** Whether a literal stands in bytes as it is, in any letter case. For sound and images. */
  findInBytes(bytes: Uint8Array): SecretLiteral | undefined {
    return this.#needles.find(({ inBytes }) => inBytes.isIn(bytes))?.literal;
  }

  /** From where on the end of a text may become a hit, or a longer one, with what follows; undefined: it cannot. */
  pendingStart(text: string): number | undefined {
    let first = text.length;
    const look = (view: TextView, isBase64: boolean) => {
      if (view.cutAt !== undefined && !isBase64) first = Math.min(first, view.cutAt);
      const begun = this.#beginningIn(view.text);
      // Any word reads as some bytes of base64, of which one or two are like a beginning by chance.
      const least = isBase64 ? BASE64_BEGINNING_CHARS : 1;
      if (begun <= view.text.length - least) first = Math.min(first, view.startOf(begun));
    };
    this.#visit(plainView(text), 0, 0, look, true);
    if (this.#hasSpaces && text.includes('+'))
      this.#visit(plainView(text.replaceAll('+', ' ')), 0, 0, look, true);
    return first < text.length ? first : undefined;
  }

  /**
   * Reads a view and what is hidden in it.
   *
   * @param atEnd whether of base64 only what reaches the end counts
   * @param isBytes whether its characters may be bytes of UTF-8
   */
  #visit(
    view: TextView,
    depth: number,
    base64Depth: number,
    look: (view: TextView, isBase64: boolean) => void,
    atEnd = false,
    isBytes = true,
  ): void {
    look(view, base64Depth > 0);
    if (depth === MAX_DEPTH) return;
    const characters = isBytes ? utf8Decoded(view.text) : undefined;
    if (characters !== undefined)
      this.#visit(through(view, characters), depth, base64Depth, look, atEnd, false);
    for (const undone of [jsonUnescaped(view.text), percentDecoded(view.text)]) {
      if (undone !== undefined) this.#visit(through(view, undone), depth + 1, base64Depth, look, atEnd);
    }
    if (base64Depth === 2) return;
    for (const unwrapped of unwrappedViews(view.text)) {
      for (const run of base64Runs(unwrapped.text, atEnd ? 2 : this.#minRunChars)) {
        if (atEnd && run.end < unwrapped.text.length) continue;
        const start = atEnd ? Math.max(run.start, run.end - this.#tailChars()) : run.start;
        for (const decoded of base64Views(unwrapped.text, { start, end: run.end })) {
          this.#visit(through(view, through(unwrapped, decoded)), depth + 1, base64Depth + 1, look, atEnd);
        }
      }
    }
  }

  /** How much of a base64 run at the end may hold the beginning of something. */
  #tailChars(): number {
    return this.#patterns.length === 0 ? 8 * this.#longest + 64 : Math.max(2_048, 8 * this.#longest + 64);
  }

  #findIn(view: TextView, hits: SecretHit[]): void {
    const folded = foldCase(view.text);
    for (const { literal, rank, forms } of this.#needles) {
      for (const form of forms) {
        for (let index = folded.indexOf(form); index >= 0; index = folded.indexOf(form, index + form.length))
          hits.push({
            start: view.startOf(index),
            end: view.endOf(index + form.length),
            ...literal,
            rank,
          });
      }
    }
    for (const [order, pattern] of this.#patterns.entries()) {
      if (!pattern.hints.some((hint) => folded.includes(hint))) continue;
      for (const { start, end } of matchesOf(pattern, view.text)) {
        hits.push({
          start: view.startOf(start),
          end: view.endOf(end),
          rule: pattern.name,
          value: view.text.slice(start, end),
          rank: this.#needles.length + order,
        });
      }
    }
  }

  /** How many characters of a literal the end of a text may be, as it stands there. */
  begunChars(text: string): number {
    const folded = foldCase(text.slice(-this.#longest));
    let longest = 0;
    for (const { forms } of this.#needles)
      for (const form of forms) longest = Math.max(longest, overlap(folded, form));
    return longest;
  }

  #beginningIn(text: string): number {
    let first = text.length - this.begunChars(text);
    const offset = Math.max(0, text.length - BEGINNING_CHARS);
    const tail = offset === 0 ? text : text.slice(offset);
    for (const { beginning, windowChars = 0 } of this.#patterns) {
      const found = windowChars > 0 ? Math.max(0, tail.length - windowChars) : tail.search(beginning);
      if (found >= 0) first = Math.min(first, offset + found);
    }
    return first;
  }
}

/** Where a pattern matches: what its first group holds, where it has one. */
function* matchesOf({ pattern, windowChars }: SecretPattern, text: string) {
  const step = windowChars ?? text.length;
  for (let offset = 0; offset === 0 || offset < text.length; offset += step) {
    const window = windowChars === undefined ? text : text.slice(offset, offset + 2 * step);
    pattern.lastIndex = 0;
    for (let match = pattern.exec(window); match !== null; match = pattern.exec(window)) {
      const [start, end] = match.indices?.[1] ?? match.indices?.[0] ?? [0, 0];
      yield { start: offset + start, end: offset + end };
    }
    if (offset + 2 * step >= text.length) return;
  }
}

/** How many characters the end of a text shares with the beginning of a secret, short of all of it. */
function overlap(text: string, secret: string): number {
  const last = text.charCodeAt(text.length - 1);
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length -= 1) {
    if (secret.charCodeAt(length - 1) === last && text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}

function formsOf(value: string): readonly string[] {
  const folded = foldCase(value);
  const bytes = foldCase(latin1(UTF8.encode(value)));
  return folded === bytes ? [folded] : [folded, bytes];
}
