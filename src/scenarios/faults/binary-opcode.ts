/** JSON in a binary frame. */
import { frameBytes, OPCODES } from '../../protocol/websocket-frames.js';
import { defineFault } from '../fault-types.js';
import { utf8 } from './frames.js';

export const binaryOpcode = defineFault({
  kind: 'binary-opcode',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends the message in a binary frame instead of a text frame.',
  clientSees: 'A binary message whose bytes are the JSON text.',
  keys: {},
  example: { at: { event: 'response.text.delta', nth: 1 }, do: 'binary-opcode', optional: true },
  strike: (_params, { message }) => {
    if (message === undefined) return { skip: 'there is no message to send' };
    const frames = frameBytes({ opcode: OPCODES.binary, payload: utf8(message.text) });
    return [{ act: 'change', text: message.text, frames }];
  },
});
