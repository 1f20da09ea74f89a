/**
 * From one received frame to everybody who wants to know: state first, then waiters, then callback, listeners and
 * iterators. A frame that makes no sense is reported and survived. Must never let a callback's exception out.
 */
import { LIMITS, type ServerEvent, SoundstageError } from '../protocol/index.js';
import { AudioDeltas } from './audio-deltas.js';
import type { ClientClock } from './client-clock.js';
import type { LocalEvents, OmniRealtimeCallback, TextDelta } from './conversation-options.js';
import { ConversationState } from './conversation-state.js';
import { EventStream } from './event-stream.js';
import { type Listener, Listeners } from './listeners.js';
import { ownString, type ReceivedEvent, readFrame, readServerError } from './received-frame.js';

/** Names a server event must not reach as if it were one of the client's own. */
const LOCAL_NAMES: ReadonlySet<string> = new Set<keyof LocalEvents>([
  'open',
  'event',
  'close',
  'error',
  'text',
  'audio',
]);
const TEXT_KINDS: ReadonlyMap<string, TextDelta['kind']> = new Map([
  ['response.text.delta', 'text'],
  ['response.audio_transcript.delta', 'transcript'],
]);
const QUOTED_FRAME_CHARS = 200;

/** Distributes what one conversation receives, over all its connections. */
export class EventDispatch {
  /** What is known of the present connection. */
  state = new ConversationState();
  /** What a callback or listener threw last; null if none has. */
  lastCallbackError: unknown = null;
  readonly #clock: ClientClock;
  readonly #maxQueuedEvents: number;
  readonly #listeners = new Listeners((failure, name) => this.#onCallbackFailure(failure, name));
  readonly #streams = new Set<EventStream<ServerEvent>>();
  #audioDeltas = new AudioDeltas();

  constructor(callback: OmniRealtimeCallback, clock: ClientClock, maxQueuedEvents: number) {
    this.#clock = clock;
    this.#maxQueuedEvents = maxQueuedEvents;
    this.#listeners.add('open', () => callback.onOpen?.());
    this.#listeners.add('event', (event: ServerEvent) => callback.onEvent?.(event));
    this.#listeners.add('close', (code: number, reason: string) => callback.onClose?.(code, reason));
    this.#listeners.add('error', (error: SoundstageError) => callback.onError?.(error));
  }

  /** Forgets the last connection; listeners stay. */
  reset(): void {
    this.state = new ConversationState();
    this.#audioDeltas = new AudioDeltas();
  }

  on(name: string, listener: Listener): () => void {
    return this.#listeners.add(name, listener);
  }

  /** Opens an iterator over what comes from now on. */
  openStream(isOver: boolean): EventStream<ServerEvent> {
    const limits = { events: this.#maxQueuedEvents, chars: LIMITS.clientQueuedChars };
    const stream = new EventStream<ServerEvent>(limits, (ended) => this.#streams.delete(ended));
    if (isOver) stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  announceOpen(): void {
    this.#listeners.emit('open');
  }

  announceClose(code: number, reason: string): void {
    this.#listeners.emit('close', code, reason);
  }

  /** Tells the error listeners. */
  report(error: SoundstageError): void {
    this.#listeners.emit('error', error);
  }

  /** Reports a frame that cannot be used. */
  reportBadFrame(why: string, details: Record<string, unknown>): void {
    this.report(
      new SoundstageError(
        'E_BAD_FRAME',
        `The server sent a frame the client cannot use: ${why}. Try the details, then the server's log; the connection goes on.`,
        { details },
      ),
    );
  }

  /**
   * Takes one text frame.
   *
   * @param settle called with the event when ids and metrics are up to date and before any callback
   */
  receive(text: string, settle: (event: ReceivedEvent) => void): void {
    const frame = readFrame(text);
    if (!frame.ok) {
      this.reportBadFrame(frame.why, { text: text.slice(0, QUOTED_FRAME_CHARS) });
      return;
    }
    const event = frame.event;
    const problem = this.state.read(event, this.#clock.nowMs());
    settle(event);
    for (const stream of this.#streams) stream.push(event as unknown as ServerEvent, text.length);
    this.#listeners.emit('event', event);
    if (!LOCAL_NAMES.has(event.type)) this.#listeners.emit(event.type, event);
    this.#announceDelta(event);
    if (problem !== undefined) this.reportBadFrame(problem, { event });
    if (event.type === 'error') this.#reportServerError(event);
  }

  #announceDelta(event: ReceivedEvent): void {
    const kind = TEXT_KINDS.get(event.type);
    if (kind !== undefined) this.#announceText(event, kind);
    else if (event.type === 'response.audio.done') this.#audioDeltas.finish(event);
    else if (event.type === 'response.audio.delta' && this.#listeners.has('audio')) {
      const delta = this.#audioDeltas.read(event);
      if (delta === undefined) this.reportBadFrame('an audio delta is not base64', { event });
      else this.#listeners.emit('audio', delta);
    }
  }

  #announceText(event: ReceivedEvent, kind: TextDelta['kind']): void {
    const delta = ownString(event, 'delta');
    if (delta === undefined) {
      this.reportBadFrame('a text delta has no "delta" string', { event });
      return;
    }
    const responseId = ownString(event, 'response_id');
    const itemId = ownString(event, 'item_id');
    this.#listeners.emit('text', { delta, kind, responseId, itemId } satisfies TextDelta);
  }

  #reportServerError(event: ReceivedEvent): void {
    const facts = readServerError(event);
    this.report(
      new SoundstageError(
        'E_SERVER_ERROR',
        `The server answered an error: ${facts.message} Try the details for its code and parameter; the session usually goes on.`,
        { details: { ...facts, event } },
      ),
    );
  }

  #onCallbackFailure(failure: unknown, name: string): void {
    this.lastCallbackError = failure;
    // A listener to errors that fails itself is not told again.
    if (name === 'error') return;
    const why = failure instanceof Error ? failure.message : String(failure);
    this.report(
      new SoundstageError(
        'E_CALLBACK_FAILED',
        `A listener to "${name}" failed: ${why}. Try catching inside it; the client goes on.`,
        { cause: failure, details: { eventName: name } },
      ),
    );
  }
}
