/** A handshake that takes its time. */

import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';

export const slowUpgrade = defineFault({
  kind: 'slow-upgrade',
  layer: 'upgrade',
  strikes: [],
  summary: 'Answers the upgrade after some wall time.',
  clientSees: 'A TCP connection that stands, and no 101 for this long.',
  keys: { byMs: about(wholeNumber(1, 600_000), 'Wall milliseconds.') },
  example: { do: 'slow-upgrade', at: { connection: 1 }, byMs: 300 },
  upgrade: ({ byMs }) => ({ delayMs: byMs }),
});
