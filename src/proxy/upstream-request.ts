/**
 * Asks an upstream server for the WebSocket a client asked for, with the client's own headers, and gives its answer. Must
 * never verify less of a certificate than Node does by itself.
 */
import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import { LIMITS } from '../protocol/limits.js';
import type { RecordedHeaders } from '../recordings/index.js';
import type { RelayEnd } from './relay.js';

export interface UpstreamRequest {
  readonly upstream: URL;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: RecordedHeaders;
  /** PEM certificates to trust instead of the well-known ones. */
  readonly ca?: string | undefined;
  readonly agent?: Agent | undefined;
  /** Wall milliseconds until it is given up. Default `LIMITS.proxyAnswerMs`. */
  readonly timeoutMs?: number | undefined;
}

interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: RecordedHeaders;
  /** Whether the server's certificate was verified by the well-known authorities. */
  readonly isVerified: boolean;
}

/** What came of it. */
export type UpstreamAnswer =
  | (Answer & { readonly kind: 'upgraded'; readonly end: RelayEnd; readonly head: Uint8Array })
  | (Answer & { readonly kind: 'refused'; readonly body: Uint8Array })
  | { readonly kind: 'unreachable'; readonly status: 502 | 504; readonly why: string };

/** A request on its way. */
export interface UpstreamAttempt {
  readonly answer: Promise<UpstreamAnswer>;
  /** Gives it up. */
  readonly abort: () => void;
}

/** Sends the request. The answer never rejects. */
export function askUpstream(options: UpstreamRequest): UpstreamAttempt {
  let abort = (): void => {};
  const answer = new Promise<UpstreamAnswer>((resolve) => {
    const dialled = new Dialled(options);
    const settle = (settled: UpstreamAnswer): void => {
      clearTimeout(timer);
      if (settled.kind === 'unreachable') abort();
      resolve(settled);
    };
    const fail = (why: string, status: 502 | 504 = 502) => settle({ kind: 'unreachable', status, why });
    const { timeoutMs = LIMITS.proxyAnswerMs } = options;
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`, 504), timeoutMs);
    let request: ClientRequest;
    try {
      request = send(options, dialled);
    } catch (error) {
      fail(messageOf(error));
      return;
    }
    abort = () => {
      request.destroy();
      dialled.tcp?.destroy();
    };
    request.on('error', (error) => fail(messageOf(error)));
    request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) fail(`the proxy in between answered ${statusCode}`);
    });
    request.on('upgrade', (response, socket, head) => {
      const end = { socket: socket as Socket, reset: () => resetSocket(socket as Socket, dialled.tcp) };
      settle({ kind: 'upgraded', ...answerOf(response, options), end, head });
    });
    request.on('response', (response) => readRefusal(response, options, settle, fail));
    request.end();
  });
  return { answer, abort: () => abort() };
}

type OnSocket = (error: Error | null, socket: Duplex) => void;

/** The TCP connection that the request went out on, which may lie below TLS. */
class Dialled {
  readonly #options: UpstreamRequest;
  tcp: Socket | undefined;

  constructor(options: UpstreamRequest) {
    this.#options = options;
  }

  /** TLS begins when TCP stands: until then its handle may be replaced by that of another address. */
  connect(onSocket: OnSocket): undefined {
    const { upstream, ca } = this.#options;
    const tcp = tcpConnect({ host: hostOf(upstream), port: portOf(upstream) });
    this.tcp = tcp;
    const fail = (error: Error): void => onSocket(error, tcp);
    tcp.once('error', fail);
    tcp.once('connect', () => {
      tcp.off('error', fail);
      tcp.setNoDelay(true);
      if (upstream.protocol === 'ws:') onSocket(null, tcp);
      else onSocket(null, tlsConnect({ socket: tcp, ...tlsOptions(upstream, ca) }));
    });
  }
}

function send(options: UpstreamRequest, dialled: Dialled): ClientRequest {
  const { upstream, method, target, headers, agent, ca } = options;
  // A flat list is sent as it is; the types know only the values of a name.
  const flat = headers.flat() as unknown as Record<string, string>;
  const common: RequestOptions = {
    method,
    path: target,
    host: hostOf(upstream),
    port: portOf(upstream),
    setHost: false,
    headers: flat,
    ...(agent === undefined ? { createConnection: (_, onSocket) => dialled.connect(onSocket) } : { agent }),
  };
  if (upstream.protocol === 'ws:') return httpRequest(common);
  return httpsRequest({ ...common, ...tlsOptions(upstream, ca) });
}

function tlsOptions(upstream: URL, ca: string | undefined) {
  const host = hostOf(upstream);
  return {
    host,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
}

function readRefusal(
  response: IncomingMessage,
  options: UpstreamRequest,
  settle: (answer: UpstreamAnswer) => void,
  fail: (why: string) => void,
): void {
  if (response.statusCode === 101) {
    fail('it switches protocols without an Upgrade header');
    return;
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const answer = answerOf(response, options);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > LIMITS.proxyRefusalBodyBytes) {
      fail(`a refusal of more than ${LIMITS.proxyRefusalBodyBytes} bytes`);
      response.destroy();
    }
  });
  response.on('error', (error) => fail(messageOf(error)));
  response.on('end', () => settle({ kind: 'refused', ...answer, body: Buffer.concat(chunks) }));
}

function answerOf(response: IncomingMessage, { ca }: UpstreamRequest): Answer {
  const { socket } = response;
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers: pairsOf(response.rawHeaders),
    isVerified: socket instanceof TLSSocket && socket.authorized && ca === undefined,
  };
}

/** Names and values in turn, as pairs. */
export function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

/** A RST, on the TCP connection below where there is one that we know. */
export function resetSocket(socket: Socket, tcp: Socket | undefined): void {
  const lowest = tcp ?? socket;
  try {
    lowest.resetAndDestroy();
  } catch {
    // TLS over a connection that we did not open.
    socket.destroy();
  }
  if (lowest !== socket) socket.destroy();
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'wss:' ? 443 : 80;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
