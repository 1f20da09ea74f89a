/**
 * The part of a connection that is the same on every transport: who closed first, what is held back while
 * reading is paused, what a slow reader costs, and that onClose comes exactly once and last.
 * Must never know what carries the bytes: that is the Wire.
 */
import type { WallClock } from '../wall-clock.js';
import { truncateCloseReason } from './close-reason.js';
import type {
  CloseCause,
  CloseOptions,
  Connection,
  ConnectionHandler,
  ConnectionState,
  MessageText,
} from './connection.js';
import type { TransportLimits } from './transport-limits.js';

/** What carries the bytes of one connection. */
export interface Wire {
  send(text: MessageText): void;
  /** Sends a close frame after everything queued. The code and reason may be ones RFC 6455 forbids. */
  close(code: number, reason: string): void;
  terminate(): void;
  setReading(reading: boolean): void;
  /** Calls back once after everything sent so far was taken by the peer; not at all if it never is. */
  whenTaken(callback: () => void): void;
  readonly bufferedBytes: number;
}

export interface ManagedConnectionOptions {
  readonly wire: Wire;
  readonly limits: TransportLimits;
  readonly clock: WallClock;
  /** Told what a handler threw, before the connection is closed with 1011. */
  readonly onHandlerError: (error: unknown) => void;
  /** Told that the connection is over, after the handler's onClose. */
  readonly onEnded: (connection: ManagedConnection) => void;
}

interface Ending {
  readonly code: number | undefined;
  readonly reason: string;
  readonly how: CloseCause;
}

/** A received ping, among texts (strings) and binary messages (their sizes). */
const PING = Symbol('ping');
type Received = string | number | typeof PING;

const NO_HANDLER: ConnectionHandler = { onText: () => {}, onBinary: () => {}, onClose: () => {} };

export class ManagedConnection implements Connection {
  readonly #options: ManagedConnectionOptions;
  #handler = NO_HANDLER;
  #state: ConnectionState = 'open';
  /** Set by whichever of our own acts ends the connection; the peer's acts arrive through `ended`. */
  #ownEnding: Ending | undefined;
  #pausedByHandler = false;
  #pausedByPressure = false;
  /** The wire is gone: pausing means nothing any more. */
  #wireEnded = false;
  #held: Received[] = [];
  #heldHead = 0;
  #releasing = false;
  #cancelCloseTimer: (() => void) | undefined;

  constructor(options: ManagedConnectionOptions) {
    this.#options = options;
  }

  /** Hands the connection to its owner. Called once, before anything is received. */
  start(handler: (connection: Connection) => ConnectionHandler): void {
    this.#guard(() => {
      this.#handler = handler(this);
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get bufferedBytes(): number {
    return this.#state === 'closed' ? 0 : this.#options.wire.bufferedBytes;
  }

  sendText(text: MessageText): void {
    if (this.#state !== 'open') return;
    const { wire, limits } = this.#options;
    wire.send(text);
    const bufferedBytes = wire.bufferedBytes;
    if (bufferedBytes > limits.writeHighWaterBytes) this.#onPressure(bufferedBytes);
  }

  close(code: number, reason: string, options: CloseOptions = {}): void {
    if (this.#state !== 'open') return;
    const { wire, limits, clock } = this.#options;
    const sent = options.truncateReason === false ? reason : truncateCloseReason(reason);
    this.#endOurselves({ code, reason: sent, how: 'server' });
    this.#cancelCloseTimer = clock.setTimer(limits.closeTimeoutMs, () => wire.terminate());
    wire.setReading(true);
    wire.close(code, sent);
  }

  terminate(): void {
    this.#drop('');
  }

  pauseReading(): void {
    if (this.#state !== 'open' || this.#pausedByHandler) return;
    this.#pausedByHandler = true;
    this.#options.wire.setReading(false);
  }

  resumeReading(): void {
    this.#pausedByHandler = false;
    this.#release();
  }

  /** From the wire: one whole message or ping arrived. */
  receiveText(text: string): void {
    this.#receive(text);
  }

  receiveBinary(sizeBytes: number): void {
    this.#receive(sizeBytes);
  }

  receivePing(): void {
    this.#receive(PING);
  }

  /** From the wire, once: the connection is over. What arrived before is delivered even while paused. */
  ended(code: number | undefined, reason: string, how: CloseCause): void {
    if (this.#state === 'closed') return;
    this.#wireEnded = true;
    if (this.#state === 'open') this.#releaseHeld();
    const ending = this.#ownEnding ?? { code, reason, how };
    this.#state = 'closed';
    this.#held = [];
    this.#cancelCloseTimer?.();
    this.#guard(() => this.#handler.onClose(ending.code, ending.reason, ending.how));
    this.#options.onEnded(this);
  }

  #receive(received: Received): void {
    if (this.#state !== 'open') return;
    if (this.#paused || this.#heldHead < this.#held.length) this.#held.push(received);
    else this.#deliver(received);
  }

  #deliver(received: Received): void {
    try {
      if (typeof received === 'string') this.#handler.onText(received);
      else if (typeof received === 'number') this.#handler.onBinary(received);
      else this.#handler.onPing?.();
    } catch (error) {
      this.#onHandlerThrew(error);
    }
  }

  get #paused(): boolean {
    return !this.#wireEnded && (this.#pausedByHandler || this.#pausedByPressure);
  }

  #onPressure(bufferedBytes: number): void {
    const { wire, limits } = this.#options;
    if (bufferedBytes > limits.writeBufferBytes) {
      this.#drop(`the peer left more than ${limits.writeBufferBytes} bytes unread`);
    } else if (!this.#pausedByPressure) {
      this.#pausedByPressure = true;
      wire.setReading(false);
      wire.whenTaken(this.#onTaken);
    }
  }

  readonly #onTaken = (): void => {
    const { wire, limits } = this.#options;
    if (this.#state !== 'open') return;
    if (wire.bufferedBytes > limits.writeLowWaterBytes) {
      wire.whenTaken(this.#onTaken);
      return;
    }
    this.#pausedByPressure = false;
    this.#guard(() => this.#handler.onDrain?.());
    this.#release();
  };

  #release(): void {
    if (this.#state !== 'open' || this.#paused || this.#releasing) return;
    this.#releaseHeld();
    if (this.#state === 'open' && !this.#paused) this.#options.wire.setReading(true);
  }

  /** Delivers what was held, in order, until something pauses again. */
  #releaseHeld(): void {
    this.#releasing = true;
    while (this.#state === 'open' && !this.#paused && this.#heldHead < this.#held.length) {
      const received = this.#held[this.#heldHead];
      this.#heldHead += 1;
      if (received !== undefined) this.#deliver(received);
    }
    this.#releasing = false;
    if (this.#heldHead >= this.#held.length) {
      this.#held = [];
      this.#heldHead = 0;
    }
  }

  #endOurselves(ending: Ending): void {
    this.#ownEnding = ending;
    this.#state = 'closing';
    this.#held = [];
    this.#heldHead = 0;
  }

  #drop(reason: string): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#endOurselves({ code: undefined, reason, how: 'dropped' });
    this.#options.wire.terminate();
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onHandlerThrew(error);
    }
  }

  #onHandlerThrew(error: unknown): void {
    this.#options.onHandlerError(error);
    this.close(1011, 'Internal service error: null');
  }
}
