/**
 * Small servers that misbehave on a real socket, for the reference client. Each listens on 127.0.0.1 at a free
 * port and closes with everything it holds.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A running server. */
export interface HostileServer {
  readonly url: string;
  /** Request targets of the upgrades seen so far. */
  readonly targets: string[];
  close(): Promise<void>;
}

/** What a server does with each connection. */
export interface HostileScript {
  /** Answers an upgrade by plain HTTP; nothing to accept it. */
  readonly refuse?: { readonly status: number; readonly body: string };
  /** The upgrade is read and never answered. */
  readonly ignoreUpgrade?: boolean;
  /** Runs right after the 101, in the same tick. */
  readonly onConnection?: (socket: WebSocket, raw: Socket) => void;
}

export async function hostileServer(script: HostileScript): Promise<HostileServer> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const http: Server = createServer((_request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = 426;
    response.end();
  });
  http.on('connection', (raw) => {
    sockets.add(raw);
    raw.on('error', () => {});
    raw.on('close', () => sockets.delete(raw));
  });
  http.on('upgrade', (request, raw: Socket, head) => {
    targets.push(request.url ?? '');
    if (script.ignoreUpgrade === true) return;
    if (script.refuse !== undefined) {
      const { status, body } = script.refuse;
      raw.end(
        `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    wss.handleUpgrade(request, raw, head, (socket) => {
      socket.on('error', () => {});
      script.onConnection?.(socket, raw);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/api-ws/v1/realtime`,
    targets,
    async close() {
      for (const raw of sockets) raw.destroy();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** Sends events as JSON text. */
export function say(socket: WebSocket, ...events: unknown[]): void {
  for (const event of events) socket.send(typeof event === 'string' ? event : JSON.stringify(event));
}

/** Calls `answer` for every event the client sends. */
export function onClientEvent(socket: WebSocket, answer: (event: Record<string, unknown>) => void): void {
  socket.on('message', (data) => answer(JSON.parse(String(data)) as Record<string, unknown>));
}
