/**
 * Bytes between two sockets, as they come: a side that cannot take more holds the other back, the end of a stream stays
 * an end, and a reset a reset. Must never look at the bytes.
 */
import type { Socket } from 'node:net';
import { LIMITS } from '../protocol/limits.js';
import type { EndEntry, Side } from '../recordings/index.js';

/** Two sockets and how each is reset. */
export interface RelayEnds {
  readonly client: RelayEnd;
  readonly server: RelayEnd;
}

export interface RelayEnd {
  readonly socket: Socket;
  /** Ends the TCP connection below it with a RST. */
  readonly reset: () => void;
}

/** Told what passed when the system has taken it: what a killed proxy told of is on its way all the same. */
export interface RelayWatcher {
  readonly onBytes: (side: Side, bytes: Uint8Array) => void;
  readonly onEnd: (side: Side, how: EndEntry['how']) => void;
  /** Both sockets are closed. */
  readonly onOver: () => void;
}

/** Passes on what comes until both sides have ended. */
export function relay({ client, server }: RelayEnds, watcher: RelayWatcher): void {
  const shared: SharedState = { openCount: 2, wasReset: false };
  const lanes = [
    new RelayLane('client', client, server, watcher, shared),
    new RelayLane('server', server, client, watcher, shared),
  ];
  for (const lane of lanes) {
    lane.start(() => {
      for (const each of lanes) each.tellAll();
      watcher.onOver();
    });
  }
}

interface SharedState {
  openCount: number;
  /** The other end of a connection that was reset is not the one who reset it. */
  wasReset: boolean;
}

/** One direction. */
class RelayLane {
  readonly #side: Side;
  readonly #source: Socket;
  readonly #to: RelayEnd;
  readonly #watcher: RelayWatcher;
  readonly #shared: SharedState;
  /** Writes that the system has not taken, and what to tell when it has. */
  #unflushed = 0;
  #untold: (() => void)[] = [];
  #lastWriteMs = 0;
  #hasEnded = false;

  constructor(side: Side, from: RelayEnd, to: RelayEnd, watcher: RelayWatcher, shared: SharedState) {
    this.#side = side;
    this.#source = from.socket;
    this.#to = to;
    this.#watcher = watcher;
    this.#shared = shared;
  }

  start(onBothClosed: () => void): void {
    const source = this.#source;
    const { socket: target } = this.#to;
    source.allowHalfOpen = true;
    source.on('data', (bytes: Buffer) => this.#pass(bytes));
    target.on('drain', () => source.resume());
    source.on('end', () => {
      this.#hasEnded = true;
      target.end();
      this.#tell(() => this.#watcher.onEnd(this.#side, 'fin'));
    });
    // What went wrong is told by how the socket closes.
    source.on('error', () => {});
    source.on('close', () => {
      this.#shared.openCount -= 1;
      if (!this.#hasEnded || source.errored !== null) this.#reset();
      if (this.#shared.openCount === 0) onBothClosed();
    });
    source.resume();
  }

  /** Tells what is left to tell; nothing more will be taken. */
  tellAll(): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const step of untold) step();
  }

  #pass(bytes: Buffer): void {
    const { socket: target } = this.#to;
    if (!target.destroyed && !target.writableEnded) {
      this.#lastWriteMs = performance.now();
      this.#unflushed += 1;
      const hasRoom = target.write(bytes, () => this.#flushed());
      if (!hasRoom) this.#source.pause();
    }
    const isTaken = target.writableLength === 0;
    if (isTaken) this.tellAll();
    if (isTaken) this.#watcher.onBytes(this.#side, bytes);
    else this.#untold.push(() => this.#watcher.onBytes(this.#side, bytes));
  }

  #flushed(): void {
    this.#unflushed -= 1;
    if (this.#unflushed === 0) this.tellAll();
  }

  #tell(step: () => void): void {
    if (this.#untold.length === 0) step();
    else this.#untold.push(step);
  }

  #reset(): void {
    if (!this.#shared.wasReset) this.#tell(() => this.#watcher.onEnd(this.#side, 'reset'));
    this.#shared.wasReset = true;
    resetAfter(this.#to, this.#lastWriteMs + LIMITS.proxyResetGraceMs - performance.now());
  }
}

/** A RST overtakes what was not yet read: it waits until the last bytes had a moment to be. */
function resetAfter({ socket, reset }: RelayEnd, delayMs: number): void {
  if (socket.destroyed) return;
  if (delayMs <= 0) reset();
  else setTimeout(() => socket.destroyed || reset(), delayMs);
}
