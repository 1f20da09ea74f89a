/** Half a JSON document in a whole frame. */

import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';

export const truncateJson = defineFault({
  kind: 'truncate-json',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends only the first part of the text, in a well-formed frame.',
  clientSees: 'A text message that no JSON parser accepts.',
  keys: {
    keepChars: about(wholeNumber(0).optional(), 'Characters to keep. Default: half of them.'),
  },
  example: { at: { event: 'response.created' }, do: 'truncate-json' },
  strike: ({ keepChars }, { message }) => {
    if (message === undefined) return { skip: 'there is no message to cut' };
    const kept = keepChars ?? Math.floor(message.text.length / 2);
    if (kept >= message.text.length)
      return { skip: `the message has only ${message.text.length} characters` };
    return [{ act: 'change', text: message.text.slice(0, kept) }];
  },
});
