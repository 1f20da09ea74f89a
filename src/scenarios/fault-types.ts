/**
 * What a fault is made of: where it may strike, what it may see, and what it may ask for. A fault is a pure function
 * from one strike to actions; it must never hold state of its own.
 */
import type { z } from 'zod';
import type { IdKind, RandomStream } from '../protocol/index.js';

/** The four places where a service can go wrong. */
export type FaultLayer = 'upgrade' | 'connection' | 'frame' | 'event';

/** What a fault may strike at: a message of the server, one of the client, or a moment without a message. */
export type StrikePoint = 'server' | 'client' | 'moment';

/** The message of the server that a fault strikes at, as it was intended. */
export interface StruckMessage {
  readonly type: string;
  /** The whole message: JSON, unless a verbatim sequence says something else. */
  readonly text: string;
  /**
   * The message, parsed anew at every call: whoever gets it may change it. Undefined where a verbatim sequence has
   * written something that is no JSON object.
   */
  event(): Record<string, unknown> | undefined;
}

/** The message of the client that a fault strikes at. */
export interface StruckRequest {
  readonly type: string;
  readonly eventId: string | undefined;
}

/** What a fault may look at when it strikes. */
export interface StrikeContext {
  readonly point: StrikePoint;
  /** Present when a message of the server is struck. */
  readonly message: StruckMessage | undefined;
  /** Present when a message of the client is struck. */
  readonly request: StruckRequest | undefined;
  /** The `faults` stream of the connection. */
  readonly random: RandomStream;
  /** How many characters of invented messages may still be sent because of the input at hand. */
  readonly roomChars: number;
  /** A fresh id, drawn from the `faults` stream so that the service's own ids stay what they were. */
  newId(kind: IdKind): string;
  /** The id that was under `key` in an earlier message of the server: the first one, or the last other than `not`. */
  earlierId(key: string, which: 'first' | 'previous', not: string | undefined): string | undefined;
}

/** A lasting impairment of a connection. Times are wall milliseconds: none of it enters the transcript. */
export type Impairment =
  | { readonly kind: 'mute' }
  | { readonly kind: 'stop-reading'; readonly forMs?: number }
  | { readonly kind: 'half-open' }
  | { readonly kind: 'ignore-close' }
  | { readonly kind: 'no-pong' }
  | {
      readonly kind: 'throttle';
      readonly bytesPerSecond: number;
      readonly direction?: 'to-client' | 'to-server' | 'both';
    };

/** What ends the wait of a withheld message, whichever comes first. */
export interface Release {
  /** Virtual milliseconds. */
  readonly afterMs?: number | undefined;
  /** The n-th event of this type from now on, of the server or of the client. */
  readonly event?: string | undefined;
  readonly nth?: number | undefined;
}

/** One thing a fault wants done. */
export type FaultAction =
  /** Let the struck message go on: sent if it is the server's, carried out if it is the client's. */
  | { readonly act: 'forward' }
  /** Send this in place of the struck message; `frames` carry it when one text frame does not. */
  | { readonly act: 'change'; readonly text: string; readonly frames?: Uint8Array }
  /** Send a message that the service would not have sent. */
  | { readonly act: 'invent'; readonly text: string; readonly frames?: Uint8Array }
  /** Send bytes that are no message, such as control frames. */
  | { readonly act: 'bytes'; readonly bytes: Uint8Array; readonly what: string }
  /** Keep the struck message back. */
  | { readonly act: 'withhold'; readonly until: Release }
  /** Keep `count` messages back, this one included, and send them in this order (positions from 0). */
  | { readonly act: 'collect'; readonly count: number; readonly order: readonly number[] }
  /** Send one of these after each further message of the service, and the rest when a response is done. */
  | { readonly act: 'trickle'; readonly texts: readonly string[] }
  | { readonly act: 'close'; readonly code: number | undefined; readonly reason: string }
  | { readonly act: 'end' }
  | { readonly act: 'reset' }
  | { readonly act: 'impair'; readonly impairment: Impairment };

/** Why a fault did nothing: it is logged, and the message goes its way. */
export interface SkippedStrike {
  readonly skip: string;
}

/** What an upgrade fault does to the upgrade request. */
export interface UpgradeFault {
  /** Wall milliseconds before anything is answered. */
  readonly delayMs?: number;
  /** An HTTP answer instead of 101. */
  readonly refuse?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** No answer at all. */
  readonly drop?: 'end' | 'reset' | 'silence';
}

/** One kind of fault: data about it, the schema of its parameters, and what it does. */
export interface FaultKind<Keys extends z.ZodRawShape = z.ZodRawShape> {
  /** The value of `do`. */
  readonly kind: string;
  readonly layer: FaultLayer;
  /** Where it may strike. Upgrade faults strike at the upgrade only. */
  readonly strikes: readonly StrikePoint[];
  /** One sentence: what the server does. */
  readonly summary: string;
  /** What a client notices, in one or two sentences. */
  readonly clientSees: string;
  /** Parameters beside `do`, `at`, `optional` and `chance`. */
  readonly keys: Keys;
  /** A fault of this kind as it stands in a file, for the reference and the tests. */
  readonly example: Readonly<Record<string, unknown>>;
  readonly strike?: (params: Params<Keys>, context: StrikeContext) => readonly FaultAction[] | SkippedStrike;
  readonly upgrade?: (params: Params<Keys>) => UpgradeFault;
}

/** The parameters of a kind, parsed. */
export type Params<Keys extends z.ZodRawShape> = z.infer<z.ZodObject<Keys>>;

/** Declares a kind; keeps the types of its parameters. */
export function defineFault<const Keys extends z.ZodRawShape>(fault: FaultKind<Keys>): FaultKind<Keys> {
  return fault;
}
