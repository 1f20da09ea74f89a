/**
 * What the reference client needs from a socket and from a clock, so that both can be injected: the in-memory
 * transport and the virtual clock satisfy these shapes. Holds types only; it must never name a concrete transport.
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
  /** Queues one text message. Throws if the socket cannot take it any more. */
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

/** The client's only source of time. */
export interface ClientClock {
  /** Milliseconds since any fixed origin; only differences are used. */
  nowMs(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, action: () => void): () => void;
}
