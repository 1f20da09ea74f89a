/**
 * The way from the recording proxy to the mock server of a fixture, as a CONNECT proxy: by it the server has a name in
 * place of a port that is another one in every run. What the server sends is passed on one frame at a time, the next when
 * the last has been recorded, so that each can be given its own virtual time. Must never change a byte.
 */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../src/protocol/index.js';
import { type Frame, FrameReader } from '../../src/protocol/websocket-frames.js';

export interface TunnelOptions {
  /** Where the server listens. */
  readonly port: number;
  /** Passes a frame on by calling `pass`, and resolves when the next may follow. */
  readonly onFrame: (frame: Frame, pass: () => void) => Promise<void>;
}

export interface Tunnel {
  /** For `HTTP_PROXY`. */
  readonly url: string;
  close(): Promise<void>;
}

const HEAD_END = '\r\n\r\n';
const SWITCHING = /^HTTP\/1\.1 101 /;

/** Listens on a free port of the loopback. */
export async function openTunnel({ port, onFrame }: TunnelOptions): Promise<Tunnel> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on('connect', (_request, client: Duplex, head: Buffer) => {
    const upstream = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    (client as Socket).allowHalfOpen = true;
    client.write(`HTTP/1.1 200 OK${HEAD_END}`);
    if (head.length > 0) upstream.write(head);
    client.on('data', (bytes: Buffer) => upstream.write(bytes));
    client.on('end', () => upstream.end());
    client.on('close', () => upstream.destroy());
    passFrames(upstream, client, onFrame);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The server's half: its answer at once, its frames one by one, its end behind them. */
function passFrames(upstream: Socket, client: Duplex, onFrame: TunnelOptions['onFrame']): void {
  const reader = new FrameReader(LIMITS.frameBytes);
  let head: Buffer | undefined = Buffer.alloc(0);
  let passing = Promise.resolve();
  const takeFrames = (bytes: Uint8Array): void => {
    for (const frame of reader.push(bytes)) {
      passing = passing.then(() => onFrame(frame, () => client.write(frame.raw)));
    }
  };
  upstream.on('data', (bytes: Buffer) => {
    if (head === undefined) {
      takeFrames(bytes);
      return;
    }
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) return;
    if (!SWITCHING.test(head.toString('latin1', 0, end))) {
      client.write(head);
      head = Buffer.alloc(0);
      return;
    }
    const behind = end + HEAD_END.length;
    client.write(head.subarray(0, behind));
    const frames = head.subarray(behind);
    head = undefined;
    takeFrames(frames);
  });
  upstream.on('end', () => {
    passing = passing.then(() => {
      if (head !== undefined && head.length > 0) client.write(head);
      client.end();
    });
  });
  upstream.on('close', (hadError) => {
    if (hadError) client.destroy();
  });
}
