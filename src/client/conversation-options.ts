/**
 * What a conversation is made of, and what it tells: options, callback, event names. Types only.
 */
import type {
  ClientSocketFactory,
  ServerEvent,
  ServerEventOf,
  ServerEventType,
  SoundstageError,
} from '../protocol/index.js';
import type { AudioDelta } from './audio-deltas.js';
import type { ClientClock } from './client-clock.js';
import type { EventIdSource } from './event-ids.js';
import type { MultiModality } from './update-values.js';

/**
 * The vendor's callback object. All members are optional; they may be async. What one throws is reported through
 * `onError` and changes nothing else.
 */
export interface OmniRealtimeCallback {
  /** The connection stands; comes before any `onEvent`. */
  onOpen?(): void | Promise<void>;
  /** Every server event. A newer service may send types and fields that the type does not know. */
  onEvent?(event: ServerEvent): void | Promise<void>;
  /** The connection is gone: WebSocket close code (1006 if there was none) and reason (may be empty). */
  onClose?(code: number, reason: string): void | Promise<void>;
  /** Anything that went wrong on an open connection; the `error` events of the server have code `E_SERVER_ERROR`. */
  onError?(error: SoundstageError): void | Promise<void>;
}

/** What `new OmniRealtimeConversation` takes. */
export interface ConversationOptions {
  /** The model's name; goes into the URL as `?model=`. */
  readonly model: string;
  readonly callback?: OmniRealtimeCallback;
  /** Default `DEFAULT_URLS.beijing`. */
  readonly url?: string;
  /** Default: the environment variable DASHSCOPE_API_KEY, read at `connect`. */
  readonly apiKey?: string;
  /** Extra request headers; they win over the client's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `X-DashScope-WorkSpace`. */
  readonly workspace?: string;
  /** WebSocket subprotocols to offer; none by default. */
  readonly protocols?: readonly string[];
  /** Default true: requests the server would refuse are thrown back before they are sent. */
  readonly validate?: boolean;
  /** Bytes that may wait for a slow server before sending throws `E_BACKPRESSURE`. Default 16 MiB. */
  readonly maxBufferedBytes?: number;
  /** Default 10 s, from `connect()` to `session.created`. */
  readonly connectTimeoutMs?: number;
  /** Default 5 s for the server's answer to our CLOSE. */
  readonly closeTimeoutMs?: number;
  /** Events that one `for await` reader may leave unread. Default 10,000. */
  readonly maxQueuedEvents?: number;
  /** Default: a WebSocket through `ws`. */
  readonly transport?: ClientSocketFactory;
  /** Default: wall time. */
  readonly clock?: ClientClock;
  /** Default: random ids. */
  readonly eventIds?: EventIdSource;
}

/** Audio as an append takes it: base64 text, bytes of PCM16 little-endian, or samples. */
export type AudioInput = string | Uint8Array | Int16Array;

/** What `createResponse` takes; both hold for this response only. */
export interface CreateResponseOptions {
  /** Instead of the session's instructions. Left out, null is sent, as by the Python SDK. */
  readonly instructions?: string | null;
  /** Instead of the session's modalities. */
  readonly outputModalities?: readonly MultiModality[];
}

/** A piece of text of an answer, written or spoken. */
export interface TextDelta {
  readonly delta: string;
  /** `text` in a text-only response, `transcript` of a spoken one. */
  readonly kind: 'text' | 'transcript';
  readonly responseId: string | undefined;
  readonly itemId: string | undefined;
}

/** The client's own events and the arguments of their listeners. A type alias, so that it can be indexed. */
export type LocalEvents = {
  open: [];
  event: [event: ServerEvent];
  close: [code: number, reason: string];
  error: [error: SoundstageError];
  text: [delta: TextDelta];
  audio: [delta: AudioDelta];
};

/** What `on` accepts: the client's own events, a server event's type, or a type of the future. */
export type ConversationEventName = keyof LocalEvents | ServerEventType | (string & {});

/** The arguments of a listener to `Name`. The server's `error` events come wrapped, as `error`. */
export type ConversationEventArguments<Name> = Name extends keyof LocalEvents
  ? LocalEvents[Name]
  : Name extends ServerEventType
    ? [event: ServerEventOf<Name>]
    : [event: ServerEvent];
