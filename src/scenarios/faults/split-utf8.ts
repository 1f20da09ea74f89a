/** A fragment that ends inside a character. */
import { defineFault } from '../fault-types.js';
import { fragments, utf8 } from './frames.js';

export const splitUtf8 = defineFault({
  kind: 'split-utf8',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Cuts the message into two fragments inside its first character of more than one byte.',
  clientSees: 'Two frames, neither of which is valid UTF-8 by itself; together they are the message.',
  keys: {},
  example: { at: { event: 'response.audio_transcript.done' }, do: 'split-utf8', optional: true },
  strike: (_params, { message }) => {
    if (message === undefined) return { skip: 'there is no message to cut' };
    const payload = utf8(message.text);
    const start = payload.findIndex((byte) => byte >= 0xc0);
    if (start < 0) return { skip: 'the message has no character of more than one byte' };
    return [{ act: 'change', text: message.text, frames: fragments(payload, [start + 1]) }];
  },
});
