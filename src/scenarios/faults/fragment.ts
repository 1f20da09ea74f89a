/** A message in several frames. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { evenCuts, fragments, utf8 } from './frames.js';

const MOST_PIECES = 10_000;

export const fragment = defineFault({
  kind: 'fragment',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends the message as a text frame and continuation frames.',
  clientSees: 'The same message, in several frames: whoever parses frame by frame sees half a JSON document.',
  keys: {
    pieces: about(wholeNumber(2, MOST_PIECES).optional(), 'How many frames of about equal size. Default 2.'),
    cutsBytes: about(
      z.array(wholeNumber(0)).min(1).optional(),
      'Byte positions of the cuts instead, in ascending order; equal ones give empty fragments.',
    ),
  },
  example: { at: { event: 'response.done' }, do: 'fragment', pieces: 3 },
  strike: ({ pieces = 2, cutsBytes }, { message }) => {
    if (message === undefined) return { skip: 'there is no message to cut' };
    const payload = utf8(message.text);
    const cuts =
      cutsBytes === undefined ? evenCuts(payload.length, pieces) : [...cutsBytes].sort((a, b) => a - b);
    return [{ act: 'change', text: message.text, frames: fragments(payload, cuts) }];
  },
});
