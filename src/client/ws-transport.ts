/**
 * The default transport: a real WebSocket through `ws`. Reports a refused upgrade with status and body, notices a
 * peer that went silent, and never lets an exception or an unhandled error event out.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ClientSocket, ClientSocketFactory, ClientSocketHandlers } from '../protocol/index.js';
import { LIMITS } from '../protocol/index.js';
import type { ClientClock } from './client-clock.js';
import { realClock } from './real-clock.js';

/** How the default transport connects. */
export interface WsTransportOptions {
  /** Certificate authorities to trust instead of Node's, PEM: for a server with a certificate of its own. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Milliseconds between pings; 0 sends none. Default `LIMITS.clientPingIntervalMs`. */
  readonly pingIntervalMs?: number;
  /** Wall time for pings and refusals; the conversation's own clock does not drive them. */
  readonly clock?: ClientClock;
}

/** Pings without a sign of life after which the link counts as dead. */
const SILENT_PINGS = 2;

/** Makes a transport over `ws`. Compression is not negotiated, redirects are not followed. */
export function createWsTransport(options: WsTransportOptions = {}): ClientSocketFactory {
  const clock = options.clock ?? realClock;
  return (request, handlers) => {
    const socket = new WebSocket(request.url, request.protocols, {
      headers: request.headers,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: LIMITS.clientFrameBytes,
      ...(options.ca === undefined ? {} : { ca: trustedRoots(options.ca) }),
    });
    socket.on('unexpected-response', (_request, response) => readRefusal(response, clock, handlers));
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) handlers.onBinary(data.length);
      else handlers.onText(data.toString('utf8'));
    });
    socket.on('error', (error) => handlers.onError(error));
    socket.on('close', (code, reason) => handlers.onClose(code, reason.toString('utf8')));
    socket.on('open', () => handlers.onOpen());
    watchSilence(socket, clock, options.pingIntervalMs ?? LIMITS.clientPingIntervalMs, handlers);
    return asClientSocket(socket);
  };
}

function asClientSocket(socket: WebSocket): ClientSocket {
  return {
    send(text) {
      // `ws` drops what is sent once the closing handshake has begun, in silence.
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the closing handshake has begun');
      socket.send(text);
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
  };
}

/** Collects the body of a refusal, within bounds of size and time. */
function readRefusal(response: IncomingMessage, clock: ClientClock, handlers: ClientSocketHandlers): void {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  let isReported = false;
  const report = (): void => {
    if (isReported) return;
    isReported = true;
    cancelTimer();
    const body = Buffer.concat(pieces).subarray(0, LIMITS.clientRefusalBodyBytes).toString('utf8');
    handlers.onRefused(response.statusCode ?? 0, body);
    response.destroy();
  };
  const cancelTimer = clock.setTimer(LIMITS.clientRefusalBodyMs, report);
  response.on('data', (piece: Buffer) => {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes >= LIMITS.clientRefusalBodyBytes) report();
  });
  response.on('end', report);
  response.on('error', report);
  response.on('close', report);
}

/** Ends a link over which neither data nor an answer to a ping comes any more. */
function watchSilence(
  socket: WebSocket,
  clock: ClientClock,
  intervalMs: number,
  handlers: ClientSocketHandlers,
): void {
  if (intervalMs <= 0) return;
  let silentPings = 0;
  let cancelTimer = (): void => {};
  const alive = (): void => {
    silentPings = 0;
  };
  const look = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (silentPings >= SILENT_PINGS) {
      handlers.onError(new Error(`the server gave no sign of life for ${SILENT_PINGS * intervalMs} ms`));
      socket.terminate();
      return;
    }
    silentPings += 1;
    socket.ping();
    cancelTimer = clock.setTimer(intervalMs, look);
  };
  socket.on('open', () => {
    cancelTimer = clock.setTimer(intervalMs, look);
  });
  socket.on('message', alive);
  socket.on('ping', alive);
  socket.on('pong', alive);
  socket.on('close', () => cancelTimer());
}

/** The certificates as Node's TLS takes them. */
function trustedRoots(ca: NonNullable<WsTransportOptions['ca']>): (string | Buffer)[] {
  const all = typeof ca === 'string' || ca instanceof Uint8Array ? [ca] : ca;
  return all.map((pem) => (typeof pem === 'string' ? pem : Buffer.from(pem)));
}
