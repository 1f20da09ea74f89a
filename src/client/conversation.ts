/**
 * The reference client: the surface of the vendor's `OmniRealtimeConversation` under the same names. Sends
 * requests and waits for outcomes. Must never block, and must stay usable whatever a callback or a server does.
 */
import { bytesFromPcm16, encodeBase64 } from '../media/index.js';
import { LIMITS, SoundstageError } from '../protocol/index.js';
import { ClientConnection, type ConnectionPhase, type ConnectionSink } from './client-connection.js';
import { notOpen } from './connection-errors.js';
import { checkClose, connectionRequest } from './connection-request.js';
import type { AudioInput, ConversationOptions, CreateResponseOptions } from './conversation-options.js';
import { ConversationReadings } from './conversation-readings.js';
import { waitForDrain } from './drain.js';
import { type EventIdSource, randomEventIds } from './event-ids.js';
import { ownValue, type ReceivedEvent } from './received-frame.js';
import { RequestChecks } from './request-checks.js';
import { SessionEnding } from './session-ending.js';
import { sessionFromOptions, type UpdateSessionOptions } from './update-session.js';
import { createWsTransport } from './ws-transport.js';

/** One conversation with a Qwen-Omni-Realtime service. A closed one can be connected again and starts afresh. */
export class OmniRealtimeConversation extends ConversationReadings {
  readonly #options: ConversationOptions;
  readonly #checks: RequestChecks | undefined;
  readonly #nextEventId: EventIdSource;
  #connection: ClientConnection | undefined;
  #ending: SessionEnding | undefined;

  constructor(options: ConversationOptions) {
    super(options);
    this.#options = options;
    this.#checks = (options.validate ?? true) ? new RequestChecks(options.model) : undefined;
    this.#nextEventId = options.eventIds ?? randomEventIds;
  }

  /** `idle` before the first `connect`. */
  get phase(): ConnectionPhase | 'idle' {
    return this.#connection?.phase ?? 'idle';
  }

  /** Bytes sent and not yet taken by the network. */
  get bufferedBytes(): number {
    return this.#connection?.bufferedBytes ?? 0;
  }

  protected override get isOver(): boolean {
    return this.phase === 'closed';
  }

