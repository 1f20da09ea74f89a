/**
 * WebSocket frames of text messages as a server sends them: final, unmasked, not compressed (RFC 6455 section 5.2).
 * Bytes only; must never touch a socket.
 */

/** FIN and the text opcode. */
const FINAL_TEXT = 0x81;
/** The largest payload whose length fits the first length byte, and the marks of the two longer forms. */
const SHORT_BYTES = 125;
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 127;
const TWO_BYTE_MOST = 0xffff;
const LONGEST_HEADER_BYTES = 10;

/** The frames of the messages in order, in one buffer. Lone surrogates become U+FFFD, as UTF-8 demands. */
export function textFrames(texts: readonly string[]): Buffer {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const total = sizes.reduce((sum, size) => sum + size + LONGEST_HEADER_BYTES, 0);
  const frames = Buffer.allocUnsafe(total);
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    offset = writeHeader(frames, offset, sizes[index] ?? 0);
    offset += frames.write(text, offset);
  }
  return frames.subarray(0, offset);
}

function writeHeader(frames: Buffer, start: number, sizeBytes: number): number {
  let offset = frames.writeUInt8(FINAL_TEXT, start);
  if (sizeBytes <= SHORT_BYTES) return frames.writeUInt8(sizeBytes, offset);
  if (sizeBytes <= TWO_BYTE_MOST) {
    offset = frames.writeUInt8(TWO_BYTE_LENGTH, offset);
    return frames.writeUInt16BE(sizeBytes, offset);
  }
  offset = frames.writeUInt8(EIGHT_BYTE_LENGTH, offset);
  offset = frames.writeUInt32BE(0, offset);
  return frames.writeUInt32BE(sizeBytes, offset);
}
