/**
 * Bytes between two sockets, as they come: a side that cannot take more holds the other back, the end of a stream stays
 * an end, and a reset a reset. Must never look at the bytes.
 */
import type { Socket } from 'node:net';
import { LIMITS } from '../protocol/limits.js';
import type { EndEntry, Side } from '../recordings/index.js';

/** Two sockets and how each is reset. */
export interface RelayEnds {
  readonly client: RelayEnd;
  readonly server: RelayEnd;
}

export interface RelayEnd {
  readonly socket: Socket;
  /** Ends the TCP connection below it with a RST. */
  readonly reset: () => void;
}

export interface RelayWatcher {
  /** Bytes of `side`, after they were passed on. */
  readonly onBytes: (side: Side, bytes: Uint8Array) => void;
  readonly onEnd: (side: Side, how: EndEntry['how']) => void;
  /** Both sockets are closed. */
  readonly onOver: () => void;
}

/** Passes on what comes until both sides have ended. */
export function relay(ends: RelayEnds, watcher: RelayWatcher): void {
  let openCount = 2;
  let isReset = false;
  const pass = (side: Side, from: RelayEnd, to: RelayEnd): void => {
    let lastWriteMs = 0;
    const source = from.socket;
    const target = to.socket;
    source.allowHalfOpen = true;
    let hasEnded = false;
    source.on('data', (bytes: Buffer) => {
      if (!target.destroyed && !target.writableEnded) {
        lastWriteMs = performance.now();
        if (!target.write(bytes)) source.pause();
      }
      watcher.onBytes(side, bytes);
    });
    target.on('drain', () => source.resume());
    source.on('end', () => {
      hasEnded = true;
      target.end();
      watcher.onEnd(side, 'fin');
    });
    // What went wrong is told by how the socket closes.
    source.on('error', () => {});
    source.on('close', () => {
      openCount -= 1;
      if (!hasEnded || source.errored !== null) {
        // The other end of a connection that was reset here is not the one who reset it.
        if (!isReset) watcher.onEnd(side, 'reset');
        isReset = true;
        resetAfter(to, lastWriteMs + LIMITS.resetGraceMs - performance.now());
      }
      if (openCount === 0) watcher.onOver();
    });
    source.resume();
  };
  pass('client', ends.client, ends.server);
  pass('server', ends.server, ends.client);
}

/** A RST overtakes what was not yet read: it waits until the last bytes had a moment to be. */
function resetAfter({ socket, reset }: RelayEnd, delayMs: number): void {
  if (socket.destroyed) return;
  if (delayMs <= 0) reset();
  else setTimeout(() => socket.destroyed || reset(), delayMs);
}
