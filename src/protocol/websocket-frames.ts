/**
 * WebSocket frames as bytes (RFC 6455 section 5.2): building any frame, legal or not, and cutting a stream of bytes
 * into frames. Must never judge whether a frame is allowed: that is MessageReader's.
 */
import { LIMITS } from './limits.js';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
const RSV1 = 0x40;
const MASKED = 0x80;
/** The largest payload whose length fits the first length byte, and the marks of the two longer forms. */
const SHORT_BYTES = 125;
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 127;
const TWO_BYTE_MOST = 0xffff;
const TWO_TO_32 = 2 ** 32;
const MASK_BYTES = 4;
const UTF8 = new TextEncoder();

/** What a frame is made of. Nothing is checked: a fragmented ping or an opcode that nobody defined is a frame too. */
export interface FrameParts {
  /** 0 to 15. */
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Whether the message ends with this frame; default true. */
  readonly fin?: boolean;
  /** The first reserved bit, which means compression where that was agreed on; default false. */
  readonly rsv1?: boolean;
  /** The key to mask the payload with, as a client must and a server must not; default none. */
  readonly mask?: readonly [number, number, number, number] | undefined;
  /** What the header claims instead of the payload's real length; 0 to 2^64 - 1. */
  readonly declaredBytes?: number;
}

/** The bytes of one frame. */
export function frameBytes(parts: FrameParts): Uint8Array {
  const { opcode, payload, fin = true, rsv1 = false, mask } = parts;
  const length = lengthBytes(parts.declaredBytes ?? payload.length);
  const headerBytes = 1 + length.length + (mask === undefined ? 0 : MASK_BYTES);
  const frame = new Uint8Array(headerBytes + payload.length);
  frame[0] = (fin ? FIN : 0) | (rsv1 ? RSV1 : 0) | (opcode & 0x0f);
  frame.set(length, 1);
  frame.set(payload, headerBytes);
  if (mask !== undefined) {
    frame[1] = (frame[1] ?? 0) | MASKED;
    frame.set(mask, headerBytes - MASK_BYTES);
    applyMask(frame.subarray(headerBytes), mask);
  }
  return frame;
}

function lengthBytes(declaredBytes: number): number[] {
  if (declaredBytes <= SHORT_BYTES) return [declaredBytes];
  if (declaredBytes <= TWO_BYTE_MOST) return [TWO_BYTE_LENGTH, declaredBytes >> 8, declaredBytes & 0xff];
  const [high, low] = [Math.floor(declaredBytes / TWO_TO_32), declaredBytes % TWO_TO_32];
  const bytes = [high, low].flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff));
  return [EIGHT_BYTE_LENGTH, ...bytes];
}

/** Below this many bytes the words are not worth their set-up. */
const LEAST_WORD_BYTES = 64;

function applyMask(bytes: Uint8Array, mask: ArrayLike<number>): void {
  // Four bytes at a time where the memory lies on a word's boundary: megabytes of base64 go through here.
  if (bytes.length < LEAST_WORD_BYTES) {
    maskBytes(bytes, mask, 0, bytes.length);
    return;
  }
  const lead = -bytes.byteOffset & (MASK_BYTES - 1);
  maskBytes(bytes, mask, 0, lead);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + lead, (bytes.length - lead) >> 2);
  const wordMask = new Uint32Array(
    Uint8Array.from({ length: MASK_BYTES }, (_, index) => mask[(lead + index) % MASK_BYTES] ?? 0).buffer,
  );
  const key = wordMask[0] ?? 0;
  for (let index = 0; index < words.length; index += 1) words[index] = (words[index] ?? 0) ^ key;
  maskBytes(bytes, mask, lead + 4 * words.length, bytes.length);
}

function maskBytes(bytes: Uint8Array, mask: ArrayLike<number>, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    bytes[index] = (bytes[index] ?? 0) ^ (mask[index % MASK_BYTES] ?? 0);
  }
}

/** The payload of a close frame: empty without a code. Takes any 16-bit code and a reason of any length. */
export function closePayload(code?: number, reason = ''): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  return joinBytes([Uint8Array.of((code >> 8) & 0xff, code & 0xff), UTF8.encode(reason)]);
}

