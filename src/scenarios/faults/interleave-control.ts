/** Control frames inside a message. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { controlFrame, evenCuts, fragments, utf8 } from './frames.js';

export const interleaveControl = defineFault({
  kind: 'interleave-control',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends the message in fragments with a ping or pong between them, as RFC 6455 allows.',
  clientSees: 'A ping in the middle of a message; the message is whole afterwards.',
  keys: {
    pieces: about(wholeNumber(2, 1_000).optional(), 'How many fragments. Default 2.'),
    control: about(z.enum(['ping', 'pong']).optional(), 'The frame between them. Default ping.'),
  },
  example: { at: { event: 'response.created' }, do: 'interleave-control' },
  strike: ({ pieces = 2, control = 'ping' }, { message }) => {
    if (message === undefined) return { skip: 'there is no message to cut' };
    const payload = utf8(message.text);
    const frames = fragments(payload, evenCuts(payload.length, pieces), controlFrame(control, 'between'));
    return [{ act: 'change', text: message.text, frames }];
  },
});
