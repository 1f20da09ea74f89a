/** Events that the service would not have sent. */
import { z } from 'zod';
import { defineFault, type FaultAction, type StrikeContext } from '../fault-types.js';
import { about, jsonObject, wholeNumber } from '../schema-parts.js';
import { addingPlace, placed } from './place.js';
import { fillTemplate } from './template.js';
import { tooMuch } from './too-much.js';

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
      z.array(jsonObject).min(1).optional(),
      'The events in order. `${event.item_id}` stands for a field of the message struck at, `${new.item}` for a fresh id (event, item, response, conversation, call), `${item:answer}` for one fresh id wherever it is named, `${earlier.response_id}` for the last other id under that key.',
    ),
    texts: about(
      z.array(z.string()).min(1).optional(),
      'Text messages exactly as written, behind the events; they need not be JSON.',
    ),
    times: about(wholeNumber(1, 10_000).optional(), 'How often, one after the other. Default 1.'),
    place: addingPlace,
  },
  example: {
    at: { event: 'response.created' },
    do: 'inject',
    events: [{ type: 'x.unknown', detail: { nested: true } }],
  },
  strike: ({ events = [], texts = [], times = 1, place }, context) => {
    if (events.length + texts.length === 0) return { skip: 'neither events nor texts are given' };
    const once = (): FaultAction[] => [
      ...inventions(events, context),
      ...texts.map((text): FaultAction => ({ act: 'invent', text })),
    ];
    // What placeholders make of an event is known only when it is made, so the first time is made in any case.
    const first = once();
    const refused = tooMuch(times, sizeChars(first), context);
    if (refused !== undefined) return refused;
    return placed(place ?? 'after', [first, ...Array.from({ length: times - 1 }, once)].flat());
  },
});

function sizeChars(actions: readonly FaultAction[]): number {
  return actions.reduce((sum, action) => sum + ('text' in action ? action.text.length : 0), 0);
}

function inventions(
  events: readonly Readonly<Record<string, unknown>>[],
  context: StrikeContext,
): FaultAction[] {
  const named = new Map<string, string>();
  return events.map((event) => {
    const filled = fillTemplate(event, context, named) as Record<string, unknown>;
    const whole = Object.hasOwn(filled, 'event_id')
      ? filled
      : { event_id: context.newId('event'), ...filled };
    return { act: 'invent', text: JSON.stringify(whole) };
  });
}
