/**
 * A peer that speaks bytes, for what no WebSocket library agrees to send. Must never outlive its test.
 */
import { connect, type Socket } from 'node:net';
import { Happenings } from './happenings.js';

const UPGRADE_HEADERS = [
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Authorization: Bearer sk-raw',
];

export class RawPeer {
  readonly socket: Socket;
  /** `connect`, `data`, `end`, `close`, `error CODE`. */
  readonly saw = new Happenings();
  #received = Buffer.alloc(0);

  /** @param keepsOpen never closes its own half, even when the server closed its */
  constructor(url: string, keepsOpen = false) {
    const { hostname, port } = new URL(url);
    this.socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      allowHalfOpen: keepsOpen,
    });
    this.socket.on('connect', () => this.saw.add('connect'));
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.saw.add('data');
    });
    this.socket.on('end', () => this.saw.add('end'));
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.saw.add(`error ${error.code}`));
    this.socket.on('close', () => this.saw.add('close'));
  }

  /** Everything received so far. */
  get received(): Buffer {
    return this.#received;
  }

  get receivedText(): string {
    return this.#received.toString('latin1');
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Asks for a WebSocket and waits for the 101, leaving only what follows it in `received`. */
  async upgrade(target = '/'): Promise<this> {
    this.write(upgradeText(target));
    while (!this.receivedText.includes('\r\n\r\n')) {
      await this.saw.untilCount('data', this.saw.list.filter((seen) => seen === 'data').length + 1);
    }
    if (!this.receivedText.startsWith('HTTP/1.1 101 ')) throw new Error(`Not upgraded: ${this.receivedText}`);
    this.#received = this.#received.subarray(this.receivedText.indexOf('\r\n\r\n') + 4);
    return this;
  }

  /** The code of the close frame that was received; undefined without one. */
  get closeCode(): number | undefined {
    const start = this.#received.indexOf(0x88);
    return start < 0 ? undefined : this.#received.readUInt16BE(start + 2);
  }
}

/** The upgrade request as a client sends it. */
export function upgradeText(target = '/', extraHeaders: readonly string[] = []): string {
  return [`GET ${target} HTTP/1.1`, ...UPGRADE_HEADERS, ...extraHeaders, '', ''].join('\r\n');
}

/** A client frame: `firstByte` holds FIN, reserved bits and opcode; masked with zeros, so the payload is as it is. */
export function clientFrame(firstByte: number, payload: Uint8Array | string): Buffer {
  const body = Buffer.from(payload);
  const length =
    body.length < 126
      ? Buffer.from([0x80 | body.length])
      : Buffer.from([0x80 | 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([firstByte]), length, Buffer.alloc(4), body]);
}
