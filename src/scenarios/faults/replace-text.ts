/** Any text in place of a message. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about } from '../schema-parts.js';

export const replaceText = defineFault({
  kind: 'replace-text',
  layer: 'frame',
  strikes: ['server'],
  summary:
    'Sends exactly this text instead of the message: nothing, an array, NaN, a byte order mark, duplicate keys.',
  clientSees: 'A text message that is not the JSON object it expects.',
  keys: {
    text: about(z.string(), 'The whole message. `${text}` stands for the message that was meant.'),
  },
  example: { at: { event: 'response.created' }, do: 'replace-text', text: '[]' },
  strike: ({ text }, { message }) => {
    if (message === undefined) return { skip: 'there is no message to replace' };
    return [{ act: 'change', text: text.replaceAll('${text}', () => message.text) }];
  },
});
