/** A message that arrives more than once. */
import { z } from 'zod';
import { defineFault, type FaultAction } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { tooMuch } from './too-much.js';

export const duplicate = defineFault({
  kind: 'duplicate',
  layer: 'event',
  strikes: ['server'],
  summary: 'Sends the message again, at once.',
  clientSees:
    'The same event twice in a row, with the same ids; with `freshEventId` only its `event_id` differs.',
  keys: {
    times: about(wholeNumber(1, 10_000).optional(), 'How many further copies. Default 1.'),
    freshEventId: about(z.boolean().optional(), 'Gives every copy an `event_id` of its own. Default false.'),
  },
  example: { at: { event: 'response.done', response: 1 }, do: 'duplicate' },
  strike: ({ times = 1, freshEventId = false }, context) => {
    const { message, newId } = context;
    if (message === undefined) return { skip: 'there is no message to repeat' };
    const event = freshEventId ? message.event() : {};
    if (event === undefined) return { skip: 'the message has no event_id to replace' };
    const refused = tooMuch(times, message.text.length, context);
    if (refused !== undefined) return refused;
    const copy = (): FaultAction => ({
      act: 'invent',
      text: freshEventId ? JSON.stringify({ ...event, event_id: newId('event') }) : message.text,
    });
    return [{ act: 'forward' }, ...Array.from({ length: times }, copy)];
  },
});
