/**
 * What one server said in a session, kept as shapes: types in order, keys and their JSON types, ids. Must never keep what
 * was said.
 */
import { SoundstageError } from '../../protocol/index.js';
import { isJsonObject, type JsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import { idWordOf } from '../../session-log/id-names.js';
import { EventShape } from './event-shape.js';

/** One event, without its content. */
export interface SeenEvent {
  readonly type: string;
  /** What it belongs to: `session`, `transcription`, or `response 2`. */
  readonly stream: string;
  /** Its ids by the path of their keys. */
  readonly ids: ReadonlyMap<string, string>;
}

/** The events of one server. */
export class SeenEvents {
  readonly events: SeenEvent[] = [];
  readonly shapes = new Map<string, EventShape>();
  /** Code, or type where there is none, of each `error`. */
  readonly errors: string[] = [];
  readonly #byType = new Map<string, SeenEvent[]>();
  readonly #responses = new Map<string, number>();

  /** Takes in a text message; one that is no event counts as of the type `no event`. */
  take(text: string): void {
    if (this.events.length >= LIMITS.driftEvents) {
      throw new SoundstageError(
        'E_DRIFT_SIZE',
        `Cannot compare the session: a server sent more than ${LIMITS.driftEvents} events. Try a shorter recording.`,
      );
    }
    const event = parseEvent(text);
    const type = typeof event['type'] === 'string' ? event['type'] : 'no event';
    const seen: SeenEvent = { type, stream: this.#streamOf(event, type), ids: idsOf(event) };
    this.events.push(seen);
    const sameType = this.#byType.get(type) ?? [];
    sameType.push(seen);
    this.#byType.set(type, sameType);
    const shape = this.shapes.get(type) ?? new EventShape();
    shape.take(event);
    this.shapes.set(type, shape);
    if (type === 'error') this.errors.push(errorCode(event));
  }

  count(type: string): number {
    return this.#byType.get(type)?.length ?? 0;
  }

  types(): readonly string[] {
    return [...this.#byType.keys()];
  }

  /** @param nth from 0 */
  nth(type: string, nth: number): SeenEvent | undefined {
    return this.#byType.get(type)?.[nth];
  }

  #streamOf(event: JsonObject, type: string): string {
    // Transcription of what was heard runs beside the answer to it.
    if (type.startsWith('conversation.item.input_audio_transcription.')) return 'transcription';
    const response = isJsonObject(event['response']) ? event['response']['id'] : undefined;
    const id = response ?? event['response_id'];
    if (typeof id !== 'string') return 'session';
    const number = this.#responses.get(id) ?? this.#responses.size + 1;
    this.#responses.set(id, number);
    return `response ${number}`;
  }
}

/** Deltas are as many as the server likes. */
export function isDelta(type: string): boolean {
  return type.endsWith('.delta');
}

function parseEvent(text: string): JsonObject {
  try {
    const event: unknown = JSON.parse(text);
    return isJsonObject(event) ? event : {};
  } catch {
    return {};
  }
}

function errorCode(event: JsonObject): string {
  const error = isJsonObject(event['error']) ? event['error'] : {};
  return String(error['code'] ?? error['type'] ?? 'no code');
}

function idsOf(event: JsonObject): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  collectIds(event, '', '', ids);
  return ids;
}

function collectIds(value: unknown, path: string, owner: string, ids: Map<string, string>): void {
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) collectIds(inner, `${path}.${index}`, owner, ids);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const isId = typeof inner === 'string' && inner !== '' && idWordOf(key, value, owner) !== undefined;
    if (isId) ids.set(`${path}.${key}`, inner);
    else collectIds(inner, `${path}.${key}`, key, ids);
  }
}
