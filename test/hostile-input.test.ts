/**
 * Messages that no client should send, over real sockets: each gets the catalogue's answer, the session survives
 * where it should, and an innocent session beside it says the same as without the attack. Protocol reference §11.3
 * to §11.7.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/protocol/index.js';
import { AttackedServer } from './support/attacked-server.js';
import { at } from './support/seen-responses.js';

let server: AttackedServer;
beforeEach(async () => {
  server = await AttackedServer.open();
});
afterEach(() => server.close());

const INVALID = { type: 'invalid_request_error' };
const INVALID_JSON = { ...INVALID, message: 'Invalid JSON.' };
const NOT_OBJECT = { ...INVALID, message: 'Invalid message format.' };
const unknown = (type: string) => ({ ...INVALID, message: `Invalid value: '${type}'.` });
const invalid = (param: string, message: string) => ({ ...INVALID, code: 'invalid_value', message, param });
const missing = (name: string) => invalid(name, `Missing required parameter: '${name}'.`);
const wrongType = (name: string, type: string) =>
  invalid(name, `Invalid type for '${name}': expected ${type}.`);

const DEEP = 100_000;
const LONG = 'x'.repeat(1_000_000);

describe('frames', () => {
  it.each<[string, string, object]>([
    ['an empty frame', '', INVALID_JSON],
    ['whitespace', ' \n\t ', INVALID_JSON],
    ['half a document', '{"type":"response.cre', INVALID_JSON],
    ['two documents', '{"type":"a"}{"type":"b"}', INVALID_JSON],
    ['a byte order mark', '\ufeff{"type":"response.create"}', INVALID_JSON],
    ['JavaScript', '{type: "response.create"}', INVALID_JSON],
    ['100,000 nested arrays', '['.repeat(DEEP) + ']'.repeat(DEEP), INVALID_JSON],
    ['100,000 nested arrays that never close', '['.repeat(DEEP), INVALID_JSON],
    ['100,000 nested objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, INVALID_JSON],
    [
      'nesting inside a known event',
      `{"type":"session.update","session":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`,
      INVALID_JSON,
    ],
    ['null', 'null', NOT_OBJECT],
    ['a number', '1e999', NOT_OBJECT],
    ['a string', '"response.create"', NOT_OBJECT],
    ['an array of events', '[{"type":"response.create"}]', NOT_OBJECT],
    ['no type', '{}', missing('type')],
    ['a type in another case', '{"Type":"response.create"}', missing('type')],
    ['a type from a prototype', '{"__proto__":{"type":"response.create"}}', missing('type')],
    ['a null type', '{"type":null}', wrongType('type', 'string')],
    ['a type of many', '{"type":["response.create"]}', wrongType('type', 'string')],
    ['a duplicate key: the last one counts', '{"type":"response.create","type":"again"}', unknown('again')],
    ['an empty type', '{"type":""}', unknown('')],
    ['a lone surrogate', '{"type":"\\ud83d"}', unknown('\ud83d')],
    ['a very long type', `{"type":"${LONG}"}`, unknown(`${'x'.repeat(256)}…`)],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'].map(
      (name): [string, string, object] => [`the type ${name}`, `{"type":"${name}"}`, unknown(name)],
    ),
  ])('%s', async (_, text, expected) => {
    expect(await server.attack((attacker) => attacker.sendText(text))).toEqual([expected]);
  });

  it('binary frames', async () => {
    const answers = await server.attack((attacker) => {
      attacker.sendBinary(new Uint8Array(0));
      attacker.sendBinary(Buffer.from('{"type":"response.create"}'));
    });
    expect(answers).toEqual([NOT_OBJECT, NOT_OBJECT]);
  });

  it('five thousand unknown events', async () => {
    const answers = await server.attack((attacker) => {
      for (let index = 0; index < 5000; index += 1) attacker.send({ type: `no.such.event.${index}` });
    });
    expect(answers).toHaveLength(5000);
    expect(answers.at(-1)).toEqual(unknown('no.such.event.4999'));
  });

  it('one byte more than a frame may have closes with 1009, and nobody else', async () => {
    const innocent = await server.dial('innocent');
    const attacker = await server.dial('attacker');
    attacker.sendBinary(Buffer.alloc(LIMITS.frameBytes + 1));
    expect((await attacker.closed).code).toBe(1009);
    await server.expectUnharmed(innocent);
  });
});

describe('keys of prototypes', () => {
  const POISON =
    '{"__proto__":{"voice":"x","modalities":["audio"]},"constructor":{"prototype":{"a":1}},"toString":1,"hasOwnProperty":null,"valueOf":[]}';

  it('in a session.update are unknown keys and change nothing', async () => {
    const attacker = await server.dial('attacker');
    attacker.sendText(`{"type":"session.update","session":${POISON}}`);
    const [updated] = await attacker.upTo('session.updated');
    expect(at(updated, 'session.modalities')).toEqual(['text', 'audio']);
    expect(JSON.stringify(updated)).not.toContain('prototype');
    expect(({} as Record<string, unknown>)['voice']).toBeUndefined();
  });

  it.each([
    ['turn_detection', `{"turn_detection":${POISON}}`],
    ['input_audio_transcription', `{"input_audio_transcription":${POISON}}`],
    ['tools', `{"tools":[{"type":"function","function":{"name":"__proto__","parameters":${POISON}}}]}`],
  ])('inside %s do no harm', async (_, session) => {
    expect(
      await server.attack((attacker) => attacker.sendText(`{"type":"session.update","session":${session}}`)),
    ).toEqual([]);
  });

  it.each([
    ['an item', `{"type":"conversation.item.create","item":${POISON}}`, missing('item.type')],
    [
      'an item type',
      '{"type":"conversation.item.create","item":{"type":"__proto__"}}',
      expect.objectContaining({ code: 'invalid_value', param: 'item.type' }),
    ],
    [
      'a call id',
      '{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"__proto__","output":"a"}}',
      { ...INVALID, message: 'Unknown function call id: __proto__' },
    ],
    [
      'a response',
      `{"type":"response.create","response":${POISON.replace('"modalities":["audio"]', '"a":1')}}`,
      { ...INVALID, message: 'Cannot create response without input, history, or instructions' },
    ],
  ])('as %s', async (_, text, expected) => {
    expect(await server.attack((attacker) => attacker.sendText(text))).toEqual([expected]);
  });
});

describe('values', () => {
  it.each<[string, string, unknown[]]>([
    [
      'a huge number',
      '{"type":"session.update","session":{"top_k":1e400}}',
      [expect.objectContaining({ param: 'session.top_k' })],
    ],
    [
      'a number below all',
      '{"type":"session.update","session":{"max_tokens":-1e308}}',
      [expect.objectContaining({ param: 'session.max_tokens' })],
    ],
    [
      'a number as a string',
      '{"type":"session.update","session":{"temperature":"0.5"}}',
      [expect.objectContaining({ param: 'session.temperature' })],
    ],
    [
      'lone surrogates in instructions',
      '{"type":"session.update","session":{"instructions":"\\udc00\\ud83d"}}',
      [],
    ],
    [
      'an item without content',
      '{"type":"conversation.item.create","item":{"type":"message","role":"user"}}',
      [missing('item.content')],
    ],
    [
      'an item that is null',
      '{"type":"conversation.item.create","item":null}',
      [wrongType('item', 'object')],
    ],
    [
      'a response that is a list',
      '{"type":"response.create","response":[]}',
      [wrongType('response', 'object')],
    ],
    ['no session', '{"type":"session.update"}', [missing('session')]],
    [
      'an event id that is no string',
      '{"type":"response.cancel","event_id":{"a":1}}',
      [{ ...INVALID, message: 'Conversation has none active response' }],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await server.attack((attacker) => attacker.sendText(text))).toEqual(expected);
  });
});
