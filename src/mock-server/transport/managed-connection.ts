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
  Impairment,
  MessageText,
} from './connection.js';
import { HeldMessages } from './held-messages.js';
import { LinkState } from './link-state.js';
import type { TransportLimits } from './transport-limits.js';
import type { Wire } from './wire.js';
import { WritePressure } from './write-pressure.js';

export interface ManagedConnectionOptions {
  readonly wire: Wire;
  readonly limits: TransportLimits;
  readonly clock: WallClock;
  /** Told what a handler threw, before the connection is closed with 1011. */
  readonly onHandlerError: (error: unknown) => void;
  /** Told that the connection is over and its wire gone, after the handler's onClose. */
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
const DROPPED: Ending = { code: undefined, reason: '', how: 'dropped' };

export class ManagedConnection implements Connection {
  readonly #options: ManagedConnectionOptions;
  readonly #wire: Wire;
  readonly #held: HeldMessages<Received>;
  readonly #link: LinkState;
  readonly #pressure: WritePressure;
  #handler = NO_HANDLER;
  #state: ConnectionState = 'open';
  /** Set by whichever of our own acts ends the connection; the peer's acts arrive through `ended`. */
  #ownEnding: Ending | undefined;
  #pausedByHandler = false;
  /** Nothing more arrives: pausing means nothing any more. */
  #hasEnded = false;
  #isWireGone = false;
  #cancelCloseTimer: (() => void) | undefined;

  constructor(options: ManagedConnectionOptions) {
    this.#options = options;
    this.#wire = options.wire;
    this.#held = new HeldMessages({
      deliver: (received: Received) => this.#deliver(received),
      mustWait: () => this.#state !== 'open' || this.#isPaused,
    });
    this.#pressure = new WritePressure({
      wire: options.wire,
      limits: options.limits,
      onHigh: () => this.#applyReading(),
      onDrain: () => this.#onDrain(),
      onOverflow: (reason) => this.#drop(reason),
    });
    this.#link = new LinkState({
      clock: options.clock,
      impairedConnectionMs: options.limits.impairedConnectionMs,
      onHearing: () => this.#release(),
      onOverdue: () => this.#giveUp(),
    });
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
    return this.#state === 'closed' ? 0 : this.#wire.bufferedBytes;
  }

  sendText(text: MessageText): void {
    if (this.#state !== 'open') return;
    this.#wire.send(text);
    this.#pressure.feel();
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#wire.sendBytes(bytes);
    this.#pressure.feel();
  }

  close(code: number | undefined, reason: string, options: CloseOptions = {}): void {
    if (this.#state !== 'open') return;
    const sent = options.truncateReason === false ? reason : truncateCloseReason(reason);
    this.#leave({ code, reason: sent, how: 'server' });
    this.#boundClosing();
    this.#wire.close(code, sent);
  }

  end(): void {
    if (this.#state === 'closed') return;
    this.#leave(DROPPED);
    this.#boundClosing();
    this.#wire.end();
  }

  reset(): void {
    if (this.#state === 'closed') return;
    this.#leave(DROPPED);
    this.#boundClosing();
    this.#wire.reset();
  }

  terminate(): void {
    this.#drop('');
  }

  fail(error: unknown): void {
    this.#options.onHandlerError(error);
    this.close(1011, 'Internal service error: null');
  }

  impair(impairment: Impairment): void {
    if (this.#state === 'closed' || this.#link.isHalfOpen) return;
    this.#wire.impair(impairment);
    this.#link.impair(impairment);
  }

  /** From the transport, which closes: ends in good order, or at once when the link is too bad for that. */
  shutDown(): void {
    this.close(1001, 'The server is shutting down.');
    if (this.#link.isImpaired || this.#state === 'closed') this.#wire.release();
  }

  pauseReading(): void {
    this.#pausedByHandler = true;
    this.#applyReading();
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
    // Somebody may send pings and never read the pongs.
    if (this.#state === 'open') this.#pressure.feel();
  }

  /**
   * From the wire, once: the connection is over for the handler. What arrived before is delivered even while
   * paused. A wire that is not gone yet may linger for `impairedConnectionMs`.
   */
  ended(code: number | undefined, reason: string, how: CloseCause): void {
    if (this.#state === 'closed') return;
    this.#hasEnded = true;
    if (this.#state === 'open') this.#held.release();
    const ending = this.#ownEnding ?? { code, reason, how };
    this.#state = 'closed';
    this.#held.clear();
    this.#cancelCloseTimer?.();
    this.#guard(() => this.#handler.onClose(ending.code, ending.reason, ending.how));
    if (this.#isWireGone) this.#finish();
    else this.#link.linger();
  }

  /** From the wire: it holds nothing any more. */
  gone(): void {
    if (this.#isWireGone) return;
    this.#isWireGone = true;
    if (this.#state === 'closed') this.#finish();
  }

  #finish(): void {
    this.#link.forget();
    this.#options.onEnded(this);
  }

  #receive(received: Received): void {
    if (this.#state === 'open') this.#held.receive(received);
  }

  #deliver(received: Received): void {
    try {
      if (typeof received === 'string') this.#handler.onText(received);
      else if (typeof received === 'number') this.#handler.onBinary(received);
      else this.#handler.onPing?.();
    } catch (error) {
      this.fail(error);
    }
  }

  get #isPaused(): boolean {
    return this.#link.isDeaf || (!this.#hasEnded && (this.#pausedByHandler || this.#pressure.isHigh));
  }

  /** Once the connection is closing, only an impairment keeps us from reading the peer's answer. */
  #applyReading(): void {
    if (this.#state === 'closed') return;
    this.#wire.setReading(!(this.#state === 'open' ? this.#isPaused : this.#link.isDeaf));
  }

  /** Nobody waits for longer than this for a link that does not read. */
  #giveUp(): void {
    this.#leave({ ...DROPPED, reason: `impaired for ${this.#options.limits.impairedConnectionMs} ms` });
    this.#wire.release();
  }

  #onDrain(): void {
    if (this.#state !== 'open') return;
    this.#guard(() => this.#handler.onDrain?.());
    this.#release();
  }

  #release(): void {
    if (this.#state === 'open') this.#held.release();
    this.#applyReading();
  }

  /** Ends by our own doing: nothing is sent or delivered any more. */
  #leave(ending: Ending): void {
    if (this.#state !== 'open') return;
    this.#ownEnding = ending;
    this.#state = 'closing';
    this.#held.clear();
    this.#applyReading();
  }

  /** Gives the peer `closeTimeoutMs` to follow. */
  #boundClosing(): void {
    const { clock, limits, wire } = this.#options;
    this.#cancelCloseTimer ??= clock.setTimer(limits.closeTimeoutMs, () => wire.terminate());
  }

  #drop(reason: string): void {
    if (this.#state === 'closed') return;
    this.#leave({ ...DROPPED, reason });
    this.#wire.terminate();
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.fail(error);
    }
  }
}
