/** A handshake that gets no answer. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';

export const dropUpgrade = defineFault({
  kind: 'drop-upgrade',
  layer: 'upgrade',
  strikes: [],
  summary: 'Gives the upgrade no HTTP answer: the connection ends, is reset, or stays silent.',
  clientSees: 'The end of the connection, a reset or nothing at all before any HTTP answer.',
  keys: {
    afterMs: about(wholeNumber(1, 600_000).optional(), 'Wall milliseconds before that. Default: at once.'),
    how: about(
      z.enum(['end', 'reset', 'silence']).optional(),
      'FIN, RST, or an open connection that says nothing. Default reset.',
    ),
  },
  example: { do: 'drop-upgrade', at: { connection: 1 }, how: 'reset' },
  upgrade: ({ how = 'reset', afterMs }) => ({
    drop: how,
    ...(afterMs === undefined ? {} : { delayMs: afterMs }),
  }),
});
