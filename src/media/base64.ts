/**
 * Strict base64 (RFC 4648 section 4) both ways: the one file that knows `Buffer`, and works without it. Must
 * never repair what it is given: text that is not exactly what an encoder writes is no base64.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 0x3d;
const INVALID = 0xff;

/** `Buffer` where the platform has it (Node), nothing in a browser. */
const NativeBuffer: typeof Buffer | undefined = globalThis.Buffer;

const DECODE_TABLE = buildDecodeTable();

/**
 * Decodes base64, or returns undefined when the text is not strict: wrong alphabet (URL-safe included),
 * whitespace, missing or misplaced padding, or bits set beyond the last byte. The empty text is no bytes.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  return NativeBuffer === undefined ? decodeByTable(text) : decodeByBuffer(NativeBuffer, text);
}

/** Encodes bytes as base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  if (NativeBuffer === undefined) return encodeByTable(bytes);
  return NativeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * `Buffer` decodes leniently, so the check is that encoding the result gives the text back. That is exact by
 * construction and, both ways being vectorised, cheaper than looking at each character.
 */
function decodeByBuffer(native: typeof Buffer, text: string): Uint8Array | undefined {
  const decoded = native.from(text, 'base64');
  if (decoded.toString('base64') !== text) return undefined;
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
}

function decodeByTable(text: string): Uint8Array | undefined {
  const paddingChars = countPadding(text);
  const digitCount = text.length - paddingChars;
  const bytes = new Uint8Array((text.length / 4) * 3 - paddingChars);
  let pendingBits = 0;
  let pendingBitCount = 0;
  let offsetBytes = 0;
  for (let index = 0; index < digitCount; index += 1) {
    const digit = DECODE_TABLE[text.charCodeAt(index)] ?? INVALID;
    if (digit === INVALID) return undefined;
    pendingBits = ((pendingBits << 6) | digit) & 0xfff;
    pendingBitCount += 6;
    if (pendingBitCount >= 8) {
      pendingBitCount -= 8;
      bytes[offsetBytes] = (pendingBits >>> pendingBitCount) & 0xff;
      offsetBytes += 1;
    }
  }
  const leftoverBits = pendingBits & ((1 << pendingBitCount) - 1);
  return leftoverBits === 0 ? bytes : undefined;
}

function countPadding(text: string): number {
  if (text.length === 0 || text.charCodeAt(text.length - 1) !== PADDING) return 0;
  return text.charCodeAt(text.length - 2) === PADDING ? 2 : 1;
}

/** Characters are collected in pieces: one string of a few million additions would be a deep rope. */
const ENCODE_CHUNK_BYTES = 3 * 4096;

function encodeByTable(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += ENCODE_CHUNK_BYTES) {
    pieces.push(encodeChunk(bytes.subarray(start, start + ENCODE_CHUNK_BYTES)));
  }
  return pieces.join('');
}

function encodeChunk(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const first = bytes[index] ?? 0;
    const second = bytes[index + 1];
    const third = bytes[index + 2];
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += ALPHABET.charAt(group >>> 18) + ALPHABET.charAt((group >>> 12) & 63);
    text += second === undefined ? '=' : ALPHABET.charAt((group >>> 6) & 63);
    text += third === undefined ? '=' : ALPHABET.charAt(group & 63);
  }
  return text;
}

function buildDecodeTable(): Uint8Array {
  const table = new Uint8Array(128).fill(INVALID);
  for (let value = 0; value < ALPHABET.length; value += 1) table[ALPHABET.charCodeAt(value)] = value;
  return table;
}
