/** Text that is no text. */
import { joinBytes } from '../../protocol/websocket-frames.js';
import { defineFault } from '../fault-types.js';
import { textFrame, utf8 } from './frames.js';

/** A byte that no UTF-8 text can hold. */
const NEVER_UTF8 = Uint8Array.of(0xff);

export const invalidUtf8 = defineFault({
  kind: 'invalid-utf8',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Puts a byte into the text frame that UTF-8 does not have.',
  clientSees: 'A protocol error: strict libraries close with 1007, lax ones hand over U+FFFD.',
  keys: {},
  example: { at: { event: 'response.created' }, do: 'invalid-utf8' },
  strike: (_params, { message }) => {
    if (message === undefined) return { skip: 'there is no message to spoil' };
    const [head, tail] = [message.text.slice(0, -1), message.text.slice(-1)];
    const frames = textFrame(joinBytes([utf8(head), NEVER_UTF8, utf8(tail)]));
    return [{ act: 'change', text: `${head}\ufffd${tail}`, frames }];
  },
});
