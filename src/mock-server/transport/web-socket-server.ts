/**
 * The `ws` server behind our own HTTP server, with every bound of it named. Must never listen by itself.
 */
import type { IncomingMessage } from 'node:http';
import { type Server, WebSocketServer } from 'ws';
import { LIMITS } from '../../protocol/limits.js';
import { ServiceWebSocket } from './service-web-socket.js';
import type { TransportLimits } from './transport-limits.js';

/** The server; `subprotocolOf` says which subprotocol an accepted request was promised. */
export function createWebSocketServer(
  limits: TransportLimits,
  subprotocolOf: (request: IncomingMessage) => string | undefined,
): Server<typeof ServiceWebSocket> {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    maxFragments: LIMITS.messageFragments,
    // Unanswered pings are bounded by what their pongs take of the write buffer; 61 in one packet are no attack.
    maxPendingAutoPongs: 0,
    closeTimeout: limits.closeTimeoutMs,
    WebSocket: ServiceWebSocket,
    handleProtocols: (offered: Set<string>, request: IncomingMessage): string | false => {
      const chosen = subprotocolOf(request);
      return chosen !== undefined && offered.has(chosen) ? chosen : false;
    },
  };
  return new WebSocketServer(options);
}
