/** A server that does not answer pings. */
import { defineFault } from '../fault-types.js';
import { impair, impairmentKeys } from './impairments.js';

export const noPong = defineFault({
  kind: 'no-pong',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Answers no ping from here on; everything else works.',
  clientSees: 'Its pings go unanswered while events keep coming.',
  keys: impairmentKeys,
  example: { at: { event: 'session.created' }, do: 'no-pong' },
  strike: ({ place }, context) => impair({ kind: 'no-pong' }, place, context),
});
