/**
 * One connection over the `ws` library: its events become calls on a ManagedConnection, and the other way round.
 * Must never decide policy (that is ManagedConnection's), and must never reach into `ws` internals.
 */

import type { WebSocket } from 'ws';
import type { Impairment } from '../../scenarios/index.js';
import { isLegalClose, rawCloseFrame } from './close-reason.js';
import type { MessageText } from './connection.js';
import { giveFrameBuffer, takeFrameBuffer } from './frame-buffers.js';
import type { ManagedConnection } from './managed-connection.js';
import type { ServiceWebSocket } from './service-web-socket.js';
import { textFrames } from './text-frames.js';
import type { Wire } from './wire.js';
import type { WireGate } from './wire-gate.js';

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
/** Text that may wait for the end of the tick; more is written at once. */
const MOST_WAITING_CHARS = 1024 * 1024;

/**
 * Sends text messages as frames of its own making, all of one tick in one write: a spoken answer is dozens of
 * messages, and one call each through library and system costs more than the rest of the answer. Everything else
 * (reading, pings, closing) is left to `ws`, which writes through the gate to the same socket.
 */
export class WsWire implements Wire {
  readonly #webSocket: ServiceWebSocket;
  readonly #gate: WireGate;
  #waiting: MessageText[] = [];
  #waitingChars = 0;

  constructor(webSocket: ServiceWebSocket, gate: WireGate) {
    this.#webSocket = webSocket;
    this.#gate = gate;
  }

  get bufferedBytes(): number {
    return this.#gate.writer.queuedBytes + this.#waitingChars;
  }

  send(text: MessageText): void {
    if (!this.#isOpen) return;
    if (this.#waiting.length === 0) process.nextTick(flush, this);
    this.#waiting.push(text);
    this.#waitingChars += charsOf(text);
    if (this.#waitingChars > MOST_WAITING_CHARS) this.flush();
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.flush();
    this.#gate.writer.send(bytes);
  }

  /** Once `ws` has answered the client's close frame, RFC 6455 allows nothing more. */
  get #isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const texts = this.#waiting;
    this.#waiting = [];
    this.#waitingChars = 0;
    let buffer: Buffer | undefined;
    const frames = textFrames(texts, (sizeBytes) => {
      buffer = takeFrameBuffer(sizeBytes);
      return buffer;
    });
    this.#gate.writer.send(frames, (error) => {
      // After an error the system may still read from it.
      if (error == null && buffer !== undefined) giveFrameBuffer(buffer);
    });
  }

  close(code: number | undefined, reason: string): void {
    this.flush();
    if (code === undefined || isLegalClose(code, reason)) {
      this.#gate.expectOwnClose();
      this.#webSocket.closeWithReason(code, reason);
    } else if (this.#isOpen) this.#gate.writer.sendLast(rawCloseFrame(code, reason));
  }

  end(): void {
    this.flush();
    this.#gate.endSocket();
  }

  reset(): void {
    this.flush();
    this.#gate.resetSocket();
  }

  terminate(): void {
    // What was sent in this tick leaves before the drop, as it would have one by one.
    this.flush();
    this.#webSocket.terminate();
  }

  release(): void {
    this.flush();
    this.#gate.release();
  }

  impair(impairment: Impairment): void {
    this.flush();
    this.#gate.impair(impairment);
  }

  setReading(reading: boolean): void {
    if (reading) this.#webSocket.resume();
    else this.#webSocket.pause();
  }

  whenTaken(callback: () => void): void {
    this.flush();
    this.#gate.writer.whenTaken(callback);
  }
}

function charsOf(text: MessageText): number {
  return typeof text === 'string' ? text.length : text.reduce((sum, piece) => sum + piece.length, 0);
}

function flush(wire: WsWire): void {
  wire.flush();
}

/**
 * Feeds what `webSocket` receives, and its end, to `connection`. What a message caused is on the socket before
 * `ws` reads on: it answers the next close frame or ping by itself, and that answer must not overtake.
 */
export function forwardWsEvents(webSocket: WebSocket, wire: WsWire, connection: ManagedConnection): void {
  let protocolError: { code: number; reason: string } | undefined;
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) connection.receiveBinary(data.length);
    else connection.receiveText(data.toString('utf8'));
    wire.flush();
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
