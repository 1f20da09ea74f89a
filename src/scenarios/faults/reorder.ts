/** Messages that arrive in another order. */
import { z } from 'zod';
import type { RandomStream } from '../../protocol/index.js';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';

const MOST_MESSAGES = 256;

export const reorder = defineFault({
  kind: 'reorder',
  layer: 'event',
  strikes: ['server'],
  summary: 'Keeps some messages back, this one first, and sends them in another order.',
  clientSees: 'The same events, none missing, in the wrong order.',
  keys: {
    count: about(
      wholeNumber(2, MOST_MESSAGES).optional(),
      'How many messages to mix, this one included. Default: as many as `order` has, else 2.',
    ),
    order: about(
      z.array(wholeNumber(1, MOST_MESSAGES)).optional(),
      'Which of them goes first, second and so on, counted from 1. Default: an order drawn from the seed, never the original one.',
    ),
  },
  example: { at: { event: 'response.output_item.added' }, do: 'reorder', order: [3, 1, 2] },
  strike: ({ count, order }, { random }) => {
    const size = count ?? order?.length ?? 2;
    if (order === undefined) return [{ act: 'collect', count: size, order: shuffled(size, random) }];
    const positions = order.map((position) => position - 1);
    const isWhole = new Set(positions).size === size && positions.every((position) => position < size);
    if (!isWhole) return { skip: `order must name each of 1 to ${size} once` };
    return [{ act: 'collect', count: size, order: positions }];
  },
});

/** Fisher and Yates; should the order come out as it was, the first two change places. */
function shuffled(size: number, random: RandomStream): number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  for (let index = size - 1; index > 0; index -= 1) swap(order, index, random.below(index + 1));
  if (order.every((position, index) => position === index)) swap(order, 0, 1);
  return order;
}

function swap(order: number[], left: number, right: number): void {
  const [one = 0, other = 0] = [order[left], order[right]];
  order[left] = other;
  order[right] = one;
}
