/**
 * The life of one connection: opening, open, closing, closed, each at most once and in this order. Everything a
 * transport reports goes through one inbox, so that calls from inside a callback, or before the transport has
 * returned, change no order. After the close nothing of it reaches the conversation.
 */

import type { ClientSocket, ClientSocketFactory, ClientSocketRequest } from '../protocol/index.js';
import { SoundstageError } from '../protocol/index.js';
import type { ClientClock } from './client-clock.js';
import {
  connectAbandoned,
  connectClosed,
  connectFailed,
  connectionLost,
  connectRefused,
  connectTimedOut,
  notOpen,
} from './connection-errors.js';
import { type Deferred, deferred } from './deferred.js';

/** Where a connection is in its life. */
export type ConnectionPhase = 'connecting' | 'open' | 'closing' | 'closed';

/** Who is told; none of these may throw. */
export interface ConnectionSink {
  onOpen(): void;
  onText(text: string): void;
  onBinary(sizeBytes: number): void;
  onError(error: SoundstageError): void;
  /** Exactly once, and last. */
  onClose(close: ConnectionClose): void;
}

/** How a connection ended. */
export interface ConnectionClose {
  readonly code: number;
  readonly reason: string;
  /** False when the WebSocket never stood. */
  readonly wasOpen: boolean;
  /** Set when an open connection was lost, or given up, and nobody has been told why. */
  readonly error: SoundstageError | undefined;
}

/** The waits and bounds of one connection. */
export interface ConnectionSettings {
  readonly transport: ClientSocketFactory;
  readonly clock: ClientClock;
  readonly connectTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly maxBufferedBytes: number;
}

const CLOSED_ABNORMALLY = 1006;

/** One connection, from the upgrade to the close. */
export class ClientConnection {
  readonly #request: ClientSocketRequest;
  readonly #settings: ConnectionSettings;
  readonly #sink: ConnectionSink;
  readonly #ready: Deferred<void> = deferred();
  readonly #closed: Deferred<ConnectionClose> = deferred();
  readonly #inbox: (() => void)[] = [];
  #isReading = false;
  #socket: ClientSocket | undefined;
  #phase: ConnectionPhase = 'connecting';
  #wasOpen = false;
  #errorReported = false;
  #cancelTimer: () => void = () => {};

  constructor(request: ClientSocketRequest, settings: ConnectionSettings, sink: ConnectionSink) {
    this.#request = request;
    this.#settings = settings;
    this.#sink = sink;
  }

  get phase(): ConnectionPhase {
    return this.#phase;
  }

