/**
 * Both ends of one in-process connection: the client's socket and, behind it, the wire the server holds.
 * Must follow a real socket in everything a client can observe: order, close codes, limits, what a drop loses.
 */
import { Buffer } from 'node:buffer';
import type { ClientSocket, ClientSocketHandlers } from '../../protocol/index.js';
import { isLegalClose } from './close-reason.js';
import { DeliveryLane } from './delivery-lane.js';
import type { ManagedConnection, Wire } from './managed-connection.js';

/** Bytes that a frame counts for beside its text: a header of at most this size. */
const FRAME_HEADER_BYTES = 10;
const PROTOCOL_ERROR = 1002;
const MESSAGE_TOO_BIG = 1009;

type State = 'connecting' | 'open' | 'closing' | 'closed';

export class MemorySocket implements ClientSocket {
  readonly #handlers: ClientSocketHandlers;
  readonly #maxFrameBytes: number;
  readonly #toServer = new DeliveryLane();
  readonly #toClient = new DeliveryLane();
  #connection: ManagedConnection | undefined;
  #state: State = 'connecting';

  constructor(handlers: ClientSocketHandlers, maxFrameBytes: number) {
    this.#handlers = handlers;
    this.#maxFrameBytes = maxFrameBytes;
  }

  get bufferedBytes(): number {
    return this.#toServer.bufferedBytes;
  }

  send(text: string): void {
    const sizeBytes = Buffer.byteLength(text, 'utf8');
    this.#sendMessage(sizeBytes, () => this.#connection?.receiveText(text));
  }

  /** Sends a binary message; only its size reaches the server. */
  sendBinary(data: Uint8Array): void {
    const sizeBytes = data.length;
    this.#sendMessage(sizeBytes, () => this.#connection?.receiveBinary(sizeBytes));
  }

  ping(): void {
    this.#sendMessage(0, () => this.#connection?.receivePing());
  }

  close(code?: number, reason = ''): void {
    if (this.#state === 'connecting') this.terminate();
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    const legal = isLegalClose(code ?? 1000, reason);
    this.#toServer.push({
      sizeBytes: 0,
      deliver: () =>
        legal
          ? this.#onClientClose(code, reason)
          : this.#breakProtocol(PROTOCOL_ERROR, 'Invalid close frame'),
    });
  }

  terminate(): void {
    if (this.#state === 'closed') return;
    this.#toClient.cut();
    // What was sent before still arrives, and a server that paused learns of the drop all the same.
    this.#toServer.setPaused(false);
    this.#toServer.push({ sizeBytes: 0, deliver: () => this.#connection?.ended(undefined, '', 'dropped') });
    this.#state = 'closed';
    queueMicrotask(() => this.#handlers.onClose(undefined, ''));
  }

  /** Stops taking messages, as a client does that does not read its socket. */
  pauseReading(): void {
    this.#toClient.setPaused(true);
  }

  resumeReading(): void {
    this.#toClient.setPaused(false);
  }

  /** For the transport: the client gave up before it was judged. */
  get abandoned(): boolean {
    return this.#state === 'closed';
  }

  /** For the transport: answers the upgrade with an HTTP response. */
  refuse(status: number, body: string): void {
    this.#state = 'closed';
    this.#handlers.onRefused(status, body);
  }

  /** For the transport: answers the upgrade with 101 and returns the server's end. */
  open(): { wire: Wire; attach: (connection: ManagedConnection) => void } {
    const deliver = () => {
      this.#state = 'open';
      this.#handlers.onOpen();
    };
    this.#toClient.push({ sizeBytes: 0, deliver });
    const attach = (connection: ManagedConnection): void => {
      this.#connection = connection;
    };
    return { wire: this.#createWire(), attach };
  }

  #createWire(): Wire {
    const toClient = this.#toClient;
    return {
      get bufferedBytes() {
        return toClient.bufferedBytes;
      },
      send: (message) => {
        const text = typeof message === 'string' ? message : message.join('');
        const sizeBytes = Buffer.byteLength(text, 'utf8') + FRAME_HEADER_BYTES;
        toClient.push({ sizeBytes, deliver: () => this.#handlers.onText(text) });
      },
      close: (code, reason) =>
        toClient.push({ sizeBytes: 0, deliver: () => this.#onServerClose(code, reason) }),
      terminate: () => this.#dropFromServer(),
      setReading: (reading) => this.#toServer.setPaused(!reading),
      whenTaken: (callback) => toClient.whenTaken(callback),
    };
  }

  #sendMessage(sizeBytes: number, receive: () => void): void {
    if (this.#state !== 'open') return;
    const deliver =
      sizeBytes > this.#maxFrameBytes
        ? () => this.#breakProtocol(MESSAGE_TOO_BIG, 'Max payload size exceeded')
        : receive;
    this.#toServer.push({ sizeBytes: sizeBytes + FRAME_HEADER_BYTES, deliver });
  }

  /** At the server: the client's close frame, either its own or the answer to ours. */
  #onClientClose(code: number | undefined, reason: string): void {
    // The answer repeats the code, not the reason (§1.5).
    this.#toClient.push({ sizeBytes: 0, deliver: () => this.#endClient(code, '') });
    this.#connection?.ended(code, reason, 'client');
  }

  /** At the server: the client sent what no client may send. */
  #breakProtocol(code: number, reason: string): void {
    this.#toServer.cut();
    this.#toClient.push({ sizeBytes: 0, deliver: () => this.#endClient(code, '') });
    this.#connection?.ended(code, reason, 'protocol-error');
  }

  /** At the client: the server's close frame, which is answered unless both crossed. */
  #onServerClose(code: number, reason: string): void {
    const answered = this.#state === 'closing';
    const legal = isLegalClose(code, reason);
    if (!answered) {
      const [sentCode, sentReason] = legal ? [code, reason] : [PROTOCOL_ERROR, ''];
      this.#toServer.push({ sizeBytes: 0, deliver: () => this.#onClientClose(sentCode, sentReason) });
    }
    if (legal) {
      this.#endClient(code, reason);
      return;
    }
    this.#handlers.onError(new Error(`Invalid WebSocket close frame with code ${code}`));
    this.#endClient(undefined, '');
  }

  /** The server drops the connection: what a reading client was sent before still arrives. */
  #dropFromServer(): void {
    this.#toServer.cut();
    if (this.#toClient.paused) {
      this.#toClient.cut();
      queueMicrotask(() => this.#endClient(undefined, ''));
    } else {
      this.#toClient.push({ sizeBytes: 0, deliver: () => this.#endClient(undefined, '') });
    }
    queueMicrotask(() => this.#connection?.ended(undefined, '', 'dropped'));
  }

  #endClient(code: number | undefined, reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#toClient.cut();
    this.#handlers.onClose(code, reason);
  }
}
