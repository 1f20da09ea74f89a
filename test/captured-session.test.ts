/**
 * A session of the real service, captured in October 2026 and known by its order of events and their keys: given
 * the same client messages and scripted replies, the simulation must show the same. Protocol reference §10.1.
 */
import { describe, expect, it } from 'vitest';
import { keyPaths, type SeenEvent, SessionDriver, typesOf } from './support/session-driver.js';

const TOOLS = ['paint_color', 'paint_shape'].map((name) => ({
  type: 'function',
  function: { name, description: `Reports the ${name}.`, parameters: { type: 'object', properties: {} } },
}));

const TEXT_RESPONSE = [
  'response.created',
  'response.output_item.added',
  'conversation.item.created',
  'response.content_part.added',
  'response.text.delta',
  'response.text.delta',
  'response.text.delta',
  'response.text.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
];

const SESSION_KEYS = [
  'event_id',
  'session',
  'session.id',
  'session.input_audio_format',
  'session.input_audio_transcription',
  'session.input_audio_transcription.model',
  'session.modalities',
  'session.model',
  'session.object',
  'session.output_audio_format',
  'session.turn_detection',
  'session.turn_detection.create_response',
  'session.turn_detection.interrupt_response',
  'session.turn_detection.prefix_padding_ms',
  'session.turn_detection.silence_duration_ms',
  'session.turn_detection.threshold',
  'session.turn_detection.type',
  'session.voice',
  'type',
];

const RESPONSE_KEYS = [
  'event_id',
  'response',
  'response.conversation_id',
  'response.id',
  'response.modalities',
  'response.object',
  'response.output',
  'response.output_audio_format',
  'response.status',
  'response.voice',
  'type',
];

const ITEM = ['item', 'item.id', 'item.object', 'item.status', 'item.type'];
const PART = ['content_index', 'event_id', 'item_id', 'output_index', 'response_id', 'type'];
const CALL = ['call_id', 'event_id', 'item_id', 'output_index', 'response_id', 'type'];

function sorted(...keys: string[]): string[] {
  return keys.sort();
}

function userText(text: string) {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
  return { type: 'conversation.item.create', item };
}

function toolOutput(callId: string, output: string) {
  return {
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: callId, output },
  };
}

function item(event: SeenEvent | undefined) {
  return event?.['item'] as Record<string, unknown>;
}

