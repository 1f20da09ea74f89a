/** A message that arrives late, overtaken by whatever comes meanwhile. */
import { z } from 'zod';
import { CLIENT_EVENT_TYPES, SERVER_EVENT_TYPES } from '../../protocol/index.js';
import { defineFault } from '../fault-types.js';
import { about, record, wholeNumber } from '../schema-parts.js';

export const delay = defineFault({
  kind: 'delay',
  layer: 'event',
  strikes: ['server'],
  summary:
    'Sends the message later, after some virtual time or behind another event; what comes meanwhile overtakes it.',
  clientSees:
    'The message out of its order: behind everything the service said in the meantime. Without `byMs` or `until` it arrives behind the next message.',
  keys: {
    byMs: about(wholeNumber(0).optional(), 'Virtual milliseconds.'),
    until: about(
      record({
        event: about(
          z.enum([...SERVER_EVENT_TYPES, ...CLIENT_EVENT_TYPES]),
          'The event of either side behind which it goes out.',
        ),
        nth: about(wholeNumber(1).optional(), 'The n-th one from now on. Default 1.'),
      }).optional(),
      'Goes out behind this event, or where it would have been when a fault drops it. With `byMs` as well: whichever comes first.',
    ),
  },
  example: {
    at: { event: 'conversation.item.input_audio_transcription.completed' },
    do: 'delay',
    until: { event: 'response.done' },
  },
  strike: ({ byMs, until }) =>
    byMs === undefined && until === undefined
      ? [{ act: 'collect', count: 2, order: [1, 0] }]
      : [{ act: 'withhold', until: { afterMs: byMs, event: until?.event, nth: until?.nth } }],
});
