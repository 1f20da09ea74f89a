/**
 * The transport over real sockets: our own HTTP or HTTPS server, upgraded by `ws`.
 * Must never let a peer throw into the process, and must leave nothing open after `close()`.
 */
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import type { TlsCredentials } from '../tls.js';
import { realWallClock, type WallClock } from '../wall-clock.js';
import { admit } from './admission.js';
import type { Acceptor, Listener, UpgradeRequest, UpgradeVerdict } from './connection.js';
import { answerOnSocket, type HttpAnswer, isHeaderLine, writeHttpAnswer } from './http-answer.js';
import { ManagedConnection } from './managed-connection.js';
import type { ServiceWebSocket } from './service-web-socket.js';
import { type TransportLimits, transportLimits } from './transport-limits.js';
import { createWebSocketServer } from './web-socket-server.js';
import { forwardWsEvents, WsWire } from './ws-wire.js';

type Accepted = Extract<UpgradeVerdict, { accept: true }>;

export interface ListenWsOptions {
  /** Address to bind; default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Port to bind; 0, the default, takes any free one. */
  readonly port?: number | undefined;
  /** Speak `wss` with this certificate. */
  readonly tls?: TlsCredentials | undefined;
  readonly accept: Acceptor;
  /** Answers requests that ask for no WebSocket. Default: 404. */
  readonly onHttpRequest?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Told what a handler or the acceptor threw. Default: a process warning. */
  readonly onInternalError?: ((error: unknown) => void) | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
  readonly clock?: WallClock | undefined;
}

/** What to do about an address that cannot be bound, by the system's error code. */
function listenHint(code: string | undefined): string {
  if (code === 'EACCES') return 'a port from 1024 up, or 0 for any free one';
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return 'an address of this machine, such as 127.0.0.1';
  return 'port 0 for any free one';
}

/**
 * Starts listening.
 *
 * @throws SoundstageError `E_LISTEN` when the address cannot be bound
 */
export async function listenWs(options: ListenWsOptions): Promise<Listener> {
  const listener = new WsListener(options);
  await listener.listen(options.host ?? '127.0.0.1', options.port ?? 0);
  return listener;
}

class WsListener implements Listener {
  readonly certificatePem: string | undefined;
  readonly #accept: Acceptor;
  readonly #limits: TransportLimits;
  readonly #clock: WallClock;
  readonly #onInternalError: (error: unknown) => void;
  readonly #onHttpRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #http: Server;
  readonly #webSockets: ReturnType<typeof createWebSocketServer>;
  /** Verdicts between the upgrade event and the hooks of `ws` that need them. */
  readonly #verdicts = new WeakMap<IncomingMessage, Accepted>();
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<ManagedConnection>();
  #whenLastEnded: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  #url = '';

  constructor(options: ListenWsOptions) {
    this.#accept = options.accept;
    this.#limits = transportLimits(options.limits);
    this.#clock = options.clock ?? realWallClock;
    this.#onInternalError = options.onInternalError ?? warn;
    this.#onHttpRequest = options.onHttpRequest ?? answerNotFound;
    this.certificatePem = options.tls?.cert;
    this.#http = createHttpServer(options.tls, this.#limits);
    this.#webSockets = createWebSocketServer(
      this.#limits,
      (request) => this.#verdicts.get(request)?.subprotocol,
    );
    this.#webSockets.on('headers', (lines: string[], request: IncomingMessage) => {
      for (const [name, value] of Object.entries(this.#verdicts.get(request)?.headers ?? {})) {
        if (isHeaderLine(name, value)) lines.push(`${name}: ${value}`);
      }
    });
    this.#webSockets.on('wsClientError', (error: Error, socket: Duplex) => {
      const body = JSON.stringify({ code: 'BadRequest', message: `${error.message}.` });
      this.#answer(socket, { status: 400, headers: { 'sec-websocket-version': '13' }, body });
    });
    this.#listenToServer();
  }

  get url(): string {
    return this.#url;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (cause: NodeJS.ErrnoException) => {
        const message = `Listening on ${host} port ${port} failed: ${cause.message}. Try ${listenHint(cause.code)}.`;
        reject(new SoundstageError('E_LISTEN', message, { cause, details: { host, port } }));
      });
      this.#http.listen(port, host, resolve);
    });
    this.#http.removeAllListeners('error');
    this.#http.on('error', this.#onInternalError);
    const scheme = this.certificatePem === undefined ? 'ws' : 'wss';
    this.#url = `${scheme}://${reachableHost(host)}:${(this.#http.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const freed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    const ended = new Promise<void>((resolve) => {
      this.#whenLastEnded = resolve;
    });
    for (const connection of this.#connections) connection.close(1001, 'The server is shutting down.');
    if (this.#connections.size > 0) await ended;
    for (const socket of this.#sockets) socket.destroy();
    await freed;
  }

  #listenToServer(): void {
    const track = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
    this.#http.on('connection', track);
    this.#http.on('secureConnection', track);
    this.#http.on('request', this.#onHttpRequest);
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignoreError);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      this.#answerWithoutUpgrade(request, socket as Socket);
      return;
    }
    const verdict = admit(upgradeRequestOf(request), {
      accept: this.#accept,
      connectionCount: this.#connections.size,
      maxConnections: this.#limits.connections,
      closing: this.#closed !== undefined,
      onAcceptorError: this.#onInternalError,
    });
    if (!verdict.accept) {
      this.#answer(socket, verdict);
      return;
    }
    this.#verdicts.set(request, verdict);
    (socket as Socket).setKeepAlive(true, LIMITS.keepAliveIdleMs);
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#adopt(webSocket, socket, verdict),
    );
  }

  #adopt(webSocket: ServiceWebSocket, socket: Duplex, verdict: Accepted): void {
    const wire = new WsWire(webSocket, socket);
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
    forwardWsEvents(webSocket, wire, connection);
    connection.start(verdict.handler);
  }

  /** A client offering another protocol (Java's HTTP client offers h2c) is served as if it had not. */
  #answerWithoutUpgrade(request: IncomingMessage, socket: Socket): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.end());
    this.#onHttpRequest(request, response);
  }

  #answer(socket: Duplex, answer: HttpAnswer): void {
    answerOnSocket(socket, answer, { clock: this.#clock, closeTimeoutMs: this.#limits.closeTimeoutMs });
  }
}

function createHttpServer(tls: TlsCredentials | undefined, limits: TransportLimits): Server {
  const timeouts = {
    headersTimeout: limits.upgradeTimeoutMs,
    requestTimeout: limits.upgradeTimeoutMs,
    // Node looks for overdue requests at this interval, so a peer is dropped at most a quarter late.
    connectionsCheckingInterval: Math.ceil(limits.upgradeTimeoutMs / 4),
  };
  const server =
    tls === undefined
      ? createServer(timeouts)
      : createTlsServer({ ...timeouts, ...tls, handshakeTimeout: limits.upgradeTimeoutMs });
  server.maxConnections = Math.max(LIMITS.sockets, limits.connections);
  return server;
}

function upgradeRequestOf(request: IncomingMessage): UpgradeRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { target: request.url ?? '/', headers, remoteAddress: request.socket.remoteAddress ?? '' };
}

/** The host to put in a URL: brackets around IPv6, loopback for the addresses that mean "every interface". */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function answerNotFound(_request: IncomingMessage, response: ServerResponse): void {
  writeHttpAnswer(response, {
    status: 404,
    body: JSON.stringify({ code: 'NotFound', message: 'Nothing here.' }),
  });
}

function ignoreError(): void {}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
