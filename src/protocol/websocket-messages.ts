/**
 * What a correct client makes of the bytes a server sends (RFC 6455): whole messages, control frames, and the first
 * thing that breaks the protocol, with the close code it deserves. Must never answer anything by itself.
 */
import { LIMITS } from './limits.js';
import { type FrameHeader, FrameReader, joinBytes, OPCODES } from './websocket-frames.js';

/** One thing that was read. */
export type ReceivedMessage =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly payload: Uint8Array }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Uint8Array }
  /** `code` is undefined when the close frame had an empty payload. */
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string }
  /** `closeCode`: 1002, 1007 (no UTF-8), 1008 (too many fragments) or 1009 (too large). */
  | { readonly kind: 'protocol-error'; readonly closeCode: number; readonly message: string };

type ProtocolError = Extract<ReceivedMessage, { kind: 'protocol-error' }>;

export interface MessageReaderOptions {
  /** Bytes of one message; default `LIMITS.clientFrameBytes`. */
  readonly mostMessageBytes?: number;
  /** Fragments of one message; default `LIMITS.messageFragments`. */
  readonly mostFragments?: number;
}

const MOST_CONTROL_BYTES = 125;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether RFC 6455 section 7.4 lets a close frame carry `code`. */
export function isLegalCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code === 1004 || code === 1005 || code === 1006) return false;
  return (code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Reads one server's stream. After a close frame or a protocol error it gives nothing more. */
export class MessageReader {
  readonly #mostMessageBytes: number;
  readonly #mostFragments: number;
  readonly #frames: FrameReader;
  #hasEnded = false;
  /** The opcode of the message whose fragments are being collected. */
  #opcode: number | undefined;
  #fragments: Uint8Array[] = [];
  #fragmentCount = 0;
  #messageBytes = 0;

  constructor(options: MessageReaderOptions = {}) {
    this.#mostMessageBytes = options.mostMessageBytes ?? LIMITS.clientFrameBytes;
    this.#mostFragments = options.mostFragments ?? LIMITS.messageFragments;
    this.#frames = new FrameReader(this.#mostMessageBytes);
  }

  /** Whether the stream is between two messages: the next byte begins a frame that begins a message. */
  get isBetweenMessages(): boolean {
    return this.#frames.pendingBytes === 0 && this.#opcode === undefined;
  }

  /** Takes the next bytes and gives what they complete, in order. */
  push(bytes: Uint8Array): ReceivedMessage[] {
    const received: ReceivedMessage[] = [];
    if (this.#hasEnded) return received;
    for (const { payload, ...header } of this.#frames.push(bytes)) {
      const message = this.#readFrame({ ...header, declaredBytes: payload.length }, payload);
      if (message !== undefined) received.push(message);
      if (this.#hasEnded) return received;
    }
    // A frame that cannot become legal is refused at its header: its payload may never come.
    const pending = this.#frames.pendingHeader;
    const error = pending === undefined ? undefined : this.#judge(pending);
    if (error !== undefined) received.push(error);
    return received;
  }

  #readFrame(header: FrameHeader, payload: Uint8Array): ReceivedMessage | undefined {
    const error = this.#judge(header);
    if (error !== undefined) return error;
    const { opcode } = header;
    if (opcode === OPCODES.ping) return { kind: 'ping', payload };
    if (opcode === OPCODES.pong) return { kind: 'pong', payload };
    if (opcode === OPCODES.close) return this.#readClose(payload);
    return this.#readFragment(header, payload);
  }

  /** What is wrong with a frame by its header alone. */
  #judge(header: FrameHeader): ProtocolError | undefined {
    const { fin, rsv, opcode, masked, declaredBytes } = header;
    if (rsv !== 0) return this.#fail('the reserved bits must be clear');
    if (masked) return this.#fail('a server must not mask');
    if (opcode === OPCODES.close || opcode === OPCODES.ping || opcode === OPCODES.pong) {
      if (!fin) return this.#fail('a control frame must not be fragmented');
      if (declaredBytes > MOST_CONTROL_BYTES || (opcode === OPCODES.close && declaredBytes === 1)) {
        return this.#fail(`a control frame with opcode ${opcode} must not have ${declaredBytes} bytes`);
      }
      return undefined;
    }
    if (opcode === OPCODES.continuation) {
      if (this.#opcode === undefined) return this.#fail('a continuation of nothing');
    } else if (opcode !== OPCODES.text && opcode !== OPCODES.binary) {
      return this.#fail(`invalid opcode ${opcode}`);
    } else if (this.#opcode !== undefined) return this.#fail('a new message inside a fragmented message');
    if (this.#messageBytes + declaredBytes > this.#mostMessageBytes) {
      return this.#fail(`a message over ${this.#mostMessageBytes} bytes`, 1009);
    }
    return undefined;
  }

  #readFragment({ fin, opcode }: FrameHeader, payload: Uint8Array): ReceivedMessage | undefined {
    this.#opcode ??= opcode;
    this.#fragmentCount += 1;
    this.#messageBytes += payload.length;
    if (this.#fragmentCount > this.#mostFragments) return this.#fail('too many fragments', 1008);
    if (payload.length > 0) this.#fragments.push(payload);
    if (!fin) return undefined;
    const message = joinBytes(this.#fragments);
    const isText = this.#opcode === OPCODES.text;
    this.#opcode = undefined;
    this.#fragments = [];
    this.#fragmentCount = 0;
    this.#messageBytes = 0;
    if (!isText) return { kind: 'binary', payload: message };
    const text = decode(message);
    return text === undefined ? this.#fail('invalid UTF-8', 1007) : { kind: 'text', text };
  }

  #readClose(payload: Uint8Array): ReceivedMessage {
    const [high, low] = payload;
    const code = high === undefined || low === undefined ? undefined : high * 256 + low;
    if (code !== undefined && !isLegalCloseCode(code)) return this.#fail(`invalid close code ${code}`);
    const reason = decode(payload.subarray(2));
    if (reason === undefined) return this.#fail('invalid UTF-8', 1007);
    this.#hasEnded = true;
    return { kind: 'close', code, reason };
  }

  #fail(problem: string, closeCode = 1002): ProtocolError {
    this.#hasEnded = true;
    return { kind: 'protocol-error', closeCode, message: `Invalid WebSocket frame: ${problem}` };
  }
}

/** The text of UTF-8 bytes; undefined when they are none. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
