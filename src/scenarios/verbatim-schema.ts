/**
 * A fixed sequence of server events in place of the simulation: sends, waits for the client, pauses, an end. Data
 * only; placeholders are filled when a step is played.
 */
import { z } from 'zod';
import { CLIENT_EVENT_TYPES } from '../protocol/index.js';
import { about, isPlainObject, jsonObject, kind, record, wholeNumber } from './schema-parts.js';

const bindings = kind<Readonly<Record<string, string>>>(
  (value) =>
    isPlainObject(value) &&
    Object.entries(value).every(([name, path]) => /^[A-Za-z][\w-]*$/.test(name) && typeof path === 'string'),
  'plain object from names to paths',
  "{ answerId: 'item.id' }",
  { type: 'object', additionalProperties: { type: 'string' } },
);

const send = record({
  send: about(
    jsonObject,
    'An event of the server. `event_id` is added where none is given. `${name}` stands for what was bound under that name, `${session.id}` and `${model}` for those of the session, `${new.item}` for a fresh id, `${item:answer}` for the id of the item called answer, the same wherever it is named (kinds: event, item, response, conversation, call, session).',
  ),
  bind: about(bindings.optional(), 'Names for fields of this event, by path, for later steps.'),
});

const text = record({
  text: about(z.string(), 'One text message exactly as written, placeholders filled; it need not be JSON.'),
});

const wait = record({
  wait: about(
    z.enum([...CLIENT_EVENT_TYPES, 'anything']),
    'Goes on when the client has sent this event. Others that come first are passed over; one that came before this step counts.',
  ),
  bind: about(bindings.optional(), "Names for fields of the client's event, by path, for later steps."),
  patienceMs: about(
    wholeNumber(1).optional(),
    'Virtual milliseconds after which the session fails loudly: it closes with 1011.',
  ),
});

const pause = record({ pauseMs: about(wholeNumber(0), 'Waits this many virtual milliseconds.') });

const close = record({
  close: about(
    record({ code: wholeNumber(0, 65_535).nullable().optional(), reason: z.string().optional() }),
    'Ends the connection with this CLOSE frame. Default code 1000.',
  ),
});

const simulate = record({
  simulate: about(
    z.literal(true),
    'Hands over to the ordinary simulation for the rest of the session. What the client sent during the sequence is not repeated to it.',
  ),
});

/** One step of a sequence, told apart by its first key. */
export const verbatimStepSchema = z.union([send, text, wait, pause, close, simulate]);
export type VerbatimStep = z.infer<typeof verbatimStepSchema>;
