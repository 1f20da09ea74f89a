/**
 * What the server sees of any transport: an upgrade request to judge, then a connection to talk through.
 * Two transports implement it (real sockets and in-process) and pass one conformance suite.
 * Must never mention a socket, a WebSocket library or an event of the protocol.
 */

/** The HTTP request that asks for a WebSocket. */
export interface UpgradeRequest {
  /** The request target as sent: path and query, not decoded, not normalised. */
  readonly target: string;
  /** Header values by lower-cased name; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The peer's address, or `memory` for an in-process client. */
  readonly remoteAddress: string;
}

/** The answer to an upgrade request: a connection, or an HTTP response. */
export type UpgradeVerdict =
  | {
      readonly accept: true;
      /** The subprotocol to select. Only one the client offered may be named. */
      readonly subprotocol?: string | undefined;
      /** Extra headers of the 101 response. */
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** Called once, after the 101 response is on its way and before the first message is delivered. */
      readonly handler: (connection: Connection) => ConnectionHandler;
    }
  | {
      readonly accept: false;
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** The response body, JSON. */
      readonly body: string;
    };

/**
 * Decides about one upgrade request. Must not throw: a throw is answered with HTTP 500. An accepted request may
 * still come to nothing (a bad WebSocket key, a peer that left): only `handler` says that a connection exists.
 */
export type Acceptor = (request: UpgradeRequest) => UpgradeVerdict;

export interface CloseOptions {
  /**
   * true (default): a reason over `LIMITS.closeReasonBytes` is cut at a character boundary.
   * false: it is sent whole in an over-long close frame, as the service does (§1.5).
   */
  readonly truncateReason?: boolean | undefined;
}

export type ConnectionState = 'open' | 'closing' | 'closed';

/**
 * A message, whole or in pieces, none of which ends inside a surrogate pair: joining a long message costs as much as
 * sending it.
 */
export type MessageText = string | readonly string[];

/** The server's end of one connection. No method throws; after the close all of them are ignored. */
export interface Connection {
  /** Queues one text message. Messages arrive whole and in order. */
  sendText(text: MessageText): void;
  /** Starts the closing handshake with `code` and `reason`; nothing can be sent afterwards. */
  close(code: number, reason: string, options?: CloseOptions): void;
  /** Drops the connection at once, without a closing handshake. */
  terminate(): void;
  /**
   * Stops delivering messages until `resumeReading`; the peer feels back-pressure. Over a real socket a peer
   * that leaves meanwhile may go unnoticed until reading resumes or the connection is closed from this side.
   */
  pauseReading(): void;
  resumeReading(): void;
  /** Bytes sent but not yet taken by the peer. */
  readonly bufferedBytes: number;
  readonly state: ConnectionState;
}

/**
 * Who ended a connection. `client` and `server`: the side whose close frame came first. `dropped`: the
 * connection ended without a closing handshake. `protocol-error`: the peer broke the WebSocket protocol or a limit.
 */
export type CloseCause = 'client' | 'server' | 'dropped' | 'protocol-error';

/** What the server wants to hear about one connection. A throw from any of these drops that connection only. */
export interface ConnectionHandler {
  onText(text: string): void;
  onBinary(sizeBytes: number): void;
  onPing?(): void;
  /** `bufferedBytes` fell back below the low-water mark after it had been above the high-water mark. */
  onDrain?(): void;
  /**
   * Called exactly once, last of all. `code` and `reason` are those of the peer's close frame when the client
   * closed, else those the server sent; `code` is undefined when no close frame carried one.
   */
  onClose(code: number | undefined, reason: string, how: CloseCause): void;
}

/** A transport that listens. */
export interface Listener {
  /** `ws://host:port` or `wss://host:port`, without path or query. */
  readonly url: string;
  /** Open connections, counting those whose closing handshake has not ended. */
  readonly connectionCount: number;
  /** The certificate a client must trust, PEM; undefined without TLS. */
  readonly certificatePem: string | undefined;
  /** Closes every connection with 1001, drops those that do not answer in time, frees the port. Always resolves. */
  close(): Promise<void>;
}
