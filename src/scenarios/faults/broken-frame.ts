/** Frames that RFC 6455 forbids. */
import { z } from 'zod';
import { frameBytes, joinBytes, OPCODES } from '../../protocol/websocket-frames.js';
import { defineFault } from '../fault-types.js';
import { about } from '../schema-parts.js';
import { textFrame, utf8 } from './frames.js';

const FLAWS = {
  'continuation-first': 'a continuation frame that continues nothing',
  'unfinished-fragment': 'a fragment, and then a new text frame before its end',
  'reserved-bit': 'a reserved bit that no extension asked for',
  'reserved-opcode': 'an opcode that does not exist',
  masked: 'a masked frame, which only clients may send',
  'long-control': 'a ping with more than 125 bytes',
  'fragmented-control': 'a ping that is not final',
  'false-length': 'a header that promises more bytes than follow, which swallows the next frames',
} as const;

type Flaw = keyof typeof FLAWS;
const NAMES = Object.keys(FLAWS) as [Flaw, ...Flaw[]];

export const brokenFrame = defineFault({
  kind: 'broken-frame',
  layer: 'frame',
  strikes: ['server'],
  summary: 'Sends the message in a way that the WebSocket protocol forbids.',
  clientSees: 'A protocol error: libraries close with 1002 (or wait for bytes that belong to other frames).',
  keys: {
    flaw: about(z.enum(NAMES), NAMES.map((name) => `${name}: ${FLAWS[name]}.`).join(' ')),
  },
  example: { at: { event: 'response.created' }, do: 'broken-frame', flaw: 'reserved-bit' },
  strike: ({ flaw }, { message }) => {
    if (message === undefined) return { skip: 'there is no message to break' };
    return [{ act: 'change', text: message.text, frames: flawed(flaw, utf8(message.text)) }];
  },
});

function flawed(flaw: Flaw, payload: Uint8Array): Uint8Array {
  const half = payload.subarray(0, Math.floor(payload.length / 2));
  switch (flaw) {
    case 'continuation-first':
      return frameBytes({ opcode: OPCODES.continuation, payload });
    case 'unfinished-fragment':
      return joinBytes([frameBytes({ opcode: OPCODES.text, payload: half, fin: false }), textFrame(payload)]);
    case 'reserved-bit':
      return frameBytes({ opcode: OPCODES.text, payload, rsv1: true });
    case 'reserved-opcode':
      return frameBytes({ opcode: 3, payload });
    case 'masked':
      return frameBytes({ opcode: OPCODES.text, payload, mask: [1, 2, 3, 4] });
    case 'long-control':
      return joinBytes([
        frameBytes({ opcode: OPCODES.ping, payload: new Uint8Array(126) }),
        textFrame(payload),
      ]);
    case 'fragmented-control':
      return joinBytes([
        frameBytes({ opcode: OPCODES.ping, payload: half.subarray(0, 10), fin: false }),
        textFrame(payload),
      ]);
    case 'false-length':
      return frameBytes({ opcode: OPCODES.text, payload, declaredBytes: payload.length + 100 });
  }
}
