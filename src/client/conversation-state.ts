/**
 * What the client knows of the conversation: ids, the last event, and how long the last response took to start.
 * Updated before any callback runs. One per connection; it must never carry anything over to the next.
 */
import { ownString, ownValue, type ReceivedEvent } from './received-frame.js';

const TEXT_DELTAS: ReadonlySet<string> = new Set(['response.text.delta', 'response.audio_transcript.delta']);

/** Facts of one connection; null until known. */
export class ConversationState {
  /** From `session.created`. */
  sessionId: string | null = null;
  /** From the latest `response.created`. */
  lastResponseId: string | null = null;
  /** The latest server event. */
  lastMessage: ReceivedEvent | null = null;
  /** Milliseconds from `response.created` to the last response's first text or transcript delta. */
  lastFirstTextDelayMs: number | null = null;
  /** Milliseconds from `response.created` to the last response's first audio delta. */
  lastFirstAudioDelayMs: number | null = null;
  #responseCreatedAtMs: number | undefined;

  /**
   * Takes note of one event that arrived at `nowMs`.
   *
   * @returns what the event should have carried and did not, else undefined
   */
  read(event: ReceivedEvent, nowMs: number): string | undefined {
    this.lastMessage = event;
    if (event.type === 'session.created') return this.#readSessionCreated(event);
    if (event.type === 'response.created') return this.#readResponseCreated(event, nowMs);
    if (TEXT_DELTAS.has(event.type) && this.#isOfLastResponse(event)) {
      this.lastFirstTextDelayMs ??= this.#sinceCreatedMs(nowMs);
    }
    if (event.type === 'response.audio.delta' && this.#isOfLastResponse(event)) {
      this.lastFirstAudioDelayMs ??= this.#sinceCreatedMs(nowMs);
    }
    return undefined;
  }

  #readSessionCreated(event: ReceivedEvent): string | undefined {
    this.sessionId = ownString(ownValue(event, 'session'), 'id') ?? null;
    return this.sessionId === null ? 'it has no session.id' : undefined;
  }

  #readResponseCreated(event: ReceivedEvent, nowMs: number): string | undefined {
    this.lastResponseId = ownString(ownValue(event, 'response'), 'id') ?? null;
    this.lastFirstTextDelayMs = null;
    this.lastFirstAudioDelayMs = null;
    this.#responseCreatedAtMs = nowMs;
    return this.lastResponseId === null ? 'it has no response.id' : undefined;
  }

  /** Deltas of an interrupted response can still come after the next one has begun (section 5.5). */
  #isOfLastResponse(event: ReceivedEvent): boolean {
    const responseId = ownString(event, 'response_id');
    return responseId === undefined || responseId === this.lastResponseId;
  }

  #sinceCreatedMs(nowMs: number): number | null {
    if (this.#responseCreatedAtMs === undefined) return null;
    return Math.max(0, Math.round(nowMs - this.#responseCreatedAtMs));
  }
}
