/**
 * The transport over real sockets: our own HTTP or HTTPS server, upgraded by `ws`.
 * Must never let a peer throw into the process, and must leave nothing open after `close()`.
 */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../protocol/limits.js';
import { standInHeader } from '../stand-in-header.js';
import type { TlsCredentials } from '../tls.js';
import { realWallClock, type WallClock } from '../wall-clock.js';
import { admit } from './admission.js';
import type { Acceptor, Listener, UpgradeVerdict } from './connection.js';
import { answerOnSocket, type HttpAnswer, isHeaderLine } from './http-answer.js';
import { answerNotFound, bindServer, createHttpServer, upgradeRequestOf } from './http-server.js';
import { ManagedConnection } from './managed-connection.js';
import type { ServiceWebSocket } from './service-web-socket.js';
import { TcpSockets } from './tcp-sockets.js';
import { type TransportLimits, transportLimits } from './transport-limits.js';
import { UpgradeWaits } from './upgrade-waits.js';
import { createWebSocketServer } from './web-socket-server.js';
import { WireGate } from './wire-gate.js';
import { forwardWsEvents, WsWire } from './ws-wire.js';

type Accepted = Extract<UpgradeVerdict, { accept: true }>;
type Refused = Exclude<UpgradeVerdict, Accepted>;

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
  readonly #sockets = new TcpSockets();
  /** Peers that will be let in, and those that will not. */
  readonly #admitted: UpgradeWaits;
  readonly #dismissed: UpgradeWaits;
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
    this.#admitted = new UpgradeWaits(this.#clock, this.#limits.impairedConnectionMs);
    this.#dismissed = new UpgradeWaits(this.#clock, this.#limits.impairedConnectionMs);
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
      this.#answer(socket, {
        status: 400,
        headers: { 'sec-websocket-version': '13', ...standInHeader() },
        body,
      });
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
    const address = await bindServer(this.#http, host, port);
    this.#http.on('error', this.#onInternalError);
    this.#url = `${this.certificatePem === undefined ? 'ws' : 'wss'}://${address}`;
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
    this.#admitted.dropAll();
    this.#dismissed.dropAll();
    for (const connection of this.#connections) connection.shutDown();
    if (this.#connections.size > 0) await ended;
    this.#sockets.destroyAll();
    await freed;
  }

  #listenToServer(): void {
    this.#http.on('connection', (tcp) => this.#sockets.add(tcp));
    this.#http.on('request', this.#onHttpRequest);
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', ignoreError);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      this.#answerWithoutUpgrade(request, socket);
      return;
    }
    const verdict = admit(upgradeRequestOf(request), {
      accept: this.#accept,
      connectionCount: this.#connections.size + this.#admitted.count,
      maxConnections: this.#limits.connections,
      closing: this.#closed !== undefined,
      onAcceptorError: this.#onInternalError,
    });
    const drop = (): void => {
      socket.destroy();
    };
    const abandon = verdict.accept
      ? this.#letInLater(request, socket, head, verdict, drop)
      : this.#dismissLater(socket, verdict, drop);
    socket.once('end', abandon);
    socket.once('close', abandon);
  }

  /** The gate stands from the beginning: it keeps what an eager peer sends, and sees it leave. */
  #letInLater(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    verdict: Accepted,
    drop: () => void,
  ): () => void {
    this.#verdicts.set(request, verdict);
    socket.setKeepAlive(true, LIMITS.keepAliveIdleMs);
    const gate = new WireGate(socket, { clock: this.#clock, reset: () => this.#sockets.reset(socket) });
    const letIn = (): void =>
      this.#webSockets.handleUpgrade(request, gate, head, (webSocket) =>
        this.#adopt(webSocket, gate, socket, verdict),
      );
    return this.#admitted.start(verdict.delayMs, letIn, drop);
  }

  #dismissLater(socket: Socket, verdict: Refused, drop: () => void): () => void {
    const isSilent = 'drop' in verdict && verdict.drop === 'silence';
    const delayMs = isSilent ? this.#limits.impairedConnectionMs : verdict.delayMs;
    const abandon = this.#dismissed.start(delayMs, () => this.#dismiss(socket, verdict), drop);
    // Read and thrown away, so that the peer is seen to leave.
    socket.resume();
    return abandon;
  }

  #dismiss(socket: Socket, verdict: Refused): void {
    if (!('drop' in verdict)) this.#answer(socket, verdict);
    else if (verdict.drop === 'end') socket.end(() => socket.destroy());
    else if (verdict.drop === 'reset') this.#sockets.reset(socket);
    else socket.destroy();
  }

  #adopt(webSocket: ServiceWebSocket, gate: WireGate, socket: Socket, verdict: Accepted): void {
    const wire = new WsWire(webSocket, gate);
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
    gate.beginFrames();
    forwardWsEvents(webSocket, wire, connection);
    socket.once('close', () => connection.gone());
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

function ignoreError(): void {}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
