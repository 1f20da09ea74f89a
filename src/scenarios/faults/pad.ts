/** Frames of exactly the size that somebody's limit forgot. */

import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { utf8 } from './frames.js';

/** The largest message a padded event may become. */
const LARGEST_BYTES = 64 * 1024 * 1024 + 1;
const HEAD = ',"padding":"';
const TAIL = '"}';

export const pad = defineFault({
  kind: 'pad',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Fills the message up to an exact number of bytes with one additional key.',
  clientSees: 'A well-formed event with a key `padding`, of exactly this many bytes.',
  keys: {
    toBytes: about(
      wholeNumber(1, LARGEST_BYTES),
      'Bytes of the whole message. Limits of real clients: 1025, 32769, 65537, 262145, 1048577, 3500000, 16777217.',
    ),
  },
  example: { at: { event: 'response.created' }, do: 'pad', toBytes: 65_537 },
  strike: ({ toBytes }, { message }) => {
    if (message?.event() === undefined) return { skip: 'there is no event to fill' };
    const missing = toBytes - utf8(message.text).length - HEAD.length - TAIL.length + 1;
    if (missing < 0) return { skip: `the message is larger than ${toBytes} bytes already` };
    return [{ act: 'change', text: `${message.text.slice(0, -1)}${HEAD}${'x'.repeat(missing)}${TAIL}` }];
  },
});
