/**
 * Reads one text frame of a client: the hot path, without schemas. Checks depth, JSON, object, type and
 * required parameters, in that order (section 11.4). It must never throw and never change the session.
 */
import type { ClientEvent, ClientEventType } from './client-events.js';
import { CLIENT_EVENT_TYPES } from './client-events.js';
import { nestsDeeperThan } from './json-depth.js';
import { isJsonObject, type JsonObject, ownValue } from './json-object.js';
import { LIMITS } from './limits.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';
import { checkRequiredParameters } from './required-parameters.js';

/** An event that has every required parameter, or the refusal that answers the frame. */
export type ClientFrame =
  | { readonly ok: true; readonly event: ClientEvent }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** The client's `event_id`, where the frame had one. */
      readonly eventId?: string;
    };

const TYPES: ReadonlyMap<string, ClientEventType> = new Map(CLIENT_EVENT_TYPES.map((type) => [type, type]));

/**
 * Parses a frame.
 *
 * Refuses with ERR36 (no JSON, or nested deeper than `LIMITS.jsonDepth`), ERR37 (no object), ERR38 (a missing
 * or wrong-typed parameter), ERR3 (unknown type) or ERR2 (unknown item type).
 */
export function parseClientFrame(text: string): ClientFrame {
  if (nestsDeeperThan(text, LIMITS.jsonDepth)) return { ok: false, refusal: refuse('invalid-json') };
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return { ok: false, refusal: refuse('invalid-json') };
  }
  if (!isJsonObject(event)) return { ok: false, refusal: refuse('frame-not-object') };
  const refusal = checkEvent(event);
  const eventId = ownValue(event, 'event_id');
  if (refusal !== undefined) {
    return typeof eventId === 'string' ? { ok: false, refusal, eventId } : { ok: false, refusal };
  }
  const known = eventId === undefined || typeof eventId === 'string' ? event : withoutEventId(event);
  // The table of required parameters has checked everything that the type promises.
  return { ok: true, event: known as unknown as ClientEvent };
}

function checkEvent(event: JsonObject): Refusal | undefined {
  const type = ownValue(event, 'type');
  if (type === undefined) return refuse('missing-parameter', { name: 'type' });
  if (typeof type !== 'string') return refuse('wrong-type', { name: 'type', expected: 'string' });
  const knownType = TYPES.get(type);
  if (knownType === undefined) return refuse('unknown-event-type', { type });
  return checkRequiredParameters(knownType, event);
}

/** An `event_id` that is no string is ignored. */
function withoutEventId(event: JsonObject): JsonObject {
  const { event_id, ...rest } = event;
  return rest;
}
