/**
 * WebSocket frames of text messages as a server sends them: final, unmasked, not compressed (RFC 6455 section 5.2).
 * Bytes only; must never touch a socket.
 */

import type { MessageText } from './connection.js';

/** FIN and the text opcode. */
const FINAL_TEXT = 0x81;
/** The largest payload whose length fits the first length byte, and the marks of the two longer forms. */
const SHORT_BYTES = 125;
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 127;
const TWO_BYTE_MOST = 0xffff;
const LONGEST_HEADER_BYTES = 10;

/**
 * The frames of the messages in order, one behind the other. Lone surrogates become U+FFFD, as UTF-8 demands.
 *
 * @param allocate gives a buffer of at least so many bytes; the result is its beginning
 */
export function textFrames(texts: readonly MessageText[], allocate: (sizeBytes: number) => Buffer): Buffer {
  const messages = texts.map(measure);
  const total = messages.reduce((sum, { sizeBytes }) => sum + sizeBytes + LONGEST_HEADER_BYTES, 0);
  const frames = allocate(total);
  let offset = 0;
  for (const { pieces, sizes, sizeBytes } of messages) {
    offset = writeHeader(frames, offset, sizeBytes);
    for (const [index, piece] of pieces.entries()) {
      // As many bytes as characters: ASCII, which needs no encoding.
      offset += frames.write(piece, offset, sizes[index] === piece.length ? 'latin1' : 'utf8');
    }
  }
  return frames.subarray(0, offset);
}

function measure(text: MessageText) {
  const pieces = typeof text === 'string' ? [text] : text;
  const sizes = pieces.map((piece) => Buffer.byteLength(piece));
  return { pieces, sizes, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) };
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
