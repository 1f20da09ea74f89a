/**
 * How two values differ, key by key, in data and in words. Placeholders of a redaction fit anything; ids are the same
 * when they always go together. Must never follow a prototype.
 */
import { isJsonObject, type JsonObject, ownValue } from '../../protocol/json-object.js';
import { findPlaceholders, matchesPlaceholder } from '../redaction/placeholder.js';
import { AudioRun } from './audio-run.js';
import { IdName, LongText } from './canonical-value.js';

/** One key whose value is not the same. */
export interface ValueDifference {
  readonly kind: 'appeared' | 'vanished' | 'type' | 'value';
  /** Such as `session.voice` or `tools.0.name`. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Which id of one recording goes with which of the other, and what else fits. */
export class Likeness {
  /** Whether an empty string fits any: what was said was taken out of one of the recordings. */
  readonly blankFits: boolean;
  readonly #toB = new Map<string, string>();
  readonly #toA = new Map<string, string>();

  constructor(blankFits: boolean) {
    this.blankFits = blankFits;
  }

  /** Whether two ids go together; two that nobody has met yet do from now on. */
  fit(a: IdName, b: IdName): boolean {
    if (a.word !== b.word || a.origin !== b.origin) return false;
    const [nameA, nameB] = [a.toJSON(), b.toJSON()];
    const [knownB, knownA] = [this.#toB.get(nameA), this.#toA.get(nameB)];
    if (knownB === undefined && knownA === undefined) {
      this.#toB.set(nameA, nameB);
      this.#toA.set(nameB, nameA);
      return true;
    }
    return knownB === nameB;
  }
}

/** Every key that differs. Audio is compared elsewhere. */
export function valueDifferences(a: JsonObject, b: JsonObject, likeness: Likeness): ValueDifference[] {
  return [...differences(a, b, '', likeness)];
}

function* differences(a: unknown, b: unknown, path: string, likeness: Likeness): Generator<ValueDifference> {
  if (a instanceof AudioRun && b instanceof AudioRun) return;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index += 1)
      yield* field(a[index], b[index], under(path, String(index)), likeness);
    return;
  }
  if (isPlain(a) && isPlain(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      yield* field(ownValue(a, key), ownValue(b, key), under(path, key), likeness);
    return;
  }
  if (isSame(a, b, likeness)) return;
  yield { kind: typeOf(a) === typeOf(b) ? 'value' : 'type', path, a, b };
}

function* field(a: unknown, b: unknown, path: string, likeness: Likeness): Generator<ValueDifference> {
  if (a === undefined && b === undefined) return;
  if (a === undefined) yield { kind: 'appeared', path, a, b };
  else if (b === undefined) yield { kind: 'vanished', path, a, b };
  else yield* differences(a, b, path, likeness);
}

function isSame(a: unknown, b: unknown, likeness: Likeness): boolean {
  if (a instanceof IdName && b instanceof IdName) return likeness.fit(a, b);
  if (a instanceof LongText && b instanceof LongText) return a.sha256 === b.sha256;
  if (likeness.blankFits && typeof a === typeof b && (a === '' || b === '')) return true;
  // What was taken out of one recording may have been anything in the other.
  return Object.is(a, b) || isPlaceholderFor(a, b) || isPlaceholderFor(b, a);
}

function isPlaceholderFor(recorded: unknown, live: unknown): boolean {
  if (typeof recorded !== 'string' || findPlaceholders(recorded).length === 0) return false;
  return matchesPlaceholder(recorded, textOf(live));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isPlain(value: unknown): value is JsonObject {
  return (
    isJsonObject(value) &&
    !(value instanceof IdName) &&
    !(value instanceof LongText) &&
    !(value instanceof AudioRun)
  );
}

function under(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value instanceof IdName || value instanceof LongText ? 'string' : typeof value;
}

/** A difference in words, without the event. */
export function differenceWords({ kind, path, a, b }: ValueDifference): string {
  if (kind === 'appeared') return `${path} appeared: ${shown(b)}`;
  if (kind === 'vanished') return `${path} vanished: was ${shown(a)}`;
  if (kind === 'type') return `${path} ${shown(a)} (${typeOf(a)}) → ${shown(b)} (${typeOf(b)})`;
  if (typeof a === 'string' && typeof b === 'string') {
    const [shownA, shownB] = aroundDifference(a, b);
    return `${path} ${shownA} → ${shownB}`;
  }
  return `${path} ${shown(a)} → ${shown(b)}`;
}

const SHOWN_CHARS = 60;
const LEAD_CHARS = 20;

/** Both texts from a little before where they part. */
function aroundDifference(a: string, b: string): [string, string] {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const from = Math.max(0, start - LEAD_CHARS);
  if (Math.max(a.length, b.length) <= SHOWN_CHARS) return [quote(a), quote(b)];
  return [cut(a, from), cut(b, from)];
}

function cut(text: string, from: number): string {
  const isCut = text.length > from + SHOWN_CHARS;
  return quote(`${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN_CHARS)}${isCut ? '…' : ''}`);
}

/** One line, without what a terminal would take as a command. */
function quote(text: string): string {
  return `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/[\u007f-\u009f]/g, '�')}'`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return cut(value, 0);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
