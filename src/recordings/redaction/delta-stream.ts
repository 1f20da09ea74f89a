/**
 * One text that comes in pieces, searched as one: pieces are kept until no hit can begin in them any more. Must never
 * give a piece away before that.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { Replacement } from './replacements.js';
import type { SecretHit } from './secret-search.js';
import type { TextRedactor } from './text-redactor.js';

/** Enough for what looks at the character before, and for the few bytes of base64 that are let go. */
const CONTEXT_CHARS = 64;

/** A piece that is kept, or may go with replacements in its value. */
export interface Piece<Owner> {
  readonly owner: Owner;
  readonly value: string;
}

export interface SettledPiece<Owner> {
  readonly owner: Owner;
  /** Places of the value; a hit over several pieces stands in the first, and the others lose their part. */
  readonly replacements: readonly Replacement[];
}

/** One stream of pieces. */
export class DeltaStream<Owner> {
  readonly #texts: TextRedactor;
  #pieces: Piece<Owner>[] = [];
  /** What came before the pieces. */
  #context = '';
  #isLost = false;

  constructor(texts: TextRedactor) {
    this.#texts = texts;
  }

  get isKeeping(): boolean {
    return this.#pieces.length > 0;
  }

  /** Whether a secret-like text has gone on for so long that its beginning is forgotten: all of it is withheld. */
  get isLost(): boolean {
    return this.#isLost;
  }

  add(piece: Piece<Owner>): void {
    this.#pieces.push(piece);
  }

  /** Gives the pieces that may go. @param isEnded whether nothing follows */
  settle(isEnded: boolean): readonly SettledPiece<Owner>[] {
    if (this.#pieces.length === 0) return [];
    const text = this.#context + this.#pieces.map(({ value }) => value).join('');
    const hits = this.#texts.hitsIn(text).filter(({ end }) => end > this.#context.length);
    const count = this.#countUpTo(isEnded ? text.length : this.#pendingStart(text, hits), hits);
    const settled = this.#apply(this.#pieces.slice(0, count), hits);
    this.#pieces = this.#pieces.slice(count);
    return settled;
  }

  /** Gives up what is kept, which is to be withheld; what follows is still searched as its continuation. */
  giveUp(): readonly Owner[] {
    const owners = this.#pieces.map(({ owner }) => owner);
    this.#context += this.#pieces.map(({ value }) => value).join('');
    this.#pieces = [];
    if (this.#context.length > LIMITS.redactionStreamChars) this.#isLost = true;
    return owners;
  }

  #pendingStart(text: string, hits: readonly SecretHit[]): number {
    const pending = this.#texts.search.pendingStart(text) ?? text.length;
    // A hit at the very end may be a part of a longer one.
    const grows = hits.find(
      (hit) =>
        hit.start < pending &&
        (hit.end > pending || (hit.end === text.length && this.#texts.search.mayGrow(hit))),
    );
    return grows === undefined ? pending : grows.start;
  }

  /** How many pieces end before a place, and share no hit with one that does not. */
  #countUpTo(place: number, hits: readonly SecretHit[]): number {
    let limit = place;
    for (;;) {
      let [count, end] = [0, this.#context.length];
      for (const { value } of this.#pieces) {
        if (end + value.length > limit) break;
        end += value.length;
        count += 1;
      }
      const shared = hits.find((hit) => hit.start < end && hit.end > end);
      if (count === 0 || shared === undefined) return count;
      limit = shared.start;
    }
  }

  #apply(pieces: readonly Piece<Owner>[], hits: readonly SecretHit[]): readonly SettledPiece<Owner>[] {
    let offset = this.#context.length;
    let shown = this.#context;
    const named = new Set<SecretHit>();
    const settled = pieces.map(({ owner, value }) => {
      const [from, to] = [offset, offset + value.length];
      offset = to;
      const replacements = hits
        .filter(({ start, end }) => start < to && end > from)
        .map((hit): Replacement => {
          const text = named.has(hit) ? '' : this.#texts.placeholderFor(hit);
          named.add(hit);
          return { start: Math.max(hit.start, from) - from, end: Math.min(hit.end, to) - from, text };
        });
      let copied = 0;
      for (const { start, end, text } of replacements) {
        shown += value.slice(copied, start) + text;
        copied = end;
      }
      shown += value.slice(copied);
      return { owner, replacements };
    });
    if (pieces.length > 0) this.#context = shown.slice(-CONTEXT_CHARS);
    return settled;
  }
}
