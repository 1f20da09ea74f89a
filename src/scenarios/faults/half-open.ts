/** A cable pulled out. */
import { defineFault } from '../fault-types.js';
import { impair, impairmentKeys } from './impairments.js';

export const halfOpen = defineFault({
  kind: 'half-open',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Neither reads nor writes nor ends, as if the cable had been pulled out.',
  clientSees: 'Nothing: no data, no pong, no CLOSE, no FIN. Only a deadline of its own tells it.',
  keys: impairmentKeys,
  example: { at: { event: 'response.created' }, do: 'half-open' },
  strike: ({ place }, context) => impair({ kind: 'half-open' }, place, context),
});
