import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PROPERTY_RUNS, PROPERTY_SEED } from '../../test/support/property-seed.js';
import { CLIENT_EVENT_TYPES, clientEventSchema, LIMITS, parseClientFrame } from './index.js';

function answer(text: string): unknown {
  const frame = parseClientFrame(text);
  return frame.ok ? frame.event : [frame.refusal.id, frame.refusal.error.message, frame.refusal.error.param];
}

test.each([
  ['', 'ERR36', 'Invalid JSON.', undefined],
  ['{"type":', 'ERR36', 'Invalid JSON.', undefined],
  ['{"type":"response.cancel"}{}', 'ERR36', 'Invalid JSON.', undefined],
  ['[]', 'ERR37', 'Invalid message format.', undefined],
  ['null', 'ERR37', 'Invalid message format.', undefined],
  ['"response.cancel"', 'ERR37', 'Invalid message format.', undefined],
  ['{}', 'ERR38', "Missing required parameter: 'type'.", 'type'],
  ['{"type":7}', 'ERR38', "Invalid type for 'type': expected string.", 'type'],
  ['{"__proto__":{"type":"response.cancel"}}', 'ERR38', "Missing required parameter: 'type'.", 'type'],
  ['{"type":"__proto__"}', 'ERR3', "Invalid value: '__proto__'.", undefined],
  ['{"type":"constructor"}', 'ERR3', "Invalid value: 'constructor'.", undefined],
  [
    '{"type":"conversation.item.truncate"}',
    'ERR3',
    "Invalid value: 'conversation.item.truncate'.",
    undefined,
  ],
  ['{"type":"input_audio_buffer.append"}', 'ERR38', "Missing required parameter: 'audio'.", 'audio'],
  [
    '{"type":"input_image_buffer.append","image":null}',
    'ERR38',
    "Invalid type for 'image': expected string.",
    'image',
  ],
  [
    '{"type":"session.update","session":[]}',
    'ERR38',
    "Invalid type for 'session': expected object.",
    'session',
  ],
  ['{"type":"conversation.item.create"}', 'ERR38', "Missing required parameter: 'item'.", 'item'],
  [
    '{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":5}}',
    'ERR38',
    "Invalid type for 'item.output': expected string.",
    'item.output',
  ],
])('%s', (text, id, message, param) => {
  expect(answer(text)).toEqual([id, message, param]);
});

test('what real clients send is understood', () => {
  expect(answer('{"type":"response.create","response":{"instructions":null}}')).toMatchObject({
    type: 'response.create',
  });
  expect(answer('{"type":"response.create","response":null,"messages":[]}')).toMatchObject({ messages: [] });
  const item = { type: 'message', content: [{ type: 'input_text', text: 'hello' }] };
  const create = { type: 'conversation.item.create', item };
  expect(answer(JSON.stringify(create))).toEqual(create);
});

test('an event_id that is no string is ignored; a good one is told with the refusal', () => {
  expect(answer('{"event_id":7,"type":"response.cancel"}')).toEqual({ type: 'response.cancel' });
  expect(parseClientFrame('{"event_id":"e1","type":"nonsense"}')).toMatchObject({ ok: false, eventId: 'e1' });
});

test('nesting is refused one level above the limit, and brackets in strings do not count', () => {
  const nested = (depth: number) =>
    `{"type":"response.cancel","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  expect(parseClientFrame(nested(LIMITS.jsonDepth)).ok).toBe(true);
  expect(answer(nested(LIMITS.jsonDepth + 1))).toEqual(['ERR36', 'Invalid JSON.', undefined]);
  const inString = JSON.stringify({ type: 'input_audio_buffer.append', audio: `\\"${'['.repeat(500)}\\` });
  expect(parseClientFrame(inString).ok).toBe(true);
});

test('a sixteen-mebibyte nest of brackets is refused without being parsed', () => {
  expect(answer('['.repeat(16 * 1024 * 1024))).toEqual(['ERR36', 'Invalid JSON.', undefined]);
});

const jsonEvents = fc
  .tuple(
    fc.constantFrom(...CLIENT_EVENT_TYPES.filter((type) => type !== 'session.update')),
    fc.dictionary(
      fc.constantFrom('audio', 'image', 'item', 'item_id', 'response', 'event_id'),
      fc.jsonValue(),
    ),
    fc.dictionary(
      fc.constantFrom('type', 'role', 'content', 'call_id', 'output', 'approve', 'approval_request_id'),
      fc.oneof(
        fc.constantFrom('message', 'function_call_output', 'user', true, [], [{ type: 'text', text: '' }]),
        fc.jsonValue(),
      ),
    ),
  )
  .map(([type, fields, item]) => ({ item, ...fields, type }));

property.prop([jsonEvents], { seed: PROPERTY_SEED, numRuns: PROPERTY_RUNS * 3 })(
  'what the frame reader accepts, the schema of the event accepts',
  (event) => {
    const frame = parseClientFrame(JSON.stringify(event));
    // The content of response.modalities is judged when the response is created.
    if (!frame.ok || frame.event.type === 'response.create') return;
    expect(clientEventSchema.safeParse(frame.event).error).toBeUndefined();
  },
);

property.prop(
  [
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':') }),
    ),
  ],
  {
    seed: PROPERTY_SEED,
    numRuns: PROPERTY_RUNS * 3,
  },
)('no text makes it throw', (text) => {
  const frame = parseClientFrame(text);
  if (!frame.ok) expect(frame.refusal.id).toMatch(/^ERR(2|3|36|37|38)$/);
});
