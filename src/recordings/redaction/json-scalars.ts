/**
 * Where the scalars of a JSON text stand, with the way to each, so that one can be replaced and all else stays as it was
 * written. Works without recursion, on text that is known to be JSON. Must never parse what it was not asked to.
 */
import { stringAt } from '../string-places.js';

/** A string, a number, `true`, `false`, `null`, or the key of a member. */
export interface JsonScalar {
  readonly kind: 'key' | 'string' | 'other';
  /** Of a string without its quotes. */
  readonly start: number;
  readonly end: number;
  /** Keys and indices from the top; of a key, those of its value. Valid until the next scalar is asked for. */
  readonly path: readonly (string | number)[];
}

const OTHER = /[^\s,\]}]+/y;

/** Every scalar, in order. */
export function* jsonScalars(text: string): Generator<JsonScalar> {
  const path: (string | number)[] = [];
  const isArray: boolean[] = [];
  let expectsKey = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '{' || character === '[') {
      isArray.push(character === '[');
      path.push(character === '[' ? 0 : '');
      expectsKey = character === '{';
    } else if (character === '}' || character === ']') {
      isArray.pop();
      path.pop();
      expectsKey = false;
    } else if (character === ',') {
      const inArray = isArray.at(-1) === true;
      expectsKey = !inArray;
      if (inArray) path.push(Number(path.pop()) + 1);
    } else if (character === '"') {
      const place = stringAt(text, index);
      if (place === undefined) return;
      if (expectsKey) path[path.length - 1] = keyOf(text.slice(index, place.end + 1));
      yield { kind: expectsKey ? 'key' : 'string', ...place, path };
      expectsKey = false;
      index = place.end;
    } else if (character !== ':' && !isSpace(character)) {
      OTHER.lastIndex = index;
      const end = OTHER.test(text) ? OTHER.lastIndex : index + 1;
      yield { kind: 'other', start: index, end, path };
      index = end - 1;
    }
  }
}

/** A key that one object of a JSON text has twice. */
export function repeatedKey(text: string): string | undefined {
  const seen: { path: string; keys: Set<unknown> }[] = [];
  for (const { kind, path } of jsonScalars(text)) {
    if (kind !== 'key') continue;
    const depth = path.length;
    const parent = JSON.stringify(path.slice(0, -1));
    seen.length = Math.min(seen.length, depth);
    const known = seen[depth - 1];
    const keys = known?.path === parent ? known.keys : new Set<unknown>();
    if (keys.has(path.at(-1))) return String(path.at(-1));
    keys.add(path.at(-1));
    seen[depth - 1] = { path: parent, keys };
  }
  return undefined;
}

/** Whether a text is a JSON object or array. */
export function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function keyOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