  /**
   * Connects; resolves when `session.created` has been read.
   *
   * Rejects with `E_CONNECT_REFUSED` (HTTP status and body in the message and `details`), `E_CONNECT_CLOSED`,
   * `E_CONNECT_TIMEOUT`, `E_CONNECT_FAILED`, `E_ALREADY_CONNECTED`, `E_NO_API_KEY`, `E_INVALID_MODEL`,
   * `E_INVALID_URL`. Source: sections 1.1 to 1.4.
   */
  async connect(): Promise<void> {
    if (this.#connection !== undefined && this.#connection.phase !== 'closed') {
      throw new SoundstageError(
        'E_ALREADY_CONNECTED',
        `Cannot connect: the connection is ${this.#connection.phase}. Try await close() first, or a second conversation.`,
        { details: { phase: this.#connection.phase } },
      );
    }
    const settings = {
      transport: this.#options.transport ?? createWsTransport(),
      clock: this.clock,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? LIMITS.clientConnectTimeoutMs,
      closeTimeoutMs: this.#options.closeTimeoutMs ?? LIMITS.closeTimeoutMs,
      maxBufferedBytes: this.#options.maxBufferedBytes ?? LIMITS.clientBufferBytes,
    };
    const connection = new ClientConnection(connectionRequest(this.#options), settings, this.#sink());
    this.dispatch.reset();
    this.#ending = undefined;
    this.#connection = connection;
    await connection.start();
  }

  /** `session.update` (section 3.1). Throws `E_INVALID_SESSION`, and as `sendRaw`. */
  updateSession(options: UpdateSessionOptions): void {
    const session = sessionFromOptions(options);
    this.#checks?.session(session);
    this.#send('session.update', { session });
  }

  /**
   * `input_audio_buffer.append` (section 3.2): PCM16 little-endian mono at the session's input rate, 16 kHz unless
   * set otherwise. One call is one event. Throws `E_INVALID_AUDIO`, and as `sendRaw`.
   */
  appendAudio(audio: AudioInput): void {
    const isText = typeof audio === 'string';
    const base64 = isText ? audio : encodeBase64(audio instanceof Int16Array ? bytesFromPcm16(audio) : audio);
    this.#checks?.audio(base64, !isText);
    this.#send('input_audio_buffer.append', { audio: base64 });
  }

  /**
   * `input_image_buffer.append` (section 3.5): one JPEG, as base64 or bytes, about one a second, after audio.
   * Throws `E_INVALID_IMAGE`, and as `sendRaw`.
   */
  appendVideo(image: string | Uint8Array): void {
    const base64 = typeof image === 'string' ? image : encodeBase64(image);
    this.#checks?.image(base64);
    this.#send('input_image_buffer.append', { image: base64 });
  }

  /** `input_audio_buffer.clear` (section 3.4). */
  clearAppendedAudio(): void {
    this.#send('input_audio_buffer.clear', {});
  }

  /** `input_audio_buffer.commit` (section 3.3): audio and images become a user item; no response starts. */
  commit(): void {
    this.#send('input_audio_buffer.commit', {});
  }

  /** `response.create` (section 3.6). Throws `E_INVALID_RESPONSE`, and as `sendRaw`. */
  createResponse(options: CreateResponseOptions = {}): void {
    const { instructions = null, outputModalities } = options;
    if (outputModalities !== undefined) this.#checks?.modalities(outputModalities);
    const modalities = outputModalities === undefined ? {} : { modalities: [...outputModalities] };
    this.#send('response.create', { response: { instructions, ...modalities } });
  }

  /** `response.cancel` (section 3.7). */
  cancelResponse(): void {
    this.#send('response.cancel', {});
  }

  /** `conversation.item.create` (section 3.8), in wire form. Throws `E_INVALID_ITEM`, and as `sendRaw`. */
  createItem(item: Readonly<Record<string, unknown>>): void {
    this.#checks?.item(item);
    this.#send('conversation.item.create', { item });
  }

  /**
   * Sends any event, unchecked. Text goes out as it is; an object without `event_id` gets one.
   *
   * @throws SoundstageError `E_NOT_OPEN`; `E_BACKPRESSURE` when too much waits for the server; `E_INVALID_EVENT` for
   * what JSON cannot express. In each case nothing was sent. Other methods, but not this one, throw `E_SESSION_ENDING`
   * after `endSession`, when the server ignores what comes
   */
  sendRaw(event: string | Readonly<Record<string, unknown>>): void {
    if (typeof event === 'string') {
      this.#sendText(event);
      return;
    }
    const isMarked = ownValue(event, 'event_id') !== undefined;
    this.#sendText(asJson(isMarked ? event : { event_id: this.#nextEventId(), ...event }));
  }

  /**
   * `session.finish` (section 3.9); resolves with `session.finished`. Works inside callbacks. Calls while one is on
   * its way share its outcome. Rejects with `E_END_REFUSED` for an error that answers the finish (others do not
   * count), `E_CLOSED` as soon as the connection goes, `E_END_TIMEOUT`, `E_NOT_OPEN`, `E_BACKPRESSURE`.
   *
   * @param options.timeoutMs default 20 s
   */
  async endSession(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#ending !== undefined && this.#ending.progress !== 'failed') return this.#ending.promise;
    const eventId = this.#nextEventId();
    const ending = new SessionEnding(eventId, options.timeoutMs ?? LIMITS.clientEndTimeoutMs, this.clock);
    this.#ending = ending;
    try {
      this.#sendText(asJson({ event_id: eventId, type: 'session.finish' }));
    } catch (error) {
      ending.onNotSent(error as Error);
    }
    return ending.promise;
  }

  /** The Python SDK's name for an `endSession` that does not block; here the same thing. */
  endSessionAsync(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    return this.endSession(options);
  }

  /**
   * Closes; resolves when the connection is gone, at the latest `closeTimeoutMs` later. Before `connect`, and a
   * second time, it does nothing. Rejects with `E_INVALID_CLOSE` for what a client may not send.
   */
  async close(code = 1000, reason = ''): Promise<void> {
    checkClose(code, reason);
    await this.#connection?.close(code, reason);
  }

  /**
   * Resolves when no more than `belowBytes` (default 0) wait for the server. Rejects with `E_NOT_OPEN`, `E_CLOSED`,
   * or `E_DRAIN_TIMEOUT` after `timeoutMs` (default 60 s).
   */
  async drained(options: { readonly belowBytes?: number; readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#connection?.phase !== 'open') throw notOpen(this.phase);
    const { belowBytes = 0, timeoutMs = LIMITS.clientDrainTimeoutMs } = options;
    await waitForDrain(this.#connection, this.clock, belowBytes, timeoutMs);
  }

  #send(type: string, fields: Readonly<Record<string, unknown>>): void {
    const progress = this.#ending?.progress ?? 'failed';
    if (this.#checks !== undefined && progress !== 'failed' && this.phase === 'open') {
      throw new SoundstageError(
        'E_SESSION_ENDING',
        `Not sent: ${type} after session.finish would be ignored (section 5.10). Try close() and connect().`,
        { details: { type } },
      );
    }
    this.#sendText(asJson({ event_id: this.#nextEventId(), type, ...fields }));
  }

  #sendText(text: string): void {
    if (this.#connection === undefined) throw notOpen('idle');
    this.#connection.send(text);
  }

  /** What the connection about to be opened reports to. */
  #sink(): ConnectionSink {
    return {
      onOpen: () => this.dispatch.announceOpen(),
      onText: (text) => this.dispatch.receive(text, (event) => this.#settle(event)),
      onBinary: (sizeBytes) => this.dispatch.reportBadFrame('it is binary', { sizeBytes }),
      onError: (error) => this.dispatch.report(error),
      onClose: ({ code, reason, wasOpen, error }) => {
        this.#ending?.onClose(code, reason);
        this.dispatch.endStreams();
        if (error !== undefined) this.dispatch.report(error);
        if (wasOpen) this.dispatch.announceClose(code, reason);
      },
    };
  }

  /** Releases those who wait for `event`; callbacks come later and cannot get in the way. */
  #settle(event: ReceivedEvent): void {
    if (event.type === 'session.created') this.#connection?.markReady();
    this.#ending?.read(event);
  }
}

function asJson(event: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new SoundstageError(
      'E_INVALID_EVENT',
      'Not sent: the event cannot be written as JSON. Try plain data without cycles or BigInt.',
      { cause },
    );
  }
}
