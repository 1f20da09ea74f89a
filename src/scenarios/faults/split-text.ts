/** Text deltas cut in awkward places. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';

export const splitText = defineFault({
  kind: 'split-text',
  layer: 'event',
  strikes: ['server'],
  summary:
    'Cuts one text delta into several: after every few characters, inside a character, inside an escape.',
  clientSees:
    'Many small deltas. With `lone-surrogates` half characters that only joining repairs; with `replacement` U+FFFD in place of what was cut, so that only the final text is right.',
  keys: {
    everyChars: about(wholeNumber(1).optional(), 'UTF-16 units of one piece. Default 1.'),
    wounded: about(
      z.enum(['none', 'lone-surrogates', 'replacement']).optional(),
      'What becomes of a character outside the basic plane that a cut goes through: kept whole, sent as two escaped halves, or replaced by U+FFFD on both sides. Default none.',
    ),
  },
  example: { at: { event: 'response.text.delta', nth: 'every' }, do: 'split-text', everyChars: 1 },
  strike: ({ everyChars = 1, wounded = 'none' }, { message, newId }) => {
    const event = message?.event();
    const text = event?.['delta'];
    if (event === undefined || typeof text !== 'string' || message?.type === 'response.audio.delta') {
      return { skip: 'the message holds no text delta' };
    }
    return cut(text, everyChars, wounded === 'none').map((piece, index) => {
      const delta = wounded === 'replacement' ? piece.replace(/\p{Surrogate}/gu, '\ufffd') : piece;
      const fresh = index === 0 ? {} : { event_id: newId('event') };
      return { act: index === 0 ? 'change' : 'invent', text: JSON.stringify({ ...event, ...fresh, delta }) };
    });
  },
});

function cut(text: string, everyChars: number, whole: boolean): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + everyChars, text.length);
    if (whole && isHighSurrogate(text.charCodeAt(end - 1)) && end < text.length) end += 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces.length === 0 ? [''] : pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
