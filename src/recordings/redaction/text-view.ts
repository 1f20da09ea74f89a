/**
 * A text as it reads once an escape is undone, with the way back to where each character came from, so that what is found
 * in the plain reading can be taken out of the escaped one. Linear in the text. Must never throw: what is no escape stays.
 */

/** A reading of a source text. */
export interface TextView {
  readonly text: string;
  /** Where the character at `index` of the reading begins in the source. */
  readonly startOf: (index: number) => number;
  /** Where the character before `index` of the reading ends in the source. */
  readonly endOf: (index: number) => number;
  /** Where in the source an escape begins that the end of the text has cut off. */
  readonly cutAt?: number | undefined;
}

/** The text itself. */
export function plainView(text: string): TextView {
  return { text, startOf: identity, endOf: identity };
}

function identity(index: number): number {
  return index;
}

/** A view of a view as a view of its source. */
export function through(outer: TextView, inner: TextView): TextView {
  const cutAt = inner.cutAt === undefined ? undefined : outer.startOf(inner.cutAt);
  return {
    text: inner.text,
    startOf: (index) => outer.startOf(inner.startOf(index)),
    endOf: (index) => outer.endOf(inner.endOf(index)),
    cutAt: cutAt ?? outer.cutAt,
  };
}

/** Collects a reading: literal runs, and escapes that are shorter when they are undone. */
class ViewBuilder {
  readonly #source: string;
  readonly #pieces: string[] = [];
  /** For each escape: where the reading goes on, and how much shorter it is than the source up to there. */
  readonly #at: number[] = [];
  readonly #shift: number[] = [];
  #length = 0;
  #copied = 0;
  #cutAt: number | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Puts `text` for what stands from `start` to `end`. */
  replace(start: number, end: number, text: string): void {
    if (start > this.#copied) this.#push(this.#source.slice(this.#copied, start));
    this.#push(text);
    this.#copied = end;
    this.#at.push(this.#length);
    this.#shift.push(end - this.#length);
  }

  /** The end of the text has cut an escape off. */
  cut(start: number): void {
    this.replace(start, this.#source.length, '');
    this.#cutAt = start;
  }

  /** Undefined when nothing was replaced. */
  view(): TextView | undefined {
    if (this.#at.length === 0) return undefined;
    this.#push(this.#source.slice(this.#copied));
    const [at, shift] = [this.#at, this.#shift];
    const startOf = (index: number) => index + (shift[lastUpTo(at, index)] ?? 0);
    // The end of a character is the end of what was undone for it: of several escapes that end here, the first.
    const endOf = (index: number) => {
      const last = lastUpTo(at, index);
      if (last >= 0 && at[last] === index) return index + (shift[firstAt(at, last)] ?? 0);
      return index + (shift[last] ?? 0);
    };
    return { text: this.#pieces.join(''), startOf, endOf, cutAt: this.#cutAt };
  }

  #push(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
  }
}

/** The last place in an ascending list that is not above `value`; -1 when all are. */
function lastUpTo(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function firstAt(list: readonly number[], last: number): number {
  let first = last;
  while (first > 0 && list[first - 1] === list[last]) first -= 1;
  return first;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const HEX4 = /^[0-9a-fA-F]{4}$/;
const HEX_START = /^[0-9a-fA-F]{0,3}$/;

/** The text with JSON's escapes undone; undefined when it has none. */
export function jsonUnescaped(text: string): TextView | undefined {
  let index = text.indexOf('\\');
  if (index < 0) return undefined;
  const builder = new ViewBuilder(text);
  while (index >= 0) {
    let next = index + 1;
    const letter = text[next];
    if (letter === undefined) builder.cut(index);
    else if (letter === 'u' || letter === 'U') {
      const digits = text.slice(index + 2, index + 6);
      if (HEX4.test(digits)) {
        next = index + 6;
        builder.replace(index, next, String.fromCharCode(Number.parseInt(digits, 16)));
      } else if (index + 2 + digits.length === text.length && HEX_START.test(digits)) builder.cut(index);
    } else {
      const plain = SHORT_ESCAPES[letter];
      if (plain !== undefined) {
        next = index + 2;
        builder.replace(index, next, plain);
      }
    }
    index = text.indexOf('\\', next);
  }
  return builder.view();
}

/** The text with `%XX` undone, as UTF-8 where it is and as Latin-1 where not; undefined when it has none. */
export function percentDecoded(text: string): TextView | undefined {
  let index = text.indexOf('%');
  if (index < 0) return undefined;
  const builder = new ViewBuilder(text);
  while (index >= 0) {
    const end = runEnd(text, index);
    decodeRun(text, index, end, builder);
    if (end === index && text.length - index < 3) builder.cut(index);
    index = text.indexOf('%', Math.max(end, index + 1));
  }
  return builder.view();
}

/** Behind a run of `%XX%XX…`. */
function runEnd(text: string, start: number): number {
  let end = start;
  while (byteAt(text, end) >= 0) end += 3;
  return end;
}

/** The byte of `%XX`, or -1. */
function byteAt(text: string, index: number): number {
  if (text.charCodeAt(index) !== 0x25) return -1;
  const high = hexValue(text.charCodeAt(index + 1));
  const low = hexValue(text.charCodeAt(index + 2));
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Bytes as characters, where they are UTF-8; undefined when there are none beyond ASCII. */
export function utf8Decoded(text: string): TextView | undefined {
  if (!/[\xc2-\xf4](?:[\x80-\xbf]|$)/.test(text)) return undefined;
  const builder = new ViewBuilder(text);
  for (const { index, 0: run } of text.matchAll(/[\xc2-\xf4][\x80-\xff]*/g)) {
    decodeUtf8(index, index + run.length, 1, (at) => byteOf(text.charCodeAt(at)), text.length, builder);
  }
  return builder.view();
}

function byteOf(code: number): number {
  return code <= 0xff ? code : -1;
}

function decodeRun(text: string, start: number, end: number, builder: ViewBuilder): void {
  decodeUtf8(start, end, 3, (at) => byteAt(text, at), text.length - 2, builder);
}

/** @param width characters that stand for one byte @param cutFrom where no whole byte fits any more */
function decodeUtf8(
  start: number,
  end: number,
  width: number,
  byte: (index: number) => number,
  cutFrom: number,
  builder: ViewBuilder,
): void {
  for (let index = start; index < end; ) {
    const lead = byte(index);
    const wanted = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    let count = 1;
    let code = wanted === 1 ? lead : lead & (0x7f >> wanted);
    for (; count < wanted; count += 1) {
      const next = byte(index + width * count);
      if (next < 0x80 || next > 0xbf) break;
      code = (code << 6) | (next & 0x3f);
    }
    if (count < wanted && index + width * count >= cutFrom) {
      builder.cut(index);
      return;
    }
    const isWhole = count === wanted && code <= 0x10ffff;
    const length = isWhole ? width * count : width;
    builder.replace(index, index + length, isWhole ? String.fromCodePoint(code) : String.fromCharCode(lead));
    index += length;
  }
}

/** A text with its line breaks left out, as base64 is wrapped; undefined when it has none. */
export function unwrapped(text: string): TextView | undefined {
  if (!/[\r\n]/.test(text)) return undefined;
  const builder = new ViewBuilder(text);
  for (const { index, 0: lineBreak } of text.matchAll(/[\r\n]+/g))
    builder.replace(index, index + lineBreak.length, '');
  return builder.view();
}

/** Bytes as a text of one character a byte: UTF-8 inside them is found by the UTF-8 of what is looked for. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 8_192)
    text += String.fromCharCode(...bytes.subarray(index, index + 8_192));
  return text;
}

/** Lower case without a change of length, so that places stay the same. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
  let folded = '';
  for (let index = 0; index < text.length; index += 1) {
    const one = text.charAt(index).toLowerCase();
    folded += one.length === 1 ? one : text.charAt(index);
  }
  return folded.replaceAll('ς', 'σ');
}
