/**
 * What the base64 inside a text says, wherever it begins: standard or URL-safe alphabet, padded or not, glued to other
 * words. Must never hold more than one decoded run at a time.
 */
import { plainView, type TextView, through, unwrapped } from './text-view.js';

const VALUES = new Int8Array(128).fill(-1);
for (const alphabet of [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
]) {
  for (let value = 0; value < 64; value += 1) VALUES[alphabet.charCodeAt(value)] = value;
}

/** A run of characters of either alphabet. */
export interface Base64Run {
  readonly start: number;
  readonly end: number;
}

/** Runs of at least `minChars` characters. */
export function* base64Runs(text: string, minChars: number): Generator<Base64Run> {
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : 0;
    if (code < 128 && (VALUES[code] ?? -1) >= 0) continue;
    if (index - start >= minChars) yield { start, end: index };
    start = index + 1;
  }
}

/**
 * The run read as base64 that begins at each of its first four characters, one character a byte. Whatever is found is
 * mapped to all characters that hold a bit of it.
 */
export function* base64Views(text: string, { start, end }: Base64Run): Generator<TextView> {
  for (let first = start; first < start + 4 && first + 1 < end; first += 1) {
    yield {
      text: decode(text, first, end),
      startOf: (index) => first + Math.floor((4 * index) / 3),
      endOf: (index) => first + Math.ceil((4 * index) / 3),
    };
  }
}

function decode(text: string, from: number, end: number): string {
  const bytes = new Uint8Array(Math.floor((3 * (end - from)) / 4));
  let [bits, count, filled] = [0, 0, 0];
  for (let index = from; index < end && filled < bytes.length; index += 1) {
    bits = ((bits << 6) | (VALUES[text.charCodeAt(index)] ?? 0)) & 0x3fff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[filled] = bits >> count;
    filled += 1;
  }
  return fromLatin1(bytes);
}

function fromLatin1(bytes: Uint8Array): string {
  if (bytes.length <= 4_096) return String.fromCharCode(...bytes);
  const pieces: string[] = [];
  for (let index = 0; index < bytes.length; index += 4_096)
    pieces.push(String.fromCharCode(...bytes.subarray(index, index + 4_096)));
  return pieces.join('');
}

/** The text without the line breaks that wrapped base64 has, as well as the text itself. */
export function unwrappedViews(text: string): readonly TextView[] {
  const plain = plainView(text);
  const without = unwrapped(text);
  return without === undefined ? [plain] : [plain, through(plain, without)];
}
