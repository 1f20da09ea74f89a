/**
 * What can be read from a conversation: ids, metrics, events. The half of `OmniRealtimeConversation` that sends
 * nothing; it must never touch the connection.
 */
import { LIMITS, type ServerEvent } from '../protocol/index.js';
import type { ClientClock } from './client-clock.js';
import type {
  ConversationEventArguments,
  ConversationEventName,
  ConversationOptions,
} from './conversation-options.js';
import { EventDispatch } from './event-dispatch.js';
import { realClock } from './real-clock.js';

/** Base class of the conversation. Its values are up to date inside callbacks. */
export abstract class ConversationReadings implements AsyncIterable<ServerEvent> {
  protected readonly clock: ClientClock;
  protected readonly dispatch: EventDispatch;

  constructor(options: ConversationOptions) {
    this.clock = options.clock ?? realClock;
    const maxQueuedEvents = options.maxQueuedEvents ?? LIMITS.clientQueuedEvents;
    this.dispatch = new EventDispatch(options.callback ?? {}, this.clock, maxQueuedEvents);
  }

  /** Whether there was a connection and it is gone. */
  protected abstract get isOver(): boolean;

  /** The session's id; null before `session.created`. */
  get sessionId(): string | null {
    return this.dispatch.state.sessionId;
  }

  /** The id of the response created last; null before the first. */
  get lastResponseId(): string | null {
    return this.dispatch.state.lastResponseId;
  }

  /** The server event received last. */
  get lastMessage(): ServerEvent | null {
    return this.dispatch.state.lastMessage as ServerEvent | null;
  }

  /** Milliseconds from `response.created` to the first text or transcript delta of the last response. */
  get lastFirstTextDelayMs(): number | null {
    return this.dispatch.state.lastFirstTextDelayMs;
  }

  /** Milliseconds from `response.created` to the first audio delta of the last response. */
  get lastFirstAudioDelayMs(): number | null {
    return this.dispatch.state.lastFirstAudioDelayMs;
  }

  /** What a callback or listener threw last; null if none has. */
  get lastCallbackError(): unknown {
    return this.dispatch.lastCallbackError;
  }

  getSessionId(): string | null {
    return this.sessionId;
  }

  getLastResponseId(): string | null {
    return this.lastResponseId;
  }

  getLastMessage(): ServerEvent | null {
    return this.lastMessage;
  }

  getLastFirstTextDelay(): number | null {
    return this.lastFirstTextDelayMs;
  }

  getLastFirstAudioDelay(): number | null {
    return this.lastFirstAudioDelayMs;
  }

  /**
   * Listens to the client's own events (`open`, `event`, `close`, `error`, `text`, `audio`) or to one type of
   * server event. Returns a function that stops it. Listeners outlive reconnections.
   */
  on<Name extends ConversationEventName>(
    name: Name,
    listener: (...values: ConversationEventArguments<Name>) => void | Promise<void>,
  ): () => void {
    return this.dispatch.on(name, listener);
  }

  /**
   * Server events from now on; ends when the connection closes, clean or not. Each reader has a queue of its own;
   * `next()` rejects with `E_EVENT_QUEUE_FULL` if the reader falls too far behind.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ServerEvent> {
    return this.dispatch.openStream(this.isOver);
  }
}
