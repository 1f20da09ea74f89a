/**
 * One connection over the `ws` library: its events become calls on a ManagedConnection, and the other way round.
 * Must never decide policy (that is ManagedConnection's), and must never reach into `ws` internals.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { isLegalClose, rawCloseFrame } from './close-reason.js';
import type { ManagedConnection, Wire } from './managed-connection.js';

/** The close code that `ws` sends for each of its errors; any other is a protocol error, 1002. */
const CLOSE_CODE_OF_ERROR: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};
const PROTOCOL_ERROR = 1002;
/** What `ws` reports when no close frame came, and when one came without a code. */
const NO_CLOSE_FRAME = 1006;
const NO_STATUS = 1005;
const EMPTY = new Uint8Array(0);

export class WsWire implements Wire {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  #corked = false;

  constructor(webSocket: WebSocket, socket: Duplex) {
    this.#webSocket = webSocket;
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(text: string): void {
    this.#corkUntilNextTick();
    this.#webSocket.send(text);
  }

  close(code: number, reason: string): void {
    if (isLegalClose(code, reason)) this.#webSocket.close(code, reason);
    else if (this.#socket.writable) this.#socket.write(rawCloseFrame(code, reason));
  }

  terminate(): void {
    // What was sent in this tick leaves before the drop, as it would have without the cork.
    if (this.#corked) this.#socket.uncork();
    this.#webSocket.terminate();
  }

  setReading(reading: boolean): void {
    if (reading) this.#webSocket.resume();
    else this.#webSocket.pause();
  }

  whenTaken(callback: () => void): void {
    // An empty write adds no bytes to the stream; its callback comes when all before it was handed over.
    if (this.#socket.writable) this.#socket.write(EMPTY, (error) => error ?? callback());
  }

  /** A burst of small messages becomes one system call instead of one each. */
  #corkUntilNextTick(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(uncork, this);
  }

  static uncork(wire: WsWire): void {
    wire.#corked = false;
    wire.#socket.uncork();
  }
}

function uncork(wire: WsWire): void {
  WsWire.uncork(wire);
}

/** Feeds what `webSocket` receives, and its end, to `connection`. */
export function forwardWsEvents(webSocket: WebSocket, connection: ManagedConnection): void {
  let protocolError: { code: number; reason: string } | undefined;
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) connection.receiveBinary(data.length);
    else connection.receiveText(data.toString('utf8'));
  });
  webSocket.on('ping', () => connection.receivePing());
  webSocket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith('WS_ERR_') !== true) return;
    protocolError = { code: CLOSE_CODE_OF_ERROR[error.code] ?? PROTOCOL_ERROR, reason: error.message };
  });
  webSocket.on('close', (code: number, reason: Buffer) => {
    if (protocolError !== undefined) {
      connection.ended(protocolError.code, protocolError.reason, 'protocol-error');
    } else if (code === NO_CLOSE_FRAME) connection.ended(undefined, '', 'dropped');
    else connection.ended(code === NO_STATUS ? undefined : code, reason.toString('utf8'), 'client');
  });
}
