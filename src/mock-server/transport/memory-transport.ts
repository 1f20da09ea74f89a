/**
 * The transport inside one process: no socket, no timer, no thread, delivery by microtasks in one fixed order,
 * under the same limits as real sockets. Must never read real time, save to bound what a client leaves unanswered
 * and for faults that are made of it.
 */

import type { ClientSocketFactory, ClientSocketHandlers } from '../../protocol/index.js';
import { realWallClock, type WallClock } from '../wall-clock.js';
import { admit } from './admission.js';
import type { Acceptor, UpgradeRequest, UpgradeVerdict } from './connection.js';
import { ManagedConnection } from './managed-connection.js';
import { MemorySocket } from './memory-socket.js';
import { type TransportLimits, transportLimits } from './transport-limits.js';
import { UpgradeWaits } from './upgrade-waits.js';

type Accepted = Extract<UpgradeVerdict, { accept: true }>;
type Refused = Exclude<UpgradeVerdict, Accepted>;

/** What Node's HTTP client says when a server ends the connection instead of answering. */
const HUNG_UP = 'socket hang up';

export interface MemoryTransportOptions {
  readonly accept: Acceptor;
  /** Told what a handler or the acceptor threw. Default: a process warning. */
  readonly onInternalError?: ((error: unknown) => void) | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
  readonly clock?: WallClock | undefined;
}

export interface MemoryTransport {
  /** Opens connections for the reference client; only path and query of the URL are looked at. */
  readonly connect: (
    request: Parameters<ClientSocketFactory>[0],
    handlers: ClientSocketHandlers,
  ) => MemorySocket;
  readonly connectionCount: number;
  /** Closes every connection with 1001, impaired ones at once. Resolves when all have ended. */
  close(): Promise<void>;
}

/** Creates a transport that only clients of this process can reach. */
export function createMemoryTransport(options: MemoryTransportOptions): MemoryTransport {
  return new InProcessTransport(options);
}

class InProcessTransport implements MemoryTransport {
  readonly #options: MemoryTransportOptions;
  readonly #limits: TransportLimits;
  readonly #clock: WallClock;
  readonly #onInternalError: (error: unknown) => void;
  /** Clients that will be let in, and those that will not. */
  readonly #admitted: UpgradeWaits;
  readonly #dismissed: UpgradeWaits;
  readonly #connections = new Set<ManagedConnection>();
  #whenLastEnded: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
    this.#limits = transportLimits(options.limits);
    this.#clock = options.clock ?? realWallClock;
    this.#onInternalError = options.onInternalError ?? warn;
    this.#admitted = new UpgradeWaits(this.#clock, this.#limits.impairedConnectionMs);
    this.#dismissed = new UpgradeWaits(this.#clock, this.#limits.impairedConnectionMs);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  readonly connect = (
    request: Parameters<ClientSocketFactory>[0],
    handlers: ClientSocketHandlers,
  ): MemorySocket => {
    const socket = new MemorySocket(handlers, {
      maxFrameBytes: this.#limits.frameBytes,
      clock: this.#clock,
    });
    // Judged a microtask later, so that the client holds its socket before anything happens on it.
    queueMicrotask(() => this.#onUpgrade(upgradeRequestOf(request), socket));
    return socket;
  };

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#whenLastEnded = resolve;
      this.#admitted.dropAll();
      this.#dismissed.dropAll();
      for (const connection of this.#connections) connection.shutDown();
      if (this.#connections.size === 0) resolve();
    });
    return this.#closed;
  }

  #onUpgrade(request: UpgradeRequest, socket: MemorySocket): void {
    if (socket.isAbandoned) return;
    const verdict: UpgradeVerdict = admit(request, {
      accept: this.#options.accept,
      connectionCount: this.#connections.size + this.#admitted.count,
      maxConnections: this.#limits.connections,
      closing: this.#closed !== undefined,
      onAcceptorError: this.#onInternalError,
    });
    const hangUp = (): void => socket.drop(HUNG_UP);
    if (verdict.accept) {
      const letIn = (): void => this.#letIn(verdict, socket);
      socket.whenAbandoned(this.#admitted.start(verdict.delayMs, letIn, hangUp));
    } else {
      const isSilent = 'drop' in verdict && verdict.drop === 'silence';
      const delayMs = isSilent ? this.#limits.impairedConnectionMs : verdict.delayMs;
      socket.whenAbandoned(this.#dismissed.start(delayMs, () => dismiss(verdict, socket), hangUp));
    }
  }

  #letIn(verdict: Accepted, socket: MemorySocket): void {
    const wire = socket.open();
    const connection = new ManagedConnection({
      wire,
      limits: this.#limits,
      clock: this.#clock,
      onHandlerError: this.#onInternalError,
      onEnded: (ended) => {
        this.#connections.delete(ended);
        if (this.#connections.size === 0) this.#whenLastEnded?.();
      },
    });
    this.#connections.add(connection);
    wire.attach(connection);
    connection.start(verdict.handler);
  }
}

function dismiss(verdict: Refused, socket: MemorySocket): void {
  if (!('drop' in verdict)) socket.refuse(verdict.status, verdict.body);
  else socket.drop(verdict.drop === 'reset' ? 'read ECONNRESET' : HUNG_UP);
}

function upgradeRequestOf(request: Parameters<ClientSocketFactory>[0]): UpgradeRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  if (request.protocols.length > 0) headers['sec-websocket-protocol'] = request.protocols.join(', ');
  const target = request.url.replace(/^[a-z]+:\/\/[^/?]*/i, '');
  return {
    target: target.startsWith('/') ? target : `/${target}`,
    headers: { upgrade: 'websocket', ...headers },
    remoteAddress: 'memory',
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
