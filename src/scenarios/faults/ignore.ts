/** A client event that gets lost. */
import { defineFault } from '../fault-types.js';

export const ignore = defineFault({
  kind: 'ignore',
  layer: 'event',
  strikes: ['client'],
  summary: "Does as if the client's event had never arrived.",
  clientSees: 'No answer at all.',
  keys: {},
  example: { at: { event: 'session.update' }, do: 'ignore' },
  strike: () => [],
});
