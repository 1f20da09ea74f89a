/** Two JSON documents in one frame. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about } from '../schema-parts.js';

export const joinMessages = defineFault({
  kind: 'join-messages',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends the message twice in one text frame, one JSON document behind the other.',
  clientSees: 'A text message with two JSON documents, the second under another `event_id`.',
  keys: {
    separator: about(z.string().optional(), 'What stands between them. Default a line feed.'),
  },
  example: { at: { event: 'response.created' }, do: 'join-messages' },
  strike: ({ separator = '\n' }, { message, newId }) => {
    const event = message?.event();
    if (message === undefined || event === undefined) return { skip: 'there is no event to join' };
    const second = JSON.stringify({ ...event, event_id: newId('event') });
    return [{ act: 'change', text: message.text + separator + second }];
  },
});
