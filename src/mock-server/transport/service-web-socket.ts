/**
 * The `ws` socket with one habit of the service: its answer to a client's close repeats the code and never the
 * reason (§1.5). Must change nothing else.
 */
import { WebSocket } from 'ws';

/** A server-side socket. Whoever means to send a reason says so with `closeWithReason`. */
export class ServiceWebSocket extends WebSocket {
  /** What `ws` calls to answer a close frame, with that frame's reason. */
  override close(code?: number): void {
    super.close(code);
  }

  /** Starts the closing handshake from our side; without a code the close frame has an empty payload. */
  closeWithReason(code: number | undefined, reason: string): void {
    if (code === undefined) super.close();
    else super.close(code, reason);
  }
}
