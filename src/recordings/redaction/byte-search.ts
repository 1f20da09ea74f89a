/**
 * Looks for short texts in the bytes of sound and images, which nobody wants to read as text: skips by what it sees at the
 * end of each place (Horspool). Must never allocate for what it searches.
 */
import { foldCase } from './text-view.js';

/** The lower case of each byte, as a character of Latin-1 where there is one. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => {
  const folded = foldCase(String.fromCharCode(byte)).charCodeAt(0);
  return folded < 256 ? folded : byte;
});

export class ByteNeedle {
  readonly #bytes: Uint8Array;
  readonly #skips: Int32Array;

  /** @param text one character a byte, in any letter case */
  constructor(text: string) {
    this.#bytes = Uint8Array.from(text, (character) => FOLDED[character.charCodeAt(0) & 0xff] ?? 0);
    const last = this.#bytes.length - 1;
    this.#skips = new Int32Array(256).fill(this.#bytes.length);
    for (let index = 0; index < last; index += 1) this.#skips[this.#bytes[index] ?? 0] = last - index;
  }

  isIn(bytes: Uint8Array): boolean {
    const needle = this.#bytes;
    const last = needle.length - 1;
    if (last < 0) return false;
    for (let end = last; end < bytes.length; ) {
      const seen = FOLDED[bytes[end] as number] as number;
      if (seen === needle[last]) {
        let back = 1;
        while (back <= last && FOLDED[bytes[end - back] as number] === needle[last - back]) back += 1;
        if (back > last) return true;
      }
      end += this.#skips[seen] as number;
    }
    return false;
  }
}
