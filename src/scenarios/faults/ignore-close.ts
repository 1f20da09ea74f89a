/** A server that does not take part in the closing handshake. */
import { defineFault } from '../fault-types.js';
import { impair, impairmentKeys } from './impairments.js';

export const ignoreClose = defineFault({
  kind: 'ignore-close',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: "Never answers the client's CLOSE frame and keeps the TCP connection open.",
  clientSees: 'A closing handshake that nobody finishes: close() returns only by a time-out of its own.',
  keys: impairmentKeys,
  example: { at: { event: 'session.created' }, do: 'ignore-close' },
  strike: ({ place }, context) => impair({ kind: 'ignore-close' }, place, context),
});
