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

/** When the answer is given; the decision itself is never delayed. */
interface UpgradeTiming {
  /**
   * Wall milliseconds before the answer, at most `LIMITS.impairedConnectionMs`; default none. A peer that leaves
   * meanwhile gets none.
   */
  readonly delayMs?: number | undefined;
}

/** The answer to an upgrade request: a connection, an HTTP response, or none. */
export type UpgradeVerdict = UpgradeTiming & UpgradeAnswer;

type UpgradeAnswer =
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
    }
  | {
      readonly accept: false;
      /**
       * No HTTP answer: a FIN, a RST, or silence until the peer leaves or `LIMITS.impairedConnectionMs` have passed.
       */
      readonly drop: 'end' | 'reset' | 'silence';
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

/**
 * A link that stopped being a good one. Impairments add up and last until the connection is gone. The system below
 * goes on acknowledging what it receives: that is not to be seen from here.
 */
export type Impairment =
  /**
   * Reads on and writes nothing at all: no messages, no pongs, no CLOSE of its own and none in answer. A client's
   * CLOSE is reported to the handler as any other; TCP stays open, as with `ignore-close`.
   */
  | { readonly kind: 'mute' }
  /**
   * Reads no more for `forMs` wall milliseconds, then again what waited. Without `forMs`, or with more than
   * `LIMITS.impairedConnectionMs`, the connection is dropped when that time has passed.
   */
  | { readonly kind: 'stop-reading'; readonly forMs?: number | undefined }
  /**
   * A cable pulled out: nothing is read, written or ended, whatever either side does. The handler sees its own
   * `close`, `end`, `reset` and `terminate` end the connection as always; the peer sees none of them. After
   * `LIMITS.impairedConnectionMs` the socket is dropped.
   */
  | { readonly kind: 'half-open' }
  /**
   * Never answers the client's CLOSE and keeps TCP open until the client ends it, for `LIMITS.impairedConnectionMs`
   * at most. The handler's `onClose` comes when the client's CLOSE does, so that it never depends on wall time.
   * A CLOSE of our own is sent as always.
   */
  | { readonly kind: 'ignore-close' }
  /** Pings are reported and not answered. */
  | { readonly kind: 'no-pong' }
  /**
   * Lets bytes pass at a rate, in slices, by wall time. A rate that is not above 0 is ignored.
   * In memory whole messages pass, each when its bytes would have.
   */
  | {
      readonly kind: 'throttle';
      readonly bytesPerSecond: number;
      /** Default `both`. */
      readonly direction?: 'to-client' | 'to-server' | 'both' | undefined;
    };

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
  /**
   * Queues raw bytes in place of a frame, in order with the messages: anything from a fragment to nonsense. They are
   * not copied and must not change afterwards.
   */
  sendBytes(bytes: Uint8Array): void;
  /**
   * Starts the closing handshake with `code` and `reason`; nothing can be sent afterwards. Any 16-bit code will do,
   * also one that RFC 6455 forbids; undefined sends a CLOSE frame with an empty payload.
   */
  close(code: number | undefined, reason: string, options?: CloseOptions): void;
  /** Ends our half of the stream (FIN) after everything queued, without a CLOSE frame. `onClose` says `dropped`. */
  end(): void;
  /**
   * Resets the TCP connection (RST), also below TLS, once the system has taken everything queued and
   * `LIMITS.resetGraceMs` have passed. `onClose` says `dropped`.
   */
  reset(): void;
  /** Drops the connection at once, without a closing handshake. */
  terminate(): void;
  /** The owner cannot go on: ends as after a throw of the handler, by a close with 1011, and tells whoever listens why. */
  fail(error: unknown): void;
  /** Makes the link a worse one from now on, until the connection is gone. */
  impair(impairment: Impairment): void;
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
  /** Open connections, counting those whose closing handshake has not ended or was never answered. */
  readonly connectionCount: number;
  /** The certificate a client must trust, PEM; undefined without TLS. */
  readonly certificatePem: string | undefined;
  /**
   * Closes every connection with 1001, drops those that do not answer in time and impaired ones at once, frees the
   * port. Always resolves.
   */
  close(): Promise<void>;
}
