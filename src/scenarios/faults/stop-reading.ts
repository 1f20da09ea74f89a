/** A server whose receive window fills. */
import { defineFault } from '../fault-types.js';
import { impair, impairmentKeys, lastsMs } from './impairments.js';

export const stopReading = defineFault({
  kind: 'stop-reading',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Stops reading from the socket, for a time or for good, and goes on writing.',
  clientSees: 'Its sends queue up and then block: back-pressure, with events of the server still arriving.',
  keys: { ...impairmentKeys, forMs: lastsMs },
  example: { at: { event: 'session.updated' }, do: 'stop-reading', forMs: 500 },
  strike: ({ place, forMs }, context) =>
    impair({ kind: 'stop-reading', ...(forMs === undefined ? {} : { forMs }) }, place, context),
});
