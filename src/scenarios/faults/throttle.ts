/** A slow line. */

import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { direction, impair, impairmentKeys } from './impairments.js';

export const throttle = defineFault({
  kind: 'throttle',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Lets only so many bytes a second through, in wall time.',
  clientSees: 'Everything arrives, slowly; frames come in parts.',
  keys: {
    ...impairmentKeys,
    bytesPerSecond: about(wholeNumber(1, 1_000_000_000), 'Bytes in one wall second.'),
    direction,
  },
  example: { at: { event: 'session.created' }, do: 'throttle', bytesPerSecond: 20_000 },
  strike: ({ place, bytesPerSecond, direction: way = 'to-client' }, context) =>
    impair({ kind: 'throttle', bytesPerSecond, direction: way }, place, context),
});
