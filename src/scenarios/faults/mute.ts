/** A server that listens and says nothing any more. */
import { defineFault } from '../fault-types.js';
import { impair, impairmentKeys } from './impairments.js';

export const mute = defineFault({
  kind: 'mute',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Goes on reading and writes nothing any more: no events, no pongs, no answer to a CLOSE.',
  clientSees: 'Silence on an open connection, from this point on.',
  keys: impairmentKeys,
  example: { at: { event: 'session.created' }, do: 'mute' },
  strike: ({ place }, context) => impair({ kind: 'mute' }, place, context),
});
