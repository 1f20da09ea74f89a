/** Holds as they stand in a scenario, and those for a session that is running. */
import { z } from 'zod';
import { CLIENT_EVENT_TYPES, SERVER_EVENT_TYPES } from '../protocol/index.js';
import { about, record, wholeNumber } from './schema-parts.js';

const eventOfEither = z.enum([...SERVER_EVENT_TYPES, ...CLIENT_EVENT_TYPES]);

const after = record({
  event: about(eventOfEither, 'The event of either side after which the lane stops.'),
  nth: about(
    wholeNumber(1).optional(),
    'The n-th event of that type, counted within `response` when that is given. Default 1.',
  ),
  response: about(wholeNumber(1).optional(), 'Only events of the n-th response of the session.'),
});

const until = record({
  event: about(eventOfEither.optional(), 'The event of either side that lets the lane go on.'),
  ms: about(
    wholeNumber(0).optional(),
    'Virtual milliseconds after which it goes on. With `event` as well: whichever comes first.',
  ),
}).superRefine((value, context) => {
  if (value.event !== undefined || value.ms !== undefined) return;
  context.addIssue({
    code: 'custom',
    message: 'it names neither an event nor a time. Try { event: response.cancel }.',
  });
});

const REST = {
  lane: about(
    z.enum(['response', 'transcription', 'all']).optional(),
    'What stands still: responses, transcripts of the user, or every message of the server. Default response.',
  ),
  patienceMs: about(
    wholeNumber(1).optional(),
    'Virtual milliseconds after which the hold fails loudly: the session closes with 1011.',
  ),
  optional: about(
    z.boolean().optional(),
    'Verification passes even if no session ever reached it. Default false, so that a typing error cannot pass.',
  ),
} as const;

/** A hold of a scenario. */
export const holdSchema = record({ after, until, ...REST });

/** A hold for a running session: without `after` it begins at once; without `until` it waits to be released. */
export const liveHoldSchema = record({ after: after.optional(), until: until.optional(), ...REST });
