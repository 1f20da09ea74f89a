/** A second response in the middle of the first, as if the service had lost its lane. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about } from '../schema-parts.js';

const WORDS_PER_DELTA = 2;
const LONGEST_TEXT = 10_000;

export const crossResponse = defineFault({
  kind: 'cross-response',
  layer: 'event',
  strikes: ['server'],
  summary: 'Starts a second, written response here and lets the two alternate, one message each.',
  clientSees:
    'Two responses at once: `response.created` of the second before `response.done` of the first, deltas of both in turns. The shorter of the two ends first.',
  keys: {
    text: about(
      z.string().max(LONGEST_TEXT).optional(),
      'What the second response says. Default: a short sentence.',
    ),
  },
  example: { at: { event: 'response.audio.delta', nth: 2 }, do: 'cross-response' },
  strike: ({ text = 'This is another answer that nobody asked for.' }, { message, newId }) => {
    const event = message?.event();
    if (event === undefined) return { skip: 'there is no event to cross' };
    const [first = '', ...rest] = secondResponse(text, newId).map((body) =>
      JSON.stringify({ event_id: newId('event'), ...body }),
    );
    return [{ act: 'forward' }, { act: 'invent', text: first }, { act: 'trickle', texts: rest }];
  },
});

function secondResponse(
  text: string,
  newId: (kind: 'item' | 'response' | 'conversation') => string,
): Record<string, unknown>[] {
  const ids = { response: newId('response'), item: newId('item'), conversation: newId('conversation') };
  const response = {
    id: ids.response,
    object: 'realtime.response',
    conversation_id: ids.conversation,
    modalities: ['text'],
    voice: 'Tina',
    output_audio_format: 'pcm',
  };
  const item = { id: ids.item, object: 'realtime.item', type: 'message', role: 'assistant' };
  const place = { response_id: ids.response, output_index: 0 };
  const part = { response_id: ids.response, item_id: ids.item, output_index: 0, content_index: 0 };
  const open = { ...item, status: 'in_progress', content: [] };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', ...place, item: open },
    { type: 'conversation.item.created', item: open },
    { type: 'response.content_part.added', ...part, part: { type: 'text', text: '' } },
    ...pieces(text).map((delta) => ({ delta, type: 'response.text.delta', ...part })),
    { text, type: 'response.text.done', ...part },
    { type: 'response.content_part.done', ...part, part: { type: 'text', text } },
    {
      type: 'response.output_item.done',
      ...place,
      item: { ...item, status: 'completed', content: [{ type: 'text' }] },
    },
    {
      type: 'response.done',
      response: {
        ...response,
        status: 'completed',
        output: [{ ...item, status: 'completed', content: [{ type: 'text', text }] }],
        usage: {
          total_tokens: 0,
          input_tokens: 0,
          output_tokens: 0,
          input_tokens_details: {},
          output_tokens_details: {},
        },
      },
    },
  ];
}

function pieces(text: string): string[] {
  const words = text.match(/\s*\S+/g) ?? [];
  const count = Math.ceil(words.length / WORDS_PER_DELTA);
  return Array.from({ length: count }, (_, index) =>
    words.slice(index * WORDS_PER_DELTA, (index + 1) * WORDS_PER_DELTA).join(''),
  );
}