/** The parts behind one another, copied. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** What a frame's header says. */
export interface FrameHeader {
  readonly fin: boolean;
  /** The three reserved bits as a number, 0 to 7; the first is worth 4. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** The length that the header claims. */
  readonly declaredBytes: number;
}

/** One frame that was read. */
export interface Frame {
  readonly fin: boolean;
  /** The three reserved bits as a number, 0 to 7; the first is worth 4. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** Unmasked. It may share its memory with the bytes that were pushed. */
  readonly payload: Uint8Array;
  /** The whole frame as it came, which may share its memory as well. */
  readonly raw: Uint8Array;
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #mostPayloadBytes: number;
  #chunks: Uint8Array[] = [];
  #neededBytes = 2;
  #pendingBytes = 0;
  #pendingHeader: FrameHeader | undefined;

  /** @param mostPayloadBytes a frame that claims more is never waited for; default `LIMITS.clientFrameBytes` */
  constructor(mostPayloadBytes: number = LIMITS.clientFrameBytes) {
    this.#mostPayloadBytes = mostPayloadBytes;
  }

  /** Bytes of a frame that is not complete. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** What has come of a frame that is not complete. */
  get pending(): Uint8Array {
    return joinBytes(this.#chunks);
  }

  /** The header of the frame that is not complete, once it is known. */
  get pendingHeader(): FrameHeader | undefined {
    return this.#pendingHeader;
  }

  /** Whether a frame claimed more than the reader waits for. From then on it takes nothing and gives nothing. */
  get isOverLimit(): boolean {
    return (this.#pendingHeader?.declaredBytes ?? 0) > this.#mostPayloadBytes;
  }

  /** Takes the next bytes and gives the frames that they complete, in order. */
  push(bytes: Uint8Array): Frame[] {
    if (this.isOverLimit || bytes.length === 0) return [];
    this.#chunks.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes < this.#neededBytes) return [];
    const [first] = this.#chunks;
    return this.#cut(this.#chunks.length === 1 && first !== undefined ? first : joinBytes(this.#chunks));
  }

  #cut(stream: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let rest = stream;
    for (;;) {
      const header = readHeader(rest);
      this.#pendingHeader = header;
      this.#neededBytes = header === undefined ? rest.length + 1 : header.headerBytes + header.declaredBytes;
      if (header === undefined || this.isOverLimit || rest.length < this.#neededBytes) break;
      frames.push(frameOf(header, rest));
      rest = rest.subarray(this.#neededBytes);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
    return frames;
  }
}

type MeasuredHeader = FrameHeader & { readonly headerBytes: number };

/** The header at the beginning of `bytes`; undefined while it is not complete. */
function readHeader(bytes: Uint8Array): MeasuredHeader | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const masked = (second & MASKED) !== 0;
  const shortLength = second & 0x7f;
  const lengthSize = shortLength === TWO_BYTE_LENGTH ? 2 : shortLength === EIGHT_BYTE_LENGTH ? 8 : 0;
  const headerBytes = 2 + lengthSize + (masked ? MASK_BYTES : 0);
  if (bytes.length < headerBytes) return undefined;
  const declaredBytes =
    lengthSize === 0
      ? shortLength
      : bytes.subarray(2, 2 + lengthSize).reduce((sum, byte) => sum * 256 + byte, 0);
  const [fin, rsv, opcode] = [(first & FIN) !== 0, (first >> 4) & 7, first & 0x0f];
  return { fin, rsv, opcode, masked, declaredBytes, headerBytes };
}

function frameOf(header: MeasuredHeader, bytes: Uint8Array): Frame {
  const { fin, rsv, opcode, masked, declaredBytes, headerBytes } = header;
  const view = bytes.subarray(headerBytes, headerBytes + declaredBytes);
  const raw = bytes.subarray(0, headerBytes + declaredBytes);
  if (!masked) return { fin, rsv, opcode, masked, payload: view, raw };
  // A copy even of a Node Buffer, whose own slice is none: what was pushed may still be on its way to somebody.
  const payload = new Uint8Array(view);
  applyMask(payload, bytes.subarray(headerBytes - MASK_BYTES, headerBytes));
  return { fin, rsv, opcode, masked, payload, raw };
}
