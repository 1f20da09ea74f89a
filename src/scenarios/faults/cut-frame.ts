/** A socket that dies in the middle of a frame. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { textFrame, utf8 } from './frames.js';

export const cutFrame = defineFault({
  kind: 'cut-frame',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends the first bytes of the frame and then ends the connection.',
  clientSees: 'A frame that never becomes whole, and the end of the connection: 1006, an incomplete read.',
  keys: {
    afterBytes: about(
      wholeNumber(1).optional(),
      'Bytes of the frame that go out, its header of 2, 4 or 10 bytes included. Default: half of them.',
    ),
    how: about(z.enum(['reset', 'end']).optional(), 'How the connection ends: RST or FIN. Default reset.'),
  },
  example: { at: { event: 'response.audio.delta', nth: 2 }, do: 'cut-frame', afterBytes: 100 },
  strike: ({ afterBytes, how = 'reset' }, { message }) => {
    if (message === undefined) return { skip: 'there is no message to cut' };
    const frame = textFrame(utf8(message.text));
    const kept = Math.min(afterBytes ?? Math.floor(frame.length / 2), frame.length - 1);
    const what = `${kept} of ${frame.length} bytes of ${message.type}`;
    return [{ act: 'bytes', bytes: frame.subarray(0, kept), what }, { act: how }];
  },
});
