/**
 * The TCP sockets of a listener, those below TLS included, so that one can be reset. Must never hold a socket that
 * is closed.
 */
import type { Socket } from 'node:net';

export class TcpSockets {
  readonly #byPeer = new Map<string, Socket>();

  /** Remembers a socket that was just accepted, before TLS has begun. */
  add(tcp: Socket): void {
    const peer = peerOf(tcp);
    this.#byPeer.set(peer, tcp);
    tcp.once('close', () => {
      if (this.#byPeer.get(peer) === tcp) this.#byPeer.delete(peer);
    });
  }

  /** Sends a RST on the TCP connection that carries `socket`. */
  reset(socket: Socket): void {
    const tcp = this.#byPeer.get(peerOf(socket));
    if (tcp === undefined || tcp.destroyed) socket.destroy();
    else tcp.resetAndDestroy();
  }

  destroyAll(): void {
    for (const tcp of this.#byPeer.values()) tcp.destroy();
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
