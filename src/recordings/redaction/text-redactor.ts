/**
 * One text in, the text that may be written out, or the rule for which it must not be. Must never change a text without
 * a hit, and never give one in which a rule still hits.
 */
import { findPlaceholders, type Placeholders } from './placeholder.js';
import { applyReplacements, mergeHits, type Replacement, replacementsOf } from './replacements.js';
import type { SecretHit, SecretSearch } from './secret-search.js';

/** What became of a text. */
export type RedactedText =
  | { readonly kind: 'clean'; readonly text: string; readonly replacements: readonly Replacement[] }
  | { readonly kind: 'withheld'; readonly rule: string };

/** Redacts texts with one search and one set of placeholders. */
export class TextRedactor {
  search: SecretSearch;
  readonly placeholders: Placeholders;

  constructor(search: SecretSearch, placeholders: Placeholders) {
    this.search = search;
    this.placeholders = placeholders;
  }

  redact(text: string): RedactedText {
    const hits = this.hitsIn(text);
    const [first] = hits;
    if (first === undefined) return { kind: 'clean', text, replacements: [] };
    const replacements = replacementsOf(text, hits, this.placeholderFor);
    if (replacements === undefined) return { kind: 'withheld', rule: first.rule };
    const redacted = applyReplacements(text, replacements);
    const [left] = this.hitsIn(redacted);
    return left === undefined
      ? { kind: 'clean', text: redacted, replacements }
      : { kind: 'withheld', rule: left.rule };
  }

  /** Hits as ranges that do not touch, without those that are a placeholder of this recording. */
  hitsIn(text: string): readonly SecretHit[] {
    const hits = this.search.find(text);
    if (hits.length === 0) return hits;
    const known = findPlaceholders(text).filter(({ placeholder }) => this.placeholders.has(placeholder));
    const isKnown = (hit: SecretHit) => known.some(({ start, end }) => hit.start >= start && hit.end <= end);
    return mergeHits(hits.filter((hit) => !isKnown(hit)));
  }

  readonly placeholderFor = ({ rule, value }: SecretHit): string => this.placeholders.take(rule, value);
}
