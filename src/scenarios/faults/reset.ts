/** The TCP connection is reset. */
import { defineFault } from '../fault-types.js';
import { endingPlace, endingPlaceOf, placed } from './place.js';

export const reset = defineFault({
  kind: 'reset',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Resets the TCP connection (RST) once everything before was handed to the network.',
  clientSees: 'A connection reset: ECONNRESET on the socket, close code 1006.',
  keys: { place: endingPlace },
  example: { at: { event: 'response.audio.delta', nth: 3 }, do: 'reset' },
  strike: ({ place }, context) => placed(endingPlaceOf(place, context), [{ act: 'reset' }]),
});
