/** A message of the service that never goes out. */
import { defineFault } from '../fault-types.js';

export const drop = defineFault({
  kind: 'drop',
  layer: 'event',
  strikes: ['server'],
  summary: 'Does not send the message; everything else goes on as if it had been sent.',
  clientSees: 'The message is missing: the event before it is followed by the one after it.',
  keys: {},
  example: { at: { event: 'response.done', response: 1 }, do: 'drop' },
  strike: () => [],
});
