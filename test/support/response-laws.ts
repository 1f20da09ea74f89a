/**
 * What must hold for the responses of a session: one at a time, in the order of §5.0, deltas that add up, sums of
 * usage. Must never know what the client sent.
 */
import { ID_PATTERNS } from '../../src/protocol/index.js';
import { at } from './seen-responses.js';
import type { SeenEvent } from './session-driver.js';
import { type LawContext, law } from './session-laws.js';

/** The steps of an item as one letter each, so that its order can be read off a pattern. */
const LETTERS: Readonly<Record<string, string>> = {
  'response.output_item.added': 'a',
  'conversation.item.created': 'i',
  'response.content_part.added': 'p',
  'response.text.delta': 't',
  'response.text.done': 'T',
  'response.audio_transcript.delta': 'w',
  'response.audio.delta': 's',
  'response.audio_transcript.done': 'W',
  'response.audio.done': 'S',
  'response.function_call_arguments.delta': 'g',
  'response.function_call_arguments.done': 'G',
  'response.content_part.done': 'P',
  'response.output_item.done': 'x',
};
const WHOLE_ITEM = /^ai(pt*TP|p(w[ws]*)?WSP|g?G)x$/;
/** A cancelled response closes what it has opened and may stop anywhere before that. */
const CUT_ITEM = /^ai?(p(t*T?|[ws]*W?S?)P?|g?G?)?x?$/;

interface Open {
  readonly id: string;
  readonly items: Map<unknown, { letters: string; words: string; last?: SeenEvent }>;
  current: unknown;
}

export function checkResponses(events: readonly SeenEvent[], { silentCancel = false }: LawContext): void {
  let open: Open | undefined;
  const ids = new Set<string>();
  for (const event of events) {
    if (event.type === 'response.created') {
      if (open !== undefined) {
        law('one response is active at most', silentCancel, event);
        checkItems(open, true);
      }
      const id = String(at(event, 'response.id'));
      law('a response id has its shape and is new', ID_PATTERNS.response.test(id) && !ids.has(id), event);
      ids.add(id);
      open = { id, items: new Map(), current: undefined };
      continue;
    }
    if (event.type === 'response.done') {
      law('response.done ends the active response', open?.id === at(event, 'response.id'), event);
      if (open !== undefined) checkDone(open, event);
      open = undefined;
      continue;
    }
    takeStep(open, event);
  }
}

function takeStep(open: Open | undefined, event: SeenEvent): void {
  const letter = LETTERS[event.type];
  if (letter === undefined) return;
  if (event.type === 'conversation.item.created') {
    const item = open?.items.get(at(event, 'item.id'));
    if (item !== undefined) item.letters += letter;
    return;
  }
  law(
    'an event of a response belongs to the active one',
    open !== undefined && event['response_id'] === open.id,
    event,
  );
  const id = event['item_id'] ?? at(event, 'item.id');
  if (letter === 'a') {
    law('output_index counts items', event['output_index'] === open.items.size, event);
    const before = open.items.get(open.current);
    law('items come one after the other', before === undefined || before.letters.endsWith('x'), event);
    open.items.set(id, { letters: '', words: '' });
    open.current = id;
  }
  const item = open.items.get(id);
  law('a step belongs to the open item', item !== undefined && id === open.current, event);
  item.letters += letter;
  if ('twg'.includes(letter)) item.words += String(event['delta']);
  const whole = event['text'] ?? event['transcript'] ?? event['arguments'];
  if ('TW'.includes(letter))
    law('deltas add up to their done', whole === item.words, { event, words: item.words });
  if (letter === 'G') {
    law('deltas add up to their done', item.words === '' || whole === item.words, {
      event,
      words: item.words,
    });
    item.words = String(whole);
  }
  if (letter === 'P') law('content_part.done has the words', at(event, 'part.text') === item.words, event);
  if (letter === 's') {
    const delta = String(event['delta']);
    law(
      'sound is whole samples of base64',
      delta.length > 0 && Buffer.from(delta, 'base64').length % 2 === 0,
      event,
    );
  }
}

function checkItems(open: Open, cut: boolean): void {
  for (const [id, { letters }] of open.items) {
    law('an item has the order of its kind', (cut ? CUT_ITEM : WHOLE_ITEM).test(letters), { id, letters });
  }
}

function checkDone(open: Open, event: SeenEvent): void {
  const status = at(event, 'response.status');
  checkItems(open, status === 'cancelled');
  const output = at(event, 'response.output') as Record<string, unknown>[];
  law(
    'output lists the items in order',
    output.map(({ id }) => id).join() === [...open.items.keys()].join(),
    event,
  );
  for (const entry of output) {
    const words = at(entry, 'content.0.text') ?? at(entry, 'content.0.transcript') ?? entry['arguments'];
    law('output has the words', words === undefined || words === open.items.get(entry['id'])?.words, {
      entry,
    });
  }
  const usage = at(event, 'response.usage') as Record<string, unknown>;
  const sum = (details: unknown) =>
    Object.values(details as Record<string, number>).reduce((one, other) => one + other, 0);
  law(
    'usage adds up',
    usage['total_tokens'] === Number(usage['input_tokens']) + Number(usage['output_tokens']),
    usage,
  );
  law('input details add up', sum(usage['input_tokens_details']) === usage['input_tokens'], usage);
  law('output details add up', sum(usage['output_tokens_details']) === usage['output_tokens'], usage);
}
