/**
 * Finds where the string value of a key of a JSON object stands in its text, without parsing the rest: the value may be
 * megabytes of base64. Must never claim that the text is valid JSON.
 */

/** Where the content of a string stands, without its quotes. */
export interface StringPlace {
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\n\r]*/y;
const BACKSLASH = 0x5c;

/**
 * The last string value of `key` at the top level of a JSON object: of a repeated key the last one counts. Undefined
 * when there is none or the text is no object.
 */
export function findStringValue(text: string, key: string): StringPlace | undefined {
  let found: StringPlace | undefined;
  let index = skipSpace(text, 0);
  if (text[index] !== '{') return undefined;
  index = skipSpace(text, index + 1);
  while (text[index] === '"') {
    const name = stringAt(text, index);
    if (name === undefined) return undefined;
    index = skipSpace(text, name.end + 1);
    if (text[index] !== ':') return undefined;
    index = skipSpace(text, index + 1);
    if (text[index] === '"') {
      const value = stringAt(text, index);
      if (value === undefined) return undefined;
      if (text.startsWith(key, name.start) && name.end - name.start === key.length) found = value;
      index = value.end + 1;
    } else {
      index = skipOther(text, index);
    }
    index = skipSpace(text, index);
    if (text[index] !== ',') break;
    index = skipSpace(text, index + 1);
  }
  return text[index] === '}' ? found : undefined;
}

/** The string whose opening quote stands at `quote`. */
export function stringAt(text: string, quote: number): StringPlace | undefined {
  const start = quote + 1;
  let end = text.indexOf('"', start);
  while (end >= 0 && isEscaped(text, end, start)) end = text.indexOf('"', end + 1);
  return end < 0 ? undefined : { start, end };
}

function isEscaped(text: string, quote: number, start: number): boolean {
  let first = quote;
  while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  return SPACE.test(text) ? SPACE.lastIndex : from;
}

/** Behind a value that is no string. */
function skipOther(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') {
      const inner = stringAt(text, index);
      if (inner === undefined) return text.length;
      index = inner.end;
    } else if (character === '{' || character === '[') depth += 1;
    else if (depth > 0 && (character === '}' || character === ']')) depth -= 1;
    else if (depth === 0 && (character === ',' || character === '}')) return index;
  }
  return text.length;
}
