/** An error event out of nowhere. */
import { defineFault } from '../fault-types.js';
import { errorActions, errorKeys } from './error-shapes.js';
import { addingPlace, placed } from './place.js';

export const error = defineFault({
  kind: 'error',
  layer: 'event',
  strikes: ['server', 'client', 'moment'],
  summary: 'Sends an error event in addition to what the service does anyway.',
  clientSees:
    'An `error` event; where the catalogue says that the session does not survive it, the close as well.',
  keys: { ...errorKeys, place: addingPlace },
  example: { at: { event: 'response.created' }, do: 'error', refusal: 'response-already-active' },
  strike: ({ place, ...params }, context) => {
    const actions = errorActions(params, context);
    return actions === undefined
      ? { skip: 'neither refusal nor error is given' }
      : placed(place ?? 'after', actions);
  },
});
