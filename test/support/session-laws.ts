/**
 * What must hold for everything a session ever sends, whatever the client did. Throws with the law's name and the
 * event that breaks it; must never know what the client sent.
 */
import {
  ERROR_CATALOGUE,
  ID_PATTERNS,
  SERVER_EVENT_SCHEMAS,
  type ServerEventType,
} from '../../src/protocol/index.js';
import { checkResponses } from './response-laws.js';
import { at } from './seen-responses.js';
import type { SeenEvent } from './session-driver.js';

/** Throws when `holds` is false, naming the law. */
export function law(name: string, holds: boolean, seen: unknown): asserts holds {
  if (!holds) throw new Error(`${name}: ${JSON.stringify(seen)?.slice(0, 600)}`);
}

/** What a law needs to know of a session. */
export interface LawContext {
  /** The client chooses item ids. */
  readonly ownIds?: boolean;
  /** Cancelled responses end without response.done. */
  readonly silentCancel?: boolean;
}

/** Checks a whole session, from `session.created` on. */
export function checkLaws(events: readonly SeenEvent[], context: LawContext = {}): void {
  for (const event of events) checkSchema(event);
  for (const event of events) if (event.type === 'error') checkCatalogued(event);
  checkIds(events, context);
  checkChain(events);
  checkTurns(events);
  checkResponses(events, context);
}

function checkSchema(event: SeenEvent): void {
  const schema = SERVER_EVENT_SCHEMAS[event.type as ServerEventType];
  law('a server event has a known type', schema !== undefined, event);
  const outcome = schema.safeParse(event);
  if (!outcome.success)
    throw new Error(`strict schema: ${outcome.error.message} in ${JSON.stringify(event).slice(0, 400)}`);
}

/** Placeholders of a template stand for any text. */
function matches(template: string | undefined, text: unknown): boolean {
  if (template === undefined) return text === undefined;
  const source = template
    .split(/\{[A-Za-z]+\}/)
    .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*');
  return typeof text === 'string' && new RegExp(`^${source}$`).test(text);
}

/** Rows that are used for several parameters, and what those look like. */
const PARAMS_OF: Readonly<Record<string, RegExp>> = {
  'bad-enum-value': /^(session|item)\./,
  'format-frozen': /^session\./,
  'voice-frozen': /^session\.(audio\.output\.)?voice$/,
};

function checkCatalogued(event: SeenEvent): void {
  const error = event['error'] as Record<string, unknown>;
  const row = ERROR_CATALOGUE.find(
    ({ type, code, message, param, slug }) =>
      type === error['type'] &&
      code === error['code'] &&
      matches(message, error['message']) &&
      (matches(param, error['param']) || PARAMS_OF[slug]?.test(String(error['param'])) === true),
  );
  law('an error is a row of the catalogue', row !== undefined, error);
}

function checkIds(events: readonly SeenEvent[], { ownIds = false }: LawContext): void {
  const created = new Set<unknown>();
  const eventIds = new Set<unknown>();
  for (const event of events) {
    law('an event id has its shape', ID_PATTERNS.event.test(String(event['event_id'])), event);
    law('an event id is unique', !eventIds.has(event['event_id']), event);
    eventIds.add(event['event_id']);
    if (event.type !== 'conversation.item.created') continue;
    const id = at(event, 'item.id');
    if (!ownIds) law('an item id has its shape', ID_PATTERNS.item.test(String(id)), event);
    if (!ownIds) law('an item is created once', !created.has(id), event);
    created.add(id);
    const callId = at(event, 'item.call_id');
    if (callId !== undefined) law('a call id has its shape', ID_PATTERNS.call.test(String(callId)), event);
  }
}

/** Every item follows the last one that still exists (§4.9). */
function checkChain(events: readonly SeenEvent[]): void {
  const items: unknown[] = [];
  for (const event of events) {
    if (event.type === 'conversation.item.deleted') {
      const index = items.indexOf(event['item_id']);
      if (index >= 0) items.splice(index, 1);
    }
    if (event.type !== 'conversation.item.created') continue;
    law('previous_item_id names the item before', event['previous_item_id'] === items.at(-1), {
      event,
      last: items.at(-1),
    });
    const id = at(event, 'item.id');
    if (items.includes(id)) items.splice(items.indexOf(id), 1);
    items.push(id);
  }
}

const INPUT = 'input_audio_buffer';
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

/** speech_started, stopped, committed, item.created and transcription of one turn share an id, in this order. */
function checkTurns(events: readonly SeenEvent[]): void {
  let speaking: unknown;
  const committed = new Set<unknown>();
  const transcribed = new Set<unknown>();
  for (const [index, event] of events.entries()) {
    const id = event['item_id'];
    if (event.type === `${INPUT}.speech_started`) speaking = id;
    if (event.type === `${INPUT}.speech_stopped`)
      law('speech stops under the id it started with', id === speaking, event);
    if (event.type === `${TRANSCRIPTION}.delta`)
      law('a preview belongs to the speech', id === speaking, event);
    if (event.type === `${INPUT}.committed`) {
      law('an item is committed once', !committed.has(id), event);
      committed.add(id);
      const [next] = events.slice(index + 1);
      const announced = events.slice(0, index).some((earlier) => at(earlier, 'item.id') === id);
      law(
        'the item of a commit is announced',
        announced || next === undefined || at(next, 'item.id') === id,
        event,
      );
    }
    if (event.type === `${TRANSCRIPTION}.completed` || event.type === `${TRANSCRIPTION}.failed`) {
      law('a transcript comes after its commit', committed.has(id), event);
      law('a turn is transcribed once', !transcribed.has(id), event);
      transcribed.add(id);
    }
  }
}
