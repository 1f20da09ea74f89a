/**
 * What a client sends before anybody has answered it, kept until somebody does; and whether it has left meanwhile. Must
 * never keep more than its limit: beyond it the client is not read.
 */
import type { Socket } from 'node:net';
import { LIMITS } from '../protocol/limits.js';

export class EarlyBytes {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #onData = (chunk: Buffer): void => this.#take(chunk);
  #sizeBytes = 0;

  /** @param onLeft told when the client is gone, or will send nothing more */
  constructor(socket: Socket, head: Buffer, onLeft: () => void) {
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.once('end', onLeft);
    socket.once('close', onLeft);
    if (head.length > 0) this.#take(head);
  }

  /** Stops listening and puts back what came, for the next one who reads. */
  release(): void {
    this.#socket.pause();
    this.#socket.off('data', this.#onData);
    if (this.#sizeBytes > 0) this.#socket.unshift(Buffer.concat(this.#chunks.splice(0)));
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes >= LIMITS.proxyEarlyBytes) this.#socket.pause();
  }
}
