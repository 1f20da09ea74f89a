/**
 * Our own HTTP or HTTPS server below the WebSockets: made with its bounds, bound to an address, and its requests
 * translated. Must never know a WebSocket.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import type { TlsCredentials } from '../tls.js';
import type { UpgradeRequest } from './connection.js';
import { writeHttpAnswer } from './http-answer.js';
import type { TransportLimits } from './transport-limits.js';

export function createHttpServer(tls: TlsCredentials | undefined, limits: TransportLimits): Server {
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

/**
 * Binds `server` and gives the `host:port` at which it can be reached.
 *
 * @throws SoundstageError `E_LISTEN` when the address cannot be bound
 */
export async function bindServer(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Listening on ${host} port ${port} failed: ${cause.message}. Try ${listenHint(cause.code)}.`;
      reject(new SoundstageError('E_LISTEN', message, { cause, details: { host, port } }));
    });
    server.listen(port, host, resolve);
  });
  server.removeAllListeners('error');
  return `${reachableHost(host)}:${(server.address() as AddressInfo).port}`;
}

/** What to do about an address that cannot be bound, by the system's error code. */
function listenHint(code: string | undefined): string {
  if (code === 'EACCES') return 'a port from 1024 up, or 0 for any free one';
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return 'an address of this machine, such as 127.0.0.1';
  return 'port 0 for any free one';
}

/** The host to put in a URL: brackets around IPv6, loopback for the addresses that mean "every interface". */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** What an acceptor sees of a request. */
export function upgradeRequestOf(request: IncomingMessage): UpgradeRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { target: request.url ?? '/', headers, remoteAddress: request.socket.remoteAddress ?? '' };
}

/** The answer to a request that asks for nothing there is. */
export function answerNotFound(_request: IncomingMessage, response: ServerResponse): void {
  writeHttpAnswer(response, {
    status: 404,
    body: JSON.stringify({ code: 'NotFound', message: 'Nothing here.' }),
  });
}
