/**
 * Our half of one socket: everything that is written to it passes here, in order, at the rate and with the silence
 * that a fault asks for. Must never read, and never write one byte more than it was given.
 */
import type { Socket } from 'node:net';
import { LIMITS } from '../../protocol/limits.js';
import type { WallClock } from '../wall-clock.js';
import { PacedQueue } from './paced-queue.js';

const EMPTY = new Uint8Array(0);

/** Called once nobody reads the bytes any more; with an error when they may not have left. */
export type Taken = (error?: Error | null) => void;

export interface SocketWriterOptions {
  readonly clock: WallClock;
  /** Resets the TCP connection below the socket. */
  readonly reset: () => void;
}

export class SocketWriter {
  readonly #socket: Socket;
  readonly #options: SocketWriterOptions;
  #isMuted = false;
  #isFinished = false;
  #queue: PacedQueue | undefined;
  #cancelReset: (() => void) | undefined;

  constructor(socket: Socket, options: SocketWriterOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.once('close', () => this.#forget());
  }

  /** Bytes sent and not yet taken by the system. */
  get queuedBytes(): number {
    return this.#socket.writableLength + (this.#queue?.bufferedBytes ?? 0);
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Whether the last byte of our half was sent, or is queued. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Sends bytes behind all others; once muted or finished they are thrown away. */
  send(bytes: Uint8Array, taken?: Taken): void {
    if (this.#isMuted || this.#isFinished || !this.#socket.writable) taken?.(null);
    else if (this.#queue === undefined) this.#socket.write(bytes, taken);
    else this.#queue.push(bytes, (slice, isLast) => this.#socket.write(slice, isLast ? taken : undefined));
  }

  /** Sends the last bytes of our half; the socket is left open for the peer's answer. */
  sendLast(bytes: Uint8Array): void {
    this.send(bytes);
    this.#isFinished = true;
  }

  /** Sends a FIN behind everything else. @param ended called when it has left, or the socket is gone */
  end(ended: () => void = () => {}): void {
    this.#isFinished = true;
    this.#afterQueue(() => endSocket(this.#socket, ended));
  }

  /** Resets the connection once everything sent so far was taken. */
  reset(): void {
    this.#isFinished = true;
    const { clock, reset } = this.#options;
    const resetSoon = (): void => {
      this.#cancelReset ??= clock.setTimer(LIMITS.resetGraceMs, reset);
    };
    if (this.#socket.writable) this.whenTaken(resetSoon);
    else resetSoon();
  }

  /** Calls back once everything sent so far was taken by the system; not at all if it never is. */
  whenTaken(callback: () => void): void {
    this.#afterQueue(() => {
      // An empty write adds no bytes to the stream; its callback comes when all before it was handed over.
      if (this.#socket.writable) this.#socket.write(EMPTY, (error) => error ?? callback());
    });
  }

  /** Throws away whatever is sent from now on. */
  mute(): void {
    this.#isMuted = true;
  }

  /** Throws away what waits for its turn, too. */
  cut(): void {
    this.#isMuted = true;
    this.#queue?.discard();
  }

  /** @param bytesPerSecond above 0 */
  throttle(bytesPerSecond: number): void {
    this.#queue?.setRate(bytesPerSecond);
    this.#queue ??= new PacedQueue(bytesPerSecond, this.#options.clock);
  }

  #afterQueue(act: () => void): void {
    if (this.#queue === undefined) act();
    else this.#queue.push(EMPTY, act);
  }

  #forget(): void {
    this.#queue?.discard();
    this.#cancelReset?.();
  }
}

/** Ends a socket and calls back, once, when all of it has left or never will. */
function endSocket(socket: Socket, ended: () => void): void {
  if (socket.writable) socket.end();
  if (socket.writableFinished || socket.destroyed) {
    ended();
    return;
  }
  const done = (): void => {
    socket.off('finish', done);
    socket.off('close', done);
    ended();
  };
  socket.on('finish', done);
  socket.on('close', done);
}
