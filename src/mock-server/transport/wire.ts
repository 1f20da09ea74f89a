/**
 * What carries the bytes of one connection, as ManagedConnection sees it. Holds types only.
 */
import type { Impairment } from '../../scenarios/index.js';
import type { MessageText } from './connection.js';

/**
 * One connection's bytes. It tells its ManagedConnection that the connection has `ended` for the handler, and, before
 * or after that, that it is `gone` for good. No method throws, in whatever state.
 */
export interface Wire {
  send(text: MessageText): void;
  sendBytes(bytes: Uint8Array): void;
  /** Sends a close frame after everything queued. The code and reason may be ones RFC 6455 forbids. */
  close(code: number | undefined, reason: string): void;
  /** Sends a FIN after everything queued. */
  end(): void;
  /** Resets once everything queued was taken. */
  reset(): void;
  /** Drops the connection at once; over a half-open link the peer learns nothing of it. */
  terminate(): void;
  /** Drops whatever there still is, whatever impairs it. */
  release(): void;
  impair(impairment: Impairment): void;
  setReading(reading: boolean): void;
  /** Calls back once after everything sent so far was taken by the peer; not at all if it never is. */
  whenTaken(callback: () => void): void;
  readonly bufferedBytes: number;
}
