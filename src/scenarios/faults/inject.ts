/** Events that the service would not have sent. */
import { z } from 'zod';
import { defineFault, type FaultAction, type StrikeContext } from '../fault-types.js';
import { about, jsonObject } from '../schema-parts.js';
import { addingPlace, placed } from './place.js';
import { fillTemplate } from './template.js';

export const inject = defineFault({
  kind: 'inject',
  layer: 'event',
  strikes: ['server', 'client', 'moment'],
  summary:
    'Sends events of your own: unknown types, names of object built-ins, events that come from nowhere.',
  clientSees:
    'The events as written, between those of the service. An `event_id` is added where none is given.',
  keys: {
    events: about(
      z.array(jsonObject).min(1),
      'The events in order. `${event.item_id}` stands for a field of the message struck at, `${new.item}` for a fresh id (event, item, response, conversation, call), `${earlier.response_id}` for the last other id under that key.',
    ),
    place: addingPlace,
  },
  example: {
    at: { event: 'response.created' },
    do: 'inject',
    events: [{ type: 'x.unknown', detail: { nested: true } }],
  },
  strike: ({ events, place }, context) => placed(place ?? 'after', inventions(events, context)),
});

function inventions(
  events: readonly Readonly<Record<string, unknown>>[],
  context: StrikeContext,
): FaultAction[] {
  return events.map((event) => {
    const filled = fillTemplate(event, context) as Record<string, unknown>;
    const named = Object.hasOwn(filled, 'event_id')
      ? filled
      : { event_id: context.newId('event'), ...filled };
    return { act: 'invent', text: JSON.stringify(named) };
  });
}
