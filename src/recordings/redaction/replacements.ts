/**
 * Takes hits out of a text: which characters go, and what stands there instead, so that JSON stays JSON and nothing else
 * moves. Must never cut an escape in two.
 */
import { isJsonText, type JsonScalar, jsonScalars } from './json-scalars.js';
import type { SecretHit } from './secret-search.js';

/** Characters of a text and what they become. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Hits that touch as one, in order; the one that ranks first names it. */
export function mergeHits(hits: readonly SecretHit[]): SecretHit[] {
  const merged: SecretHit[] = [];
  for (const hit of [...hits].sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last === undefined || hit.start >= last.end) merged.push(hit);
    else {
      const named = hit.rank < last.rank ? hit : last;
      merged[merged.length - 1] = { ...named, start: last.start, end: Math.max(last.end, hit.end) };
    }
  }
  return merged;
}

/**
 * What is to be done to a text. Undefined when it cannot be done: a hit that is more than one value of a JSON text.
 *
 * @param hits as `mergeHits` gives them
 */
export function replacementsOf(
  text: string,
  hits: readonly SecretHit[],
  placeholderFor: (hit: SecretHit) => string,
): readonly Replacement[] | undefined {
  if (!isJsonText(text))
    return hits.map((hit) => ({ ...wholeEscapes(text, hit), text: placeholderFor(hit) }));
  const replacements: Replacement[] = [];
  const scalars = jsonScalars(text);
  let scalar = scalars.next();
  for (const hit of hits) {
    while (scalar.done !== true && scalar.value.end < hit.end) scalar = scalars.next();
    const place = scalar.done === true ? undefined : placeInScalar(text, hit, scalar.value);
    if (place === undefined || scalar.done === true) return undefined;
    const placeholder = placeholderFor(hit);
    const last = replacements.at(-1);
    // Two hits in one number are one value in its place.
    if (last !== undefined && place.start < last.end) continue;
    replacements.push({ ...place, text: scalar.value.kind === 'other' ? `"${placeholder}"` : placeholder });
  }
  return replacements;
}

function placeInScalar(text: string, { start, end }: SecretHit, scalar: JsonScalar) {
  if (start < scalar.start || end > scalar.end) return undefined;
  if (scalar.kind === 'other') return { start: scalar.start, end: scalar.end };
  return wholeEscapes(text, { start, end }, scalar);
}

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|[\s\S])/y;

/** The place, grown to hold whole escapes of JSON. */
function wholeEscapes(
  text: string,
  place: { readonly start: number; readonly end: number },
  within = { start: 0, end: text.length },
): { readonly start: number; readonly end: number } {
  return {
    start: escapeAround(text, place.start, within.start)?.start ?? place.start,
    end: Math.min(within.end, escapeAround(text, place.end, within.start)?.end ?? place.end),
  };
}

/** The escape in whose middle an index is. */
function escapeAround(text: string, index: number, from: number) {
  const first = Math.max(from, index - 5);
  for (let start = index - 1; start >= first; start -= 1) {
    if (text[start] !== '\\' || !isEscapeStart(text, start, from)) continue;
    ESCAPE.lastIndex = start;
    if (ESCAPE.test(text) && ESCAPE.lastIndex > index) return { start, end: ESCAPE.lastIndex };
  }
  return undefined;
}

function isEscapeStart(text: string, backslash: number, from: number): boolean {
  let first = backslash;
  while (first > from && text[first - 1] === '\\') first -= 1;
  return (backslash - first) % 2 === 0;
}

/** The text with its replacements. */
export function applyReplacements(text: string, replacements: readonly Replacement[]): string {
  const pieces: string[] = [];
  let copied = 0;
  for (const { start, end, text: instead } of replacements) {
    pieces.push(text.slice(copied, start), instead);
    copied = end;
  }
  pieces.push(text.slice(copied));
  return pieces.join('');
}
