import { expect, test } from 'vitest';
import { SERVER_EVENT_TYPES, serverEventSchema } from './index.js';

const accepts = (event: object) => serverEventSchema.safeParse({ event_id: 'event_1', ...event }).success;
const part = { response_id: 'resp_1', item_id: 'item_1', output_index: 0, content_index: 0 };
const item = { id: 'item_1', object: 'realtime.item' };
const response = {
  id: 'resp_1',
  object: 'realtime.response',
  conversation_id: 'conv_1',
  modalities: ['text', 'audio'],
  voice: 'Tina',
  output_audio_format: 'pcm',
};
const usage = {
  total_tokens: 2,
  input_tokens: 1,
  output_tokens: 1,
  input_tokens_details: { text_tokens: 1 },
  output_tokens_details: { text_tokens: 1 },
};

test('the Omni families send 35 types of events', () => {
  expect(SERVER_EVENT_TYPES).toHaveLength(35);
});

test('an extra key, a missing key or a null is not what the service sends', () => {
  const delta = { type: 'response.text.delta', ...part, delta: 'Hi' };
  expect(accepts(delta)).toBe(true);
  expect(accepts({ ...delta, logprobs: [] })).toBe(false);
  expect(accepts({ ...delta, content_index: undefined })).toBe(false);
  expect(accepts({ type: 'session.finished', session: null })).toBe(false);
});

test('the words of a spoken part are text until response.done, where they are transcript', () => {
  const spoken = (content: object[]) => ({
    ...item,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content,
  });
  const done = (content: object[]) => ({
    type: 'response.done',
    response: { ...response, status: 'completed', output: [spoken(content)], usage },
  });
  expect(accepts({ type: 'response.content_part.done', ...part, part: { type: 'audio', text: 'Hi' } })).toBe(
    true,
  );
  expect(
    accepts({ type: 'response.content_part.done', ...part, part: { type: 'audio', transcript: 'Hi' } }),
  ).toBe(false);
  expect(accepts(done([{ type: 'audio', transcript: 'Hi' }]))).toBe(true);
  expect(accepts(done([{ type: 'audio', text: 'Hi' }]))).toBe(false);
});

test('response.output_item.done holds no text, as captured', () => {
  const done = (content: object[]) => ({
    type: 'response.output_item.done',
    response_id: 'resp_1',
    output_index: 0,
    item: { ...item, type: 'message', status: 'completed', role: 'assistant', content },
  });
  expect(accepts(done([{ type: 'text' }]))).toBe(true);
  expect(accepts(done([{ type: 'text', text: 'Hi' }]))).toBe(false);
  expect(accepts(done([{ type: 'audio', text: 'Hi' }]))).toBe(true);
});

test('a completed response has usage and no details, another says why', () => {
  const done = (fields: object) => ({
    type: 'response.done',
    response: { ...response, output: [], ...fields },
  });
  expect(accepts(done({ status: 'completed', usage }))).toBe(true);
  expect(accepts(done({ status: 'completed' }))).toBe(false);
  expect(accepts(done({ status: 'cancelled', usage }))).toBe(false);
  const status_details = { type: 'cancelled', reason: 'turn_detected' };
  expect(accepts(done({ status: 'cancelled', status_details, usage }))).toBe(true);
  expect(
    accepts({ type: 'response.created', response: { ...response, status: 'in_progress', output: [] } }),
  ).toBe(true);
});

test('user, assistant, call and output items as captured', () => {
  const created = (fields: object) =>
    accepts({ type: 'conversation.item.created', item: { ...item, ...fields } });
  const message = {
    type: 'message',
    status: 'in_progress',
    role: 'user',
    content: [{ type: 'input_audio' }],
  };
  expect(created(message)).toBe(true);
  expect(created({ ...message, content: [{ type: 'input_audio', transcript: null }] })).toBe(false);
  const call = { type: 'function_call', status: 'in_progress', call_id: 'call_1', name: 'f', arguments: '' };
  expect(created(call)).toBe(true);
  expect(
    created({ type: 'function_call_output', status: 'completed', call_id: 'call_1', output: 'green' }),
  ).toBe(true);
});