describe('the captured session', () => {
  const session = new SessionDriver({
    scenario: {
      replies: [
        { items: [{ message: { text: 'Green circle noted.', deltas: ['Green', ' circle', ' noted.'] } }] },
        {
          items: [
            { toolCall: { name: 'paint_color', arguments: '{}' } },
            { toolCall: { name: 'paint_shape', arguments: '{}', delta: false } },
          ],
        },
        { items: [{ message: { text: 'A green circle.', deltas: ['A', ' green', ' circle.'] } }] },
      ],
    },
  });
  const [created] = session.events;
  const [updated] = session.send({
    event_id: 'c1',
    type: 'session.update',
    session: { modalities: ['text'], instructions: 'Be brief.', max_tokens: 128, tools: TOOLS },
  });
  const [firstUser] = session.send(userText('Remember: green circle.'));
  const first = session.send({ event_id: 'c3', type: 'response.create' });
  const [secondUser] = session.send(userText('Paint it.'));
  const calls = session.send({ type: 'response.create' });
  const callIds = calls
    .filter((event) => event.type === 'response.function_call_arguments.done')
    .map((event) => String(event['call_id']));
  const outputs = [
    ...session.send(toolOutput(callIds[0] ?? '', 'green')),
    ...session.send(toolOutput(callIds[1] ?? '', 'circle')),
  ];
  const last = session.send({ type: 'response.create' });

  it('opens and echoes exactly the captured session objects', () => {
    expect(keyPaths(created)).toEqual(SESSION_KEYS);
    const set = ['session.instructions', 'session.max_tokens', 'session.tools'];
    const tool = [
      '',
      '.type',
      '.function',
      '.function.name',
      '.function.description',
      '.function.parameters',
    ];
    const schema = ['.function.parameters.type', '.function.parameters.properties'];
    const tools = [...tool, ...schema].filter(Boolean).map((key) => `session.tools[]${key}`);
    expect(keyPaths(updated)).toEqual(sorted(...SESSION_KEYS, ...set, ...tools));
    expect(updated?.['session']).toMatchObject({
      modalities: ['text'],
      voice: 'Tina',
      tools: TOOLS,
      max_tokens: 128,
    });
  });

  it('links the first user item to nothing and every later item to the one before', () => {
    expect(keyPaths(firstUser)).toEqual(
      sorted(
        'event_id',
        'type',
        ...ITEM,
        'item.role',
        'item.content',
        'item.content[].type',
        'item.content[].text',
      ),
    );
    expect(item(firstUser)).toMatchObject({ status: 'completed', role: 'user' });
    const all = session.events.filter((event) => event.type === 'conversation.item.created');
    const ids = all.map((event) => item(event)['id']);
    expect(all.map((event) => event['previous_item_id'])).toEqual([undefined, ...ids.slice(0, -1)]);
    expect(secondUser?.['previous_item_id']).toBe(ids[1]);
  });

  it('answers with text in the captured order', () => {
    expect(typesOf(first)).toEqual(TEXT_RESPONSE);
    expect(typesOf(last)).toEqual(TEXT_RESPONSE);
  });

  it('shows the captured keys in every event of a text response', () => {
    const assistant = [...ITEM, 'item.role', 'item.content'];
    const part = ['part', 'part.type', 'part.text'];
    const output = ['id', 'object', 'type', 'status', 'role', 'content', 'content[].type', 'content[].text'];
    const usage = [
      'total_tokens',
      'input_tokens',
      'output_tokens',
      'input_tokens_details',
      'output_tokens_details',
    ];
    const details = ['input_tokens_details.text_tokens', 'output_tokens_details.text_tokens'];
    const expected = [
      RESPONSE_KEYS,
      sorted('event_id', 'output_index', 'response_id', 'type', ...assistant),
      sorted('event_id', 'previous_item_id', 'type', ...assistant),
      sorted(...PART, ...part),
      ...[1, 2, 3].map(() => sorted(...PART, 'delta')),
      sorted(...PART, 'text'),
      sorted(...PART, ...part),
      sorted('event_id', 'output_index', 'response_id', 'type', ...assistant, 'item.content[].type'),
      sorted(
        ...RESPONSE_KEYS,
        ...output.map((key) => `response.output[].${key}`),
        'response.usage',
        ...[...usage, ...details].map((key) => `response.usage.${key}`),
      ),
    ];
    expect(first.map((event) => keyPaths(event))).toEqual(expected);
  });

  it('calls two tools one after the other, the second without a delta', () => {
    expect(typesOf(calls)).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.output_item.added',
      'conversation.item.created',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.done',
    ]);
  });

  it('shows the captured keys in every event of a tool call', () => {
    const call = [...ITEM, 'item.call_id', 'item.name', 'item.arguments'];
    const [, added, itemCreated, delta, done, itemDone] = calls;
    expect(keyPaths(added)).toEqual(sorted('event_id', 'output_index', 'response_id', 'type', ...call));
    expect(keyPaths(itemCreated)).toEqual(sorted('event_id', 'previous_item_id', 'type', ...call));
    expect(keyPaths(delta)).toEqual(sorted(...CALL, 'delta', 'obfuscation'));
    expect(keyPaths(done)).toEqual(sorted(...CALL, 'name', 'arguments'));
    expect(keyPaths(itemDone)).toEqual(sorted('event_id', 'output_index', 'response_id', 'type', ...call));
    expect(item(itemDone)).toMatchObject({ status: 'completed', arguments: '{}' });
    const response = calls.at(-1)?.['response'] as { output: Record<string, unknown>[] };
    expect(response.output.map((entry) => [entry['type'], entry['call_id']])).toEqual(
      callIds.map((id) => ['function_call', id]),
    );
  });

  it('acknowledges each tool output as completed', () => {
    const keys = sorted('event_id', 'previous_item_id', 'type', ...ITEM, 'item.call_id', 'item.output');
    expect(outputs.map((event) => keyPaths(event))).toEqual([keys, keys]);
    expect(outputs.map((event) => item(event)['output'])).toEqual(['green', 'circle']);
  });

  it('leaves the text out of output_item.done and keeps it in response.done', () => {
    expect(item(first.at(-2))['content']).toEqual([{ type: 'text' }]);
    const response = first.at(-1)?.['response'] as { output: { content: unknown }[] };
    expect(response.output[0]?.content).toEqual([{ type: 'text', text: 'Green circle noted.' }]);
  });
});
