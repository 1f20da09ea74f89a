/**
 * One WebSocket as a client sees it, so that a client and a server in its own process can meet without a network.
 * Holds types only; it must never name a concrete transport.
 */

/** Where to connect and with what. */
export interface ClientSocketRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** WebSocket subprotocols to offer; usually none. */
  readonly protocols: string[];
}

/**
 * What a transport tells the client. The client copes with calls during construction, repeated calls and calls
 * after the close.
 */
export interface ClientSocketHandlers {
  /** The WebSocket stands. */
  onOpen(): void;
  /** One whole text message. */
  onText(text: string): void;
  /** One whole binary message, which this protocol does not have. */
  onBinary(sizeBytes: number): void;
  /** The server answered the upgrade with something else than 101. */
  onRefused(status: number, body: string): void;
  /** `code` is undefined, or 1006, when the connection went without a CLOSE frame. */
  onClose(code: number | undefined, reason: string): void;
  onError(error: Error): void;
}

/** One WebSocket as the client sees it. */
export interface ClientSocket {
  /** Queues one text message. Once the socket cannot take it any more, it throws or ignores the message. */
  send(text: string): void;
  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once. */
  terminate(): void;
  /** Bytes queued and not yet taken by the network. */
  readonly bufferedBytes: number;
}

/** Opens a socket. Throwing means that the connection could not even be tried. */
export type ClientSocketFactory = (
  request: ClientSocketRequest,
  handlers: ClientSocketHandlers,
) => ClientSocket;
