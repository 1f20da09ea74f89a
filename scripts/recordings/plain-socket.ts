/**
 * A WebSocket of a client that is the same in every run: its own headers in a fixed order, one key, one mask, no pings.
 * It opens TCP and closes it as a client should. Must never draw a random number or look at a clock.
 */
import { connect, type Socket } from 'node:net';
import {
  type ClientSocket,
  type ClientSocketFactory,
  type ClientSocketHandlers,
  type ClientSocketRequest,
  LIMITS,
} from '../../src/protocol/index.js';
import {
  closePayload,
  type Frame,
  FrameReader,
  frameBytes,
  joinBytes,
  OPCODES,
} from '../../src/protocol/websocket-frames.js';

/** The example of RFC 6455, section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const MASK = [0x73, 0x6f, 0x75, 0x6e] as const;
const SWITCHING = 101;
/** When no close frame came. */
const LOST = 1006;
const HEAD_END = '\r\n\r\n';

/** A socket that can send binary messages as well. */
export interface PlainSocket extends ClientSocket {
  sendBinary(bytes: Uint8Array): void;
}

/** The same as a transport of the reference client. */
export const plainTransport: ClientSocketFactory = (request, handlers) => openPlainSocket(request, handlers);

/** Opens one over TCP; `ws:` only. */
export function openPlainSocket(request: ClientSocketRequest, handlers: ClientSocketHandlers): PlainSocket {
  return new OpenSocket(request, handlers);
}

class OpenSocket implements PlainSocket {
  readonly bufferedBytes = 0;
  readonly #handlers: ClientSocketHandlers;
  readonly #tcp: Socket;
  readonly #reader = new FrameReader(LIMITS.clientFrameBytes);
  #fragments: Frame[] = [];
  /** What came before the answer was whole. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #hasSentClose = false;
  #closed: { readonly code: number | undefined; readonly reason: string } | undefined;

  constructor(request: ClientSocketRequest, handlers: ClientSocketHandlers) {
    const { hostname, port } = new URL(request.url);
    this.#handlers = handlers;
    this.#tcp = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    this.#tcp.write(requestHead(request), 'latin1');
    this.#tcp.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#tcp.on('error', (error) => handlers.onError(error));
    this.#tcp.on('end', () => {
      if (this.#head !== undefined) this.#takeRefusal(this.#head);
      this.#tcp.end();
    });
    this.#tcp.on('close', () => {
      const { code, reason } = this.#closed ?? { code: LOST, reason: '' };
      handlers.onClose(code, reason);
    });
  }

  send(text: string): void {
    this.#write(OPCODES.text, new TextEncoder().encode(text));
  }

  sendBinary(bytes: Uint8Array): void {
    this.#write(OPCODES.binary, bytes);
  }

  close(code?: number, reason?: string): void {
    if (this.#hasSentClose) return;
    this.#write(OPCODES.close, closePayload(code, reason));
    this.#hasSentClose = true;
  }

  terminate(): void {
    this.#tcp.destroy();
  }

  #write(opcode: number, payload: Uint8Array): void {
    if (this.#hasSentClose) throw new Error('the closing handshake has begun');
    this.#tcp.write(frameBytes({ opcode, payload, mask: MASK }));
  }

  #take(bytes: Buffer): void {
    if (this.#head === undefined) {
      this.#takeFrames(bytes);
      return;
    }
    const head = Buffer.concat([this.#head, bytes]);
    this.#head = head;
    const end = head.indexOf(HEAD_END);
    // A refusal ends with its connection.
    if (end < 0 || statusOf(head) !== SWITCHING) return;
    this.#head = undefined;
    this.#handlers.onOpen();
    this.#takeFrames(head.subarray(end + HEAD_END.length));
  }

  #takeRefusal(head: Buffer): void {
    const end = head.indexOf(HEAD_END);
    if (end >= 0) this.#handlers.onRefused(statusOf(head), head.toString('utf8', end + HEAD_END.length));
  }

  #takeFrames(bytes: Uint8Array): void {
    for (const frame of this.#reader.push(bytes)) this.#takeFrame(frame);
  }

  #takeFrame(frame: Frame): void {
    const { opcode, payload } = frame;
    if (opcode === OPCODES.ping) this.#write(OPCODES.pong, payload);
    else if (opcode === OPCODES.close) this.#takeClose(payload);
    else if (opcode !== OPCODES.pong) this.#takeFragment(frame);
  }

  #takeFragment(frame: Frame): void {
    this.#fragments.push(frame);
    if (!frame.fin) return;
    const [first] = this.#fragments;
    const payload = joinBytes(this.#fragments.splice(0).map((fragment) => fragment.payload));
    if (first?.opcode === OPCODES.binary) this.#handlers.onBinary(payload.length);
    else this.#handlers.onText(new TextDecoder().decode(payload));
  }

  /** Answered with the same code; the server ends the connection. */
  #takeClose(payload: Uint8Array): void {
    const [high, low = 0] = payload;
    const code = high === undefined ? undefined : high * 256 + low;
    this.#closed = { code, reason: new TextDecoder().decode(payload.subarray(2)) };
    this.close(code);
  }
}

function requestHead({ url, headers, protocols }: ClientSocketRequest): string {
  const { host, pathname, search } = new URL(url);
  const lines = [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    ...(protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}${HEAD_END}`;
}

function statusOf(head: Buffer): number {
  return Number(head.toString('latin1', 'HTTP/1.1 '.length, 'HTTP/1.1 101'.length));
}
