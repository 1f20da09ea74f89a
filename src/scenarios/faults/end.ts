/** The TCP stream ends without a close frame. */
import { defineFault } from '../fault-types.js';
import { endingPlace, endingPlaceOf, placed } from './place.js';

export const end = defineFault({
  kind: 'end',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Ends the TCP stream in good order (FIN) without a CLOSE frame.',
  clientSees: 'The end of the stream: close code 1006 in most libraries, an incomplete read in others.',
  keys: { place: endingPlace },
  example: { at: { event: 'response.created' }, do: 'end' },
  strike: ({ place }, context) => placed(endingPlaceOf(place, context), [{ act: 'end' }]),
});
