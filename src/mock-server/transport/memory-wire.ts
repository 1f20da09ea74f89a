/**
 * The server's end of an in-process connection: what the server does is put on its way to the client, what the
 * client did arrives here. Must follow `WsWire` in everything either side can observe.
 */

import { Buffer } from 'node:buffer';
import type { Impairment } from '../../scenarios/index.js';
import { rawCloseFrame } from './close-reason.js';
import type { CloseCause, MessageText } from './connection.js';
import type { DeliveryLane } from './delivery-lane.js';
import type { ManagedConnection } from './managed-connection.js';
import type { Wire } from './wire.js';

/** Bytes that a frame counts for beside its text: a header of at most this size. */
export const FRAME_HEADER_BYTES = 10;

/** The client's end, as this one reaches it. */
export interface MemoryClientEnd {
  receiveText(text: string): void;
  receiveBytes(bytes: Uint8Array): void;
  /** The server's answer to a close frame. */
  receiveCloseAnswer(code: number | undefined): void;
  /** The connection went without a close frame. */
  receiveEnd(): void;
}

export interface MemoryLanes {
  readonly toServer: DeliveryLane;
  readonly toClient: DeliveryLane;
}

export class MemoryWire implements Wire {
  readonly #client: MemoryClientEnd;
  readonly #toServer: DeliveryLane;
  readonly #toClient: DeliveryLane;
  #connection: ManagedConnection | undefined;
  #isMuted = false;
  #isHalfOpen = false;
  #ignoresClose = false;
  #isThrottled = false;
  #hasClosed = false;

  constructor(client: MemoryClientEnd, lanes: MemoryLanes) {
    this.#client = client;
    this.#toServer = lanes.toServer;
    this.#toClient = lanes.toClient;
  }

  attach(connection: ManagedConnection): void {
    this.#connection = connection;
  }

  get bufferedBytes(): number {
    return this.#toClient.bufferedBytes;
  }

  send(message: MessageText): void {
    const text = typeof message === 'string' ? message : message.join('');
    this.#push(Buffer.byteLength(text, 'utf8') + FRAME_HEADER_BYTES, () => this.#client.receiveText(text));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#push(bytes.length, () => this.#client.receiveBytes(bytes));
  }

  close(code: number | undefined, reason: string): void {
    this.#hasClosed = true;
    this.#push(0, () => this.#client.receiveBytes(rawCloseFrame(code, reason)));
  }

  end(): void {
    if (this.#isHalfOpen) {
      this.terminate();
      return;
    }
    this.#hasClosed = true;
    this.#toClient.push({
      sizeBytes: 0,
      deliver: () => {
        this.#client.receiveEnd();
        this.#toServer.push({ sizeBytes: 0, deliver: () => this.#end(undefined, '', 'dropped') });
      },
    });
  }

  /** A client sees no difference: `ws` too reports both as an end without a close frame. */
  reset(): void {
    this.end();
  }

  terminate(): void {
    if (this.#isHalfOpen) queueMicrotask(() => this.#connection?.ended(undefined, '', 'dropped'));
    else this.release();
  }

  /** What a reading client was sent before still arrives. */
  release(): void {
    this.#toServer.cut();
    if (this.#toClient.isStalled) {
      this.#toClient.cut();
      queueMicrotask(() => this.#client.receiveEnd());
    } else {
      this.#toClient.push({ sizeBytes: 0, deliver: () => this.#client.receiveEnd() });
    }
    queueMicrotask(() => this.#end(undefined, '', 'dropped'));
  }

  impair(impairment: Impairment): void {
    const { kind } = impairment;
    if (kind === 'mute') this.#isMuted = true;
    else if (kind === 'ignore-close') this.#ignoresClose = true;
    else if (kind === 'half-open') {
      this.#isHalfOpen = true;
      this.#isMuted = true;
      this.#toServer.cut();
    } else if (kind === 'throttle' && impairment.bytesPerSecond > 0) {
      const { bytesPerSecond, direction = 'both' } = impairment;
      if (direction !== 'to-server') {
        this.#isThrottled = true;
        this.#toClient.setRate(bytesPerSecond);
      }
      if (direction !== 'to-client') this.#toServer.setRate(bytesPerSecond);
    }
  }

  setReading(reading: boolean): void {
    this.#toServer.setPaused(!reading);
  }

  whenTaken(callback: () => void): void {
    this.#toClient.whenTaken(callback);
  }

  /** From the client: a message. */
  receiveText(text: string): void {
    this.#connection?.receiveText(text);
  }

  receiveBinary(sizeBytes: number): void {
    this.#connection?.receiveBinary(sizeBytes);
  }

  receivePing(): void {
    this.#connection?.receivePing();
  }

  /** From the client: its close frame, either its own or the answer to ours. */
  receiveClose(code: number | undefined, reason: string): void {
    this.#conclude(code, reason, 'client');
  }

  /** From the client: what no client may send. */
  receiveNonsense(code: number, reason: string): void {
    this.#toServer.cut();
    this.#conclude(code, reason, 'protocol-error');
  }

  /** From the client: it dropped the connection. */
  receiveDrop(): void {
    this.#end(undefined, '', 'dropped');
  }

  /**
   * Answers a close frame, unless the link is too bad for that; then the client is left waiting. On a slow link the
   * connection is over when the answer has arrived, as it is on a socket.
   */
  #conclude(code: number | undefined, reason: string, how: CloseCause): void {
    if (!this.#hasClosed && (this.#isMuted || this.#ignoresClose)) {
      this.#connection?.ended(code, reason, how);
      return;
    }
    const isSlow = this.#isThrottled && !this.#isMuted;
    // The answer repeats the code, not the reason (§1.5).
    this.#push(0, () => {
      this.#client.receiveCloseAnswer(code);
      if (isSlow) this.#end(code, reason, how);
    });
    if (!isSlow) this.#end(code, reason, how);
  }

  #push(sizeBytes: number, deliver: () => void): void {
    if (!this.#isMuted) this.#toClient.push({ sizeBytes, deliver });
  }

  #end(code: number | undefined, reason: string, how: CloseCause): void {
    this.#connection?.gone();
    this.#connection?.ended(code, reason, how);
  }
}
