/**
 * One raw connection to a server: sends anything, keeps what comes back as shapes. Must never validate, repair or print.
 */
import { WebSocket } from 'ws';
import { SoundstageError } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { SeenEnd } from './drift-findings.js';
import { SeenEvents } from './seen-events.js';

export interface LiveSessionOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How to call the server in errors: without query and user. */
  readonly shownUrl: string;
}

export class LiveSession {
  readonly seen = new SeenEvents();
  readonly #socket: WebSocket;
  readonly #waiters = new Set<() => void>();
  /** Who began the closing handshake, and with what. */
  #end: SeenEnd = { by: 'nobody', code: undefined };
  #failure: unknown;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /**
   * @returns the session, or the HTTP status of a refusal
   * @throws SoundstageError `E_CONNECT_FAILED`
   */
  static open({ url, headers, shownUrl }: LiveSessionOptions): Promise<LiveSession | number> {
    const socket = new WebSocket(url, {
      headers: { ...headers },
      perMessageDeflate: false,
      maxPayload: LIMITS.clientFrameBytes,
      handshakeTimeout: LIMITS.clientConnectTimeoutMs,
    });
    const session = new LiveSession(socket);
    session.#listen();
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(session));
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      socket.once('error', (cause) => {
        // The message of a failed connection names the address, never a header.
        const words = `Cannot connect to ${shownUrl}: ${cause.message}. Try checking that the server runs, and the address.`;
        reject(new SoundstageError('E_CONNECT_FAILED', words, { details: { url: shownUrl } }));
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  get isClosed(): boolean {
    return this.#socket.readyState === WebSocket.CLOSED;
  }

  get end(): SeenEnd {
    return this.#end;
  }

  send(data: string | Uint8Array, isBinary: boolean): void {
    if (this.isOpen) this.#socket.send(data, { binary: isBinary });
  }

  ping(payload: Uint8Array): void {
    if (this.isOpen) this.#socket.ping(payload);
  }

  /** Closes as a client did. A code that may not be sent is left out. */
  close(code: number | undefined, reason: string): void {
    if (!this.isOpen) return;
    this.#end = { by: 'client', code };
    const isAllowed = code !== undefined && (code === 1000 || (code >= 3000 && code <= 4999));
    if (isAllowed) this.#socket.close(code, reason.slice(0, LIMITS.closeReasonBytes / 3));
    else this.#socket.close();
  }

  /** Ends the connection, whatever its state. */
  drop(): void {
    this.#socket.terminate();
  }

  /** Waits until something holds, the connection is over or the time is. */
  async until(holds: () => boolean, patienceMs: number): Promise<boolean> {
    if (this.#failure === undefined && !holds() && this.#socket.readyState !== WebSocket.CLOSED) {
      await new Promise<void>((resolve) => {
        const settle = () => {
          clearTimeout(timer);
          this.#waiters.delete(look);
          resolve();
        };
        const look = () => {
          if (holds() || this.#failure !== undefined || this.#socket.readyState === WebSocket.CLOSED)
            settle();
        };
        const timer = setTimeout(settle, patienceMs);
        this.#waiters.add(look);
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    return holds();
  }

  #listen(): void {
    this.#socket.on('message', (data, isBinary) => {
      try {
        this.seen.take(isBinary ? '' : String(data));
      } catch (error) {
        this.#failure = error;
      }
      this.#wake();
    });
    // Without a listener a reset is a crash; the close that follows it says all there is to say.
    this.#socket.on('error', () => {});
    this.#socket.on('close', (code) => {
      if (this.#end.by === 'nobody') this.#end = { by: 'server', code: code === 1005 ? undefined : code };
      this.#wake();
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
