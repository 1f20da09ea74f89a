/** A client event that is answered with an error and not carried out. */
import { defineFault } from '../fault-types.js';
import { errorActions, errorKeys } from './error-shapes.js';

export const refuse = defineFault({
  kind: 'refuse',
  layer: 'event',
  strikes: ['client'],
  summary: "Answers the client's event with an error and does not carry it out.",
  clientSees: 'An `error` event and nothing else: none of what it asked for happens.',
  keys: errorKeys,
  example: { at: { event: 'response.create' }, do: 'refuse', refusal: 'response-already-active' },
  strike: (params, context) =>
    errorActions(params, context) ?? { skip: 'neither refusal nor error is given' },
});
