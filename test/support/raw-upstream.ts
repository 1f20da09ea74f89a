/**
 * A server that speaks bytes behind the recording proxy: takes any upgrade request, answers what the test says, and
 * then sends and keeps whatever the test wants. Must never outlive its test.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Happenings } from './happenings.js';

const ACCEPTED = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
];

export interface RawUpstreamOptions {
  /** The whole answer to the upgrade request; undefined for none at all. Default: a 101. */
  readonly answer?: string | undefined;
  /** Further headers of the default answer. */
  readonly headers?: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** One connection of it. */
export class UpstreamLink {
  readonly socket: Socket;
  /** `data`, `end`, `close`, `error CODE`. */
  readonly saw = new Happenings();
  /** The upgrade request as it came. */
  request = '';
  #received = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('end', () => this.saw.add('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.saw.add(`error ${error.code}`));
    socket.on('close', () => this.saw.add('close'));
  }

  /** Everything behind the request. */
  get received(): Buffer {
    return this.#received;
  }

  take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    this.saw.add('data');
  }

  async untilReceived(sizeBytes: number): Promise<void> {
    while (this.#received.length < sizeBytes) {
      await this.saw.untilCount('data', this.saw.list.filter((seen) => seen === 'data').length + 1);
    }
  }
}

export class RawUpstream {
  readonly links: UpstreamLink[] = [];
  /** `link` for every upgrade request. */
  readonly saw = new Happenings();
  readonly #server: Server;
  readonly #answer: string | undefined;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();

  constructor(options: RawUpstreamOptions = {}) {
    const accepted = [...ACCEPTED, ...(options.headers ?? []), '', ''].join('\r\n');
    this.#answer = 'answer' in options ? options.answer : accepted;
    this.#scheme = options.tls === undefined ? 'ws' : 'wss';
    const onSocket = (socket: Socket) => this.#greet(socket);
    this.#server =
      options.tls === undefined
        ? createServer({ allowHalfOpen: true }, onSocket)
        : createTlsServer({ ...options.tls, allowHalfOpen: true }, onSocket);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** The `count`-th connection, from 1. */
  async link(count = 1): Promise<UpstreamLink> {
    await this.saw.untilCount('link', count);
    const link = this.links[count - 1];
    if (link === undefined) throw new Error('no such link');
    return link;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #greet(socket: Socket): void {
    const link = new UpstreamLink(socket);
    socket.on('data', (chunk: Buffer) => {
      if (link.request.endsWith('\r\n\r\n')) {
        link.take(chunk);
        return;
      }
      const text = link.request + chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) {
        link.request = text;
        return;
      }
      link.request = text.slice(0, end + 4);
      if (this.#answer !== undefined) socket.write(this.#answer, 'latin1');
      this.links.push(link);
      this.saw.add('link');
      const rest = Buffer.from(text.slice(end + 4), 'latin1');
      if (rest.length > 0) link.take(rest);
    });
  }
}
