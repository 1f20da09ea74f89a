/**
 * The client's end of one in-process connection.
 * Must follow a real socket in everything a client can observe: order, close codes, limits, what a drop loses.
 */
import { Buffer } from 'node:buffer';
import type { ClientSocket, ClientSocketHandlers } from '../../protocol/index.js';
import { frameBytes, OPCODES } from '../../protocol/websocket-frames.js';
import { MessageReader, type ReceivedMessage } from '../../protocol/websocket-messages.js';
import type { WallClock } from '../wall-clock.js';
import { isLegalClose } from './close-reason.js';
import { DeliveryLane } from './delivery-lane.js';
import { FRAME_HEADER_BYTES, type MemoryClientEnd, MemoryWire } from './memory-wire.js';

const PROTOCOL_ERROR = 1002;
const MESSAGE_TOO_BIG = 1009;

type State = 'connecting' | 'open' | 'closing' | 'closed';

export class MemorySocket implements ClientSocket {
  readonly #handlers: ClientSocketHandlers;
  readonly #maxFrameBytes: number;
  readonly #toServer: DeliveryLane;
  readonly #toClient: DeliveryLane;
  readonly #reader = new MessageReader();
  #server: MemoryWire | undefined;
  #state: State = 'connecting';
  #onAbandoned: (() => void) | undefined;

  constructor(handlers: ClientSocketHandlers, options: { maxFrameBytes: number; clock: WallClock }) {
    this.#handlers = handlers;
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#toServer = new DeliveryLane(options.clock);
    this.#toClient = new DeliveryLane(options.clock);
  }

  get bufferedBytes(): number {
    return this.#toServer.bufferedBytes;
  }

  send(text: string): void {
    this.#sendMessage(Buffer.byteLength(text, 'utf8'), (server) => server.receiveText(text));
  }

  /** Sends a binary message; only its size reaches the server. */
  sendBinary(data: Uint8Array): void {
    const sizeBytes = data.length;
    this.#sendMessage(sizeBytes, (server) => server.receiveBinary(sizeBytes));
  }

  ping(): void {
    this.#sendMessage(0, (server) => server.receivePing());
  }

  close(code?: number, reason = ''): void {
    if (this.#state === 'connecting') this.terminate();
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    const legal = isLegalClose(code ?? 1000, reason);
    this.#push(0, (server) =>
      legal
        ? server.receiveClose(code, reason)
        : server.receiveNonsense(PROTOCOL_ERROR, 'Invalid close frame'),
    );
  }

  terminate(): void {
    if (this.#state === 'closed') return;
    this.#toClient.cut();
    // What was sent before still arrives, and a server that paused learns of the drop all the same.
    this.#toServer.setPaused(false);
    this.#push(0, (server) => server.receiveDrop());
    this.#state = 'closed';
    this.#onAbandoned?.();
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
  get isAbandoned(): boolean {
    return this.#state === 'closed';
  }

  /** For the transport: calls back if the client gives up before it has an answer. */
  whenAbandoned(callback: () => void): void {
    this.#onAbandoned = callback;
  }

  /** For the transport: answers the upgrade with an HTTP response. */
  refuse(status: number, body: string): void {
    this.#state = 'closed';
    this.#handlers.onRefused(status, body);
  }

  /** For the transport: drops the connection instead of answering the upgrade. */
  drop(problem: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#handlers.onError(new Error(problem));
    this.#handlers.onClose(undefined, '');
  }

  /** For the transport: answers the upgrade with 101 and returns the server's end. */
  open(): MemoryWire {
    this.#onAbandoned = undefined;
    this.#toClient.push({
      sizeBytes: 0,
      deliver: () => {
        this.#state = 'open';
        this.#handlers.onOpen();
      },
    });
    const server = new MemoryWire(this.#asEnd(), { toServer: this.#toServer, toClient: this.#toClient });
    this.#server = server;
    return server;
  }

  #asEnd(): MemoryClientEnd {
    return {
      receiveText: (text) => this.#receiveText(text),
      receiveBytes: (bytes) => this.#receiveBytes(bytes),
      receiveCloseAnswer: (code) => this.#end(code, ''),
      receiveEnd: () => this.#end(undefined, ''),
    };
  }

  #sendMessage(sizeBytes: number, deliver: (server: MemoryWire) => void): void {
    if (this.#state !== 'open') return;
    const isTooBig = sizeBytes > this.#maxFrameBytes;
    this.#push(sizeBytes + FRAME_HEADER_BYTES, (server) => {
      if (isTooBig) server.receiveNonsense(MESSAGE_TOO_BIG, 'Max payload size exceeded');
      else deliver(server);
    });
  }

  #push(sizeBytes: number, deliver: (server: MemoryWire) => void): void {
    this.#toServer.push({
      sizeBytes,
      deliver: () => {
        if (this.#server !== undefined) deliver(this.#server);
      },
    });
  }

  #receiveText(text: string): void {
    // Behind half a frame or message even a good frame means something else.
    if (this.#reader.isBetweenMessages) this.#handlers.onText(text);
    else this.#receiveBytes(frameBytes({ opcode: OPCODES.text, payload: Buffer.from(text, 'utf8') }));
  }

  #receiveBytes(bytes: Uint8Array): void {
    for (const message of this.#reader.push(bytes)) {
      if (this.#state === 'closed') return;
      this.#receive(message);
    }
  }

  /** Pings are answered, and nobody at the server hears of pongs. */
  #receive(message: ReceivedMessage): void {
    if (message.kind === 'text') this.#handlers.onText(message.text);
    else if (message.kind === 'binary') this.#handlers.onBinary(message.payload.length);
    else if (message.kind === 'close') {
      this.#answerClose(message.code, message.reason);
      this.#end(message.code, message.reason);
    } else if (message.kind === 'protocol-error') {
      this.#answerClose(message.closeCode, '');
      this.#handlers.onError(new Error(message.message));
      this.#end(undefined, '');
    }
  }

  /** Sends the client's close frame, unless its own is on the way already. */
  #answerClose(code: number | undefined, reason: string): void {
    if (this.#state !== 'closing') this.#push(0, (server) => server.receiveClose(code, reason));
  }

  #end(code: number | undefined, reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#toClient.cut();
    this.#handlers.onClose(code, reason);
  }
}
