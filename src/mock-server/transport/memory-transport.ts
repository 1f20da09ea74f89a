/**
 * The transport inside one process: no socket, no timer, no thread, delivery by microtasks in one fixed order,
 * under the same limits as real sockets. Must never read real time, save to bound a closing handshake that the
 * client does not answer.
 */

import type { ClientSocketFactory, ClientSocketHandlers } from '../../protocol/index.js';
import { realWallClock, type WallClock } from '../wall-clock.js';
import { admit } from './admission.js';
import type { Acceptor, UpgradeRequest, UpgradeVerdict } from './connection.js';
import { ManagedConnection } from './managed-connection.js';
import { MemorySocket } from './memory-socket.js';
import { type TransportLimits, transportLimits } from './transport-limits.js';

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
  /** Closes every connection with 1001. Resolves when all have ended. */
  close(): Promise<void>;
}

/** Creates a transport that only clients of this process can reach. */
export function createMemoryTransport(options: MemoryTransportOptions): MemoryTransport {
  return new InProcessTransport(options);
}

class InProcessTransport implements MemoryTransport {
  readonly #options: MemoryTransportOptions;
  readonly #limits: TransportLimits;
  readonly #onInternalError: (error: unknown) => void;
  readonly #connections = new Set<ManagedConnection>();
  #whenLastEnded: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
    this.#limits = transportLimits(options.limits);
    this.#onInternalError = options.onInternalError ?? warn;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  readonly connect = (
    request: Parameters<ClientSocketFactory>[0],
    handlers: ClientSocketHandlers,
  ): MemorySocket => {
    const socket = new MemorySocket(handlers, this.#limits.frameBytes);
    // Judged a microtask later, so that the client holds its socket before anything happens on it.
    queueMicrotask(() => this.#onUpgrade(upgradeRequestOf(request), socket));
    return socket;
  };

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#whenLastEnded = resolve;
      for (const connection of this.#connections) connection.close(1001, 'The server is shutting down.');
      if (this.#connections.size === 0) resolve();
    });
    return this.#closed;
  }

  #onUpgrade(request: UpgradeRequest, socket: MemorySocket): void {
    if (socket.abandoned) return;
    const verdict: UpgradeVerdict = admit(request, {
      accept: this.#options.accept,
      connectionCount: this.#connections.size,
      maxConnections: this.#limits.connections,
      closing: this.#closed !== undefined,
      onAcceptorError: this.#onInternalError,
    });
    if (!verdict.accept) {
      socket.refuse(verdict.status, verdict.body);
      return;
    }
    const { wire, attach } = socket.open();
    const connection = new ManagedConnection({
      wire,
      limits: this.#limits,
      clock: this.#options.clock ?? realWallClock,
      onHandlerError: this.#onInternalError,
      onEnded: (ended) => {
        this.#connections.delete(ended);
        if (this.#connections.size === 0) this.#whenLastEnded?.();
      },
    });
    this.#connections.add(connection);
    attach(connection);
    connection.start(verdict.handler);
  }
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
