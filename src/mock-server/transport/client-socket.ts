/**
 * The client's end of a connection, in the shape the reference client takes for its sockets, so that a client
 * can run in the server's process without a network. Must stay free of any transport's own types.
 */

/** What a client is told. After `onRefused` or `onClose` nothing more comes. */
export interface ClientSocketHandlers {
  onOpen(): void;
  onText(text: string): void;
  onBinary(sizeBytes: number): void;
  /** The upgrade was answered with an HTTP response instead of 101. */
  onRefused(status: number, body: string): void;
  /** `code` is undefined when no close frame carried one, or none came. */
  onClose(code: number | undefined, reason: string): void;
  /** The server broke the protocol; `onClose` follows. */
  onError(error: Error): void;
}

/** What a client may do. No method throws; after the close all of them are ignored. */
export interface ClientSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  /** Bytes sent but not yet taken by the server. */
  readonly bufferedBytes: number;
}

/** Opens one connection; every outcome, failure included, arrives through `handlers`. */
export type ClientSocketFactory = (
  request: {
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly protocols: string[];
  },
  handlers: ClientSocketHandlers,
) => ClientSocket;
