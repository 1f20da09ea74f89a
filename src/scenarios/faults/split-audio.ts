/** Audio cut where no sample ends. */
import { z } from 'zod';
import { decodeBase64, encodeBase64 } from '../../media/index.js';
import type { RandomStream } from '../../protocol/index.js';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';

const MOST_PIECES = 1_000;

export const splitAudio = defineFault({
  kind: 'split-audio',
  layer: 'event',
  strikes: ['server'],
  summary:
    'Cuts the audio of one delta into several deltas at byte positions of your choice, inside samples too.',
  clientSees:
    'Audio deltas of odd length, of one byte, of none. Together they hold exactly the bytes that the one delta would have held.',
  keys: {
    sizesBytes: about(
      z.array(wholeNumber(0)).min(1).optional(),
      'The sizes of the first pieces; one more piece takes what is left.',
    ),
    pieces: about(
      wholeNumber(2, MOST_PIECES).optional(),
      'How many pieces, cut at positions drawn from the seed, the first of them always inside a sample. Default 3. Not with `sizesBytes`.',
    ),
    padding: about(z.boolean().optional(), 'Whether base64 ends with `=` where it should. Default true.'),
  },
  example: { at: { event: 'response.audio.delta', nth: 'every' }, do: 'split-audio', sizesBytes: [1, 0, 3] },
  strike: ({ sizesBytes, pieces = 3, padding = true }, { message, random, newId }) => {
    const event = message?.event();
    const audio = typeof event?.['delta'] === 'string' ? decodeBase64(event['delta']) : undefined;
    if (event === undefined || audio === undefined) return { skip: 'the message holds no audio' };
    const cuts = sizesBytes === undefined ? drawnCuts(audio.length, pieces, random) : cutsOf(sizesBytes);
    const edges = [0, ...cuts.map((cut) => Math.min(cut, audio.length)), audio.length];
    return edges.slice(1).map((end, index) => {
      const base64 = encodeBase64(audio.subarray(edges[index] ?? 0, end));
      const delta = padding ? base64 : base64.replace(/=+$/, '');
      const text = JSON.stringify({ ...event, ...(index === 0 ? {} : { event_id: newId('event') }), delta });
      return { act: index === 0 ? 'change' : 'invent', text };
    });
  },
});

function cutsOf(sizesBytes: readonly number[]): number[] {
  let position = 0;
  return sizesBytes.map((sizeBytes) => {
    position += sizeBytes;
    return position;
  });
}

function drawnCuts(sizeBytes: number, pieces: number, random: RandomStream): number[] {
  const half = Math.max(1, Math.floor(sizeBytes / 2));
  const cuts = [2 * random.below(half) + 1];
  while (cuts.length < pieces - 1) cuts.push(random.below(sizeBytes + 1));
  return cuts.sort((left, right) => left - right);
}