  get bufferedBytes(): number {
    return this.#phase === 'closed' ? 0 : (this.#socket?.bufferedBytes ?? 0);
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<ConnectionClose> {
    return this.#closed.promise;
  }

  /** Opens the socket; resolves at `markReady`, rejects with the reason when that cannot come any more. */
  start(): Promise<void> {
    const { clock, connectTimeoutMs, transport } = this.#settings;
    this.#cancelTimer = clock.setTimer(connectTimeoutMs, () => {
      this.#fail(connectTimedOut(this.#request.url, connectTimeoutMs, this.#wasOpen));
    });
    try {
      this.#socket = transport(this.#request, {
        onOpen: () => this.#receive(() => this.#onOpen()),
        onText: (text) => this.#receive(() => this.#sink.onText(text)),
        onBinary: (sizeBytes) => this.#receive(() => this.#sink.onBinary(sizeBytes)),
        onRefused: (status, body) =>
          this.#receive(() => this.#fail(connectRefused(this.#request.url, status, body))),
        onClose: (code, reason) =>
          this.#receive(() => this.#finish(code ?? CLOSED_ABNORMALLY, reason ?? '', undefined)),
        onError: (error) => this.#receive(() => this.#onError(error)),
      });
    } catch (cause) {
      this.#fail(connectFailed(this.#request.url, cause));
    }
    this.#readInbox();
    return this.#ready.promise;
  }

  /** `session.created` has been read: the connection is of use. */
  markReady(): void {
    if (this.#phase === 'open') this.#cancelTimer();
    this.#ready.resolve(undefined);
  }

  /**
   * Sends one text message.
   *
   * @throws SoundstageError `E_NOT_OPEN`, or `E_BACKPRESSURE` when more than the allowed bytes would wait for the
   * server; in both cases nothing was sent
   */
  send(text: string): void {
    if (this.#phase !== 'open' || this.#socket === undefined) throw notOpen(this.#phase);
    const bufferedBytes = this.#socket.bufferedBytes;
    const { maxBufferedBytes } = this.#settings;
    // A message that alone exceeds the bound can still leave when nothing else waits.
    if (bufferedBytes > 0 && bufferedBytes + Buffer.byteLength(text) > maxBufferedBytes) {
      throw new SoundstageError(
        'E_BACKPRESSURE',
        `Cannot send yet: the server reads too slowly, ${bufferedBytes} bytes wait already. Try again after drained().`,
        { details: { bufferedBytes, maxBufferedBytes } },
      );
    }
    try {
      this.#socket.send(text);
    } catch (cause) {
      throw notOpen('closing', cause);
    }
  }

  /** Starts the closing handshake; resolves when it is over, at the latest after `closeTimeoutMs`. */
  close(code: number, reason: string): Promise<ConnectionClose> {
    if (this.#phase === 'connecting') this.#fail(connectAbandoned(this.#request.url));
    if (this.#phase !== 'open') return this.#closed.promise;
    this.#phase = 'closing';
    this.#cancelTimer();
    this.#cancelTimer = this.#settings.clock.setTimer(this.#settings.closeTimeoutMs, () => this.#drop());
    try {
      this.#socket?.close(code, reason);
    } catch {
      this.#drop();
    }
    return this.#closed.promise;
  }

  /** Runs what the transport reports one after the other, also when it reports from inside a callback. */
  #receive(action: () => void): void {
    this.#inbox.push(action);
    if (this.#socket !== undefined) this.#readInbox();
  }

  #readInbox(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    for (let index = 0; index < this.#inbox.length; index += 1) {
      if (this.#phase !== 'closed') this.#inbox[index]?.();
    }
    this.#inbox.length = 0;
    this.#isReading = false;
  }

  #onOpen(): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'open';
    this.#wasOpen = true;
    this.#sink.onOpen();
  }

  #onError(cause: Error): void {
    if (this.#phase === 'connecting') {
      this.#fail(connectFailed(this.#request.url, cause));
      return;
    }
    if (this.#phase === 'closing' || this.#errorReported) return;
    this.#errorReported = true;
    this.#sink.onError(connectionLost(this.#request.url, cause));
  }

  /** Gives the connection up because of `error`. */
  #fail(error: SoundstageError): void {
    this.#terminate();
    this.#finish(CLOSED_ABNORMALLY, '', error);
  }

  /** The peer did not answer our CLOSE. */
  #drop(): void {
    this.#terminate();
    this.#finish(CLOSED_ABNORMALLY, '', undefined);
  }

  #terminate(): void {
    try {
      this.#socket?.terminate();
    } catch {
      // It is gone already, and gone is what was wanted.
    }
  }

  #finish(code: number, reason: string, failure: SoundstageError | undefined): void {
    if (this.#phase === 'closed') return;
    const isLost = this.#phase === 'open' && code === CLOSED_ABNORMALLY && !this.#errorReported;
    this.#phase = 'closed';
    this.#cancelTimer();
    this.#ready.reject(failure ?? connectClosed(this.#request.url, code, reason));
    const error = isLost ? (failure ?? connectionLost(this.#request.url)) : undefined;
    const close = { code, reason, wasOpen: this.#wasOpen, error };
    this.#closed.resolve(close);
    this.#sink.onClose(close);
  }
}
