/**
 * The recording proxy: a server that passes WebSocket connections on to another and records what crosses them. Must
 * never change a byte of the traffic, and must leave nothing open after `close()`.
 */
import { mkdirSync } from 'node:fs';
import type { Agent, IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { loadTlsCredentials } from '../mock-server/tls.js';
import { writeHttpAnswer } from '../mock-server/transport/http-answer.js';
import { bindServer, createHttpServer } from '../mock-server/transport/http-server.js';
import { TcpSockets } from '../mock-server/transport/tcp-sockets.js';
import { transportLimits } from '../mock-server/transport/transport-limits.js';
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { modelOf } from '../recordings/index.js';
import { OWN_REFUSALS } from './answers.js';
import { outgoingProxy, proxyAgent } from './outgoing-proxy.js';
import { ProxiedConnection, type Route } from './proxied-connection.js';
import {
  type ProxyPlan,
  type ProxyRecording,
  planProxy,
  type RecordingProxyOptions,
} from './proxy-options.js';
import { type RecordedRoute, recordedRoute } from './recorded-route.js';
import { isRecording, RecordingPlaces } from './recording-places.js';
import { type ClientTarget, REALTIME_PATH, readClientTarget } from './request-target.js';

/** A running proxy. */
export interface RecordingProxy {
  /** What a client connects to, without a query: `ws://127.0.0.1:8080/api-ws/v1/realtime`. */
  readonly url: string;
  /** The same, with a name for the recording: `ws://127.0.0.1:8080/n/my-test/api-ws/v1/realtime`. */
  urlFor(name: string): string;
  /** Recordings that have ended, oldest first; those beyond `LIMITS.proxyRecordings` are forgotten. */
  readonly recordings: readonly ProxyRecording[];
  /** The certificate to trust, PEM; undefined without TLS. */
  readonly certificatePem: string | undefined;
  /** Ends every connection, finishes its recording and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a proxy.
 *
 * @throws SoundstageError `E_OPTION` for bad options, `E_PROXY_CI` when `dialOut` is false and the mode needs a server,
 *   `E_LISTEN` when the address cannot be bound, `E_RECORDING_WRITE` when the folder cannot be made
 */
export async function createRecordingProxy(options: RecordingProxyOptions): Promise<RecordingProxy> {
  const plan = planProxy(options);
  if (plan.mode === 'record' || plan.mode === 'record-on-miss') makeFolder(plan.out);
  const through =
    plan.upstream === undefined ? undefined : outgoingProxy(plan.upstream, options.env ?? process.env);
  const agent = through === undefined ? undefined : await proxyAgent(through);
  const tls = await loadTlsCredentials(options.tls);
  const proxy = new RunningProxy({ options, plan, agent, server: createHttpServer(tls, transportLimits()) });
  await proxy.listen(tls?.cert);
  return proxy;
}

/** Now rather than at the first recording, when nobody is looking. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SoundstageError(
      'E_RECORDING_WRITE',
      `Cannot record into ${folder}: ${why}. Try a folder that you may write to.`,
      { cause, details: { folder } },
    );
  }
}

interface Parts {
  readonly options: RecordingProxyOptions;
  readonly plan: ProxyPlan;
  readonly agent: Agent | undefined;
  readonly server: Server;
}

class RunningProxy implements RecordingProxy {
  certificatePem: string | undefined;
  readonly #parts: Parts;
  readonly #places: RecordingPlaces;
  readonly #sockets = new TcpSockets();
  readonly #connections = new Set<ProxiedConnection>();
  readonly #recordings: ProxyRecording[] = [];
  /** Servers of replays that are about to close. */
  readonly #closing = new Set<Promise<void>>();
  #baseUrl = '';
  #count = 0;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#places = new RecordingPlaces(parts.plan.out, parts.options);
  }

  get url(): string {
    return `${this.#baseUrl}${REALTIME_PATH}`;
  }

  get recordings(): readonly ProxyRecording[] {
    return this.#recordings;
  }

  urlFor(name: string): string {
    return `${this.#baseUrl}/n/${encodeURIComponent(name)}${REALTIME_PATH}`;
  }

  async listen(certificatePem: string | undefined): Promise<void> {
    const { server, options } = this.#parts;
    this.certificatePem = certificatePem;
    server.on('connection', (tcp) => this.#sockets.add(tcp));
    server.on('request', (_, response) => writeHttpAnswer(response, OWN_REFUSALS.noUpgrade()));
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
    const address = await bindServer(server, options.host ?? '127.0.0.1', options.port ?? 0);
    server.on('error', () => {});
    this.#baseUrl = `${certificatePem === undefined ? 'ws' : 'wss'}://${address}`;
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const freed = new Promise<void>((resolve) => this.#parts.server.close(() => resolve()));
    for (const connection of [...this.#connections]) connection.abort();
    this.#sockets.destroyAll();
    await freed;
    await Promise.all(this.#closing);
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const named = readClientTarget(request.url ?? '/');
    const connection = new ProxiedConnection({
      request,
      client: { socket, reset: () => this.#sockets.reset(socket) },
      head,
      target: named?.target ?? '/',
      onOver: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') connection.refuse(OWN_REFUSALS.noUpgrade());
    else if (named === undefined) connection.refuse(OWN_REFUSALS.badName());
    else void this.#route(connection, named);
  }

  /** By the mode, and what there is. */
  async #route(connection: ProxiedConnection, client: ClientTarget): Promise<void> {
    const { mode, upstream, mayDialOut } = this.#parts.plan;
    const path = this.#places.pathOf({ name: client.name, model: modelOf(client.target) });
    const replays = mode === 'replay' || mode === 'record-on-miss';
    const isKnown = replays && path !== undefined && isRecording(path);
    if (isKnown) await this.#replay(connection, path);
    else if (upstream === undefined || mode === 'replay')
      connection.refuse(OWN_REFUSALS.unknownRecording(path));
    else if (!mayDialOut) connection.refuse(OWN_REFUSALS.noDialOut(path));
    else await connection.run(this.#upstreamRoute(upstream, client));
  }

  async #replay(connection: ProxiedConnection, path: string): Promise<void> {
    const { replayBackend } = this.#parts.options;
    try {
      const backend = await replayBackend?.open(path);
      if (backend === undefined) return;
      const onOver = (): void => this.#closeLater(backend.close());
      const upstream = new URL(backend.url);
      await connection.run({ upstream, onOver, provenanceOf: () => ({ kind: 'undeclared' }) });
    } catch (error) {
      connection.refuse(OWN_REFUSALS.noReplay(error instanceof Error ? error.message : String(error)));
    }
  }

  #closeLater(closing: Promise<void>): void {
    const settled = closing.catch(() => {}).finally(() => this.#closing.delete(settled));
    this.#closing.add(settled);
  }

  #upstreamRoute(upstream: URL, client: ClientTarget): Route {
    const { options, plan, agent } = this.#parts;
    this.#count += 1;
    const base = { upstream, ca: options.ca, agent, timeoutMs: options.answerTimeoutMs };
    if (plan.mode === 'passthrough') return { ...base, provenanceOf: () => ({ kind: 'undeclared' }) };
    const route: RecordedRoute = {
      options,
      upstream,
      client,
      number: this.#count,
      places: this.#places,
      onRecording: (recording) => this.#remember(recording),
    };
    return { ...base, ...recordedRoute(route) };
  }

  #remember(recording: ProxyRecording): void {
    this.#recordings.push(recording);
    if (this.#recordings.length > LIMITS.proxyRecordings) this.#recordings.shift();
    this.#parts.options.onRecording?.(recording);
  }
}
