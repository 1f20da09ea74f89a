/**
 * A client on a real socket that sends whatever a test wants, right or wrong, and keeps what comes back. Must never
 * validate, repair or wait by the clock.
 */
import { WebSocket } from 'ws';
import type { SeenClose, SeenEvent } from './session-driver.js';

const END_OF_ANSWERS = 'end of answers';

export interface SocketClientOptions {
  readonly key?: string;
  readonly protocols?: string[];
}

interface Waiter {
  readonly isOver: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class SocketClient {
  readonly events: SeenEvent[] = [];
  /** Messages of `ws` about frames that break its rules. */
  readonly protocolErrors: string[] = [];
  readonly closed: Promise<SeenClose>;
  /** HTTP status when there was no upgrade. */
  refusedWith: number | undefined;
  readonly #socket: WebSocket;
  readonly #waiters = new Set<Waiter>();
  #close: SeenClose | undefined;
  #read = 0;

  constructor(url: string, { key = 'sk-test', protocols = [] }: SocketClientOptions = {}) {
    this.#socket = new WebSocket(url, protocols, {
      headers: { Authorization: `Bearer ${key}` },
      maxPayload: 64 * 1024 * 1024,
      perMessageDeflate: false,
    });
    this.#socket.on('message', (data) => {
      this.events.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.#socket.on('unexpected-response', (_, response) => {
      this.refusedWith = response.statusCode;
      response.resume();
      this.#end(0, 'refused');
    });
    this.#socket.on('error', (error) => this.protocolErrors.push(error.message));
    let resolve: (close: SeenClose) => void = () => {};
    this.closed = new Promise((done) => {
      resolve = done;
    });
    this.#socket.on('close', (code, reason) => {
      this.#end(code, String(reason));
      resolve({ code, reason: String(reason) });
    });
  }

  get types(): string[] {
    return this.events.map((event) => event.type);
  }

  get isClosed(): boolean {
    return this.#close !== undefined;
  }

  /** Resolves with the first message, the refusal or the close. */
  settled(): Promise<void> {
    return this.#until(() => this.events.length > 0 || this.#close !== undefined);
  }

  send(event: Readonly<Record<string, unknown>>): void {
    this.sendText(JSON.stringify(event));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** The events up to and including the next one of a type; later ones stay for the next call. */
  upTo(type: string): Promise<SeenEvent[]> {
    return this.#upTo((event) => event.type === type);
  }

  /**
   * Everything the server answered to what was sent before, and nothing later: an item that nobody has is deleted
   * behind it, and that is the one event whose answer can be told from all others.
   */
  async answers(): Promise<SeenEvent[]> {
    this.send({ type: 'conversation.item.delete', item_id: END_OF_ANSWERS });
    return (await this.#upTo((event) => event['item_id'] === END_OF_ANSWERS)).slice(0, -1);
  }

  terminate(): void {
    this.#socket.on('error', () => {});
    this.#socket.terminate();
  }

  async #upTo(isLast: (event: SeenEvent) => boolean): Promise<SeenEvent[]> {
    const from = this.#read;
    let last = -1;
    await this.#until(() => {
      last = this.events.findIndex((event, index) => index >= from && isLast(event));
      return last >= 0;
    });
    this.#read = last + 1;
    return this.events.slice(from, this.#read);
  }

  #end(code: number, reason: string): void {
    this.#close ??= { code, reason };
    this.#wake();
  }

  #until(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ isOver, resolve, reject });
      this.#wake();
    });
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (waiter.isOver()) waiter.resolve();
      else if (this.#close !== undefined) {
        waiter.reject(new Error(`closed with ${this.#close.code} ${this.#close.reason} while waiting`));
      } else continue;
      this.#waiters.delete(waiter);
    }
  }
}
