/** Lets a message through: a verdict like any other, so that later rules do not see it. */
import { defineFault } from '../fault-types.js';

export const pass = defineFault({
  kind: 'pass',
  layer: 'event',
  strikes: ['server', 'client'],
  summary: 'Lets the message through and keeps later faults of the list away from it.',
  clientSees: 'Nothing unusual: the message arrives as the service meant it.',
  keys: {},
  example: { at: { event: 'response.audio.delta', nth: 1 }, do: 'pass' },
  strike: () => [{ act: 'forward' }],
});
