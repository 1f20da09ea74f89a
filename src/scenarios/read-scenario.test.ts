/**
 * What no session could play is refused before anything listens, by its path, with what to write instead.
 */
import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { type DeepReadonly, describeValue, SoundstageError } from '../protocol/index.js';
import { readScenario } from './read-scenario.js';
import type { Scenario } from './scenario.js';
import type { scenarioSchema } from './scenario-schema.js';

const USAGE = {
  total_tokens: 3,
  input_tokens: 1,
  output_tokens: 2,
  input_tokens_details: { text_tokens: 1 },
  output_tokens_details: { text_tokens: 2 },
};

const EVERYTHING: Scenario = {
  summary: 'Everything at once.',
  seed: -7,
  clock: 'media',
  quirks: { minCommitMs: 100, unknownModel: 'close' },
  replies: [
    { text: 'a', wav: Int16Array.from([1]), toolCalls: [{ name: 't', arguments: { a: [1] }, delta: false }] },
    {
      items: [
        { message: { text: 'ab', wav: Int16Array.from([1]), deltas: ['a', 'b'] } },
        { toolCall: { name: 't', arguments: 'not JSON' } },
      ],
    },
    { refusal: 'model-failure' },
    { failed: { code: 'internal', message: 'It broke.' } },
    {
      incomplete: 'content_filter',
      delivery: { firstDeltaMs: 0, audioChunkMs: 1, textDeltaMs: 0 },
      usage: USAGE,
    },
  ],
  userTurns: [
    { transcript: 'Hello.', language: 'en', emotion: 'happy' },
    { transcriptionFailed: true, rejected: 'turn_invalid' },
  ],
  holds: [
    {
      after: { event: 'response.audio.delta', nth: 3, response: 2 },
      until: { event: 'response.cancel' },
      lane: 'all',
      patienceMs: 1,
    },
    { after: { event: 'response.created' }, until: { event: 'input_audio_buffer.speech_started' } },
  ],
  idleCloseMs: 1,
  sessionDurationMs: 1,
};

/** A scenario with one hold that differs from a good one. */
function holding(after: object, rest: object = {}): unknown {
  const hold = {
    after: { event: 'response.created', ...after },
    until: { event: 'response.cancel' },
    ...rest,
  };
  return { holds: [hold] };
}

function refusalOf(scenario: unknown): SoundstageError {
  try {
    readScenario(scenario);
  } catch (error) {
    if (error instanceof SoundstageError) return error;
    throw error;
  }
  throw new Error('expected a SoundstageError');
}

test('the schema and the type Scenario say the same, key for key', () => {
  expectTypeOf<DeepReadonly<z.infer<typeof scenarioSchema>>>().toEqualTypeOf<DeepReadonly<Scenario>>();
});

test('everything a scenario can say is accepted and comes back as it was', () => {
  expect(readScenario(EVERYTHING)).toEqual(EVERYTHING);
  expect(readScenario({})).toEqual({});
  expect(readScenario({ sessionDurationMs: Number.POSITIVE_INFINITY })).toHaveProperty('sessionDurationMs');
});

/** Where, what is wrong, and the whole message after "Cannot play". */
const MISTAKES: readonly (readonly [path: string, scenario: unknown, message: string])[] = [
  // No scenario at all.
  ['', null, 'the scenario: null is no plain object. Try one such as {}.'],
  ['', [], 'the scenario: [] is no plain object. Try one such as {}.'],
  ['', Promise.resolve({}), 'the scenario: {…} is no plain object. Try one such as {}.'],
  // Unknown keys, at any level. The misspelt key is named, not the one it leaves missing.
  ['reply', { reply: [] }, "reply: there is no such key. Try 'replies'."],
  ['replies[1].txt', { replies: [{}, { txt: 'a' }] }, "replies[1].txt: there is no such key. Try 'text'."],
  [
    'replies[0].items[0].message.txet',
    { replies: [{ items: [{ message: { txet: 'a' } }] }] },
    "replies[0].items[0].message.txet: there is no such key. Try 'text'.",
  ],
  [
    'replies[0].usage.input_tokens_details.text_token',
    { replies: [{ usage: { ...USAGE, input_tokens_details: { text_token: 1 } } }] },
    "replies[0].usage.input_tokens_details.text_token: there is no such key. Try 'text_tokens'.",
  ],
  ['holds[0].after.n', holding({ n: 1 }), "holds[0].after.n: there is no such key. Try 'nth'."],
  // Wrong kinds.
  ['summary', { summary: 5 }, "summary: 5 is no text. Try 'Hello.'."],
  ['replies', { replies: { text: 'a' } }, 'replies: {…} is no list. Try [].'],
  ['quirks', { quirks: [] }, 'quirks: [] is no plain object. Try { minCommitMs: 100 }.'],
  [
    'userTurns[0].transcriptionFailed',
    { userTurns: [{ transcriptionFailed: 1 }] },
    'userTurns[0].transcriptionFailed: 1 is no boolean. Try true or false.',
  ],
  [
    'replies[0].failed.message',
    { replies: [{ failed: {} }] },
    "replies[0].failed.message: it is missing. Try 'Hello.'.",
  ],
  // Numbers.
  ['seed', { seed: 'x' }, "seed: 'x' is no safe integer. Try 7."],
  ['seed', { seed: 2 ** 53 }, 'seed: 9007199254740992 is no safe integer. Try 7.'],
  [
    'idleCloseMs',
    { idleCloseMs: 0 },
    'idleCloseMs: 0 is no whole number of milliseconds above 0. Try 300000, or Infinity for never.',
  ],
  [
    'sessionDurationMs',
    { sessionDurationMs: 1.5 },
    'sessionDurationMs: 1.5 is no whole number of milliseconds above 0. Try 7200000, or Infinity for never.',
  ],
  ...(
    [
      ['firstDeltaMs', -1, 'whole number from 0 up'],
      ['audioChunkMs', 0, 'whole number from 1 up'],
      ['textDeltaMs', 1.5, 'whole number from 0 up'],
    ] as const
  ).map(([key, value, wanted]) => {
    const path = `replies[0].delivery.${key}`;
    const scenario = { replies: [{ text: 'a', delivery: { [key]: value } }] };
    return [path, scenario, `${path}: ${value} is no ${wanted}. Try 1.`] as const;
  }),
  ['holds[0].after.nth', holding({ nth: 0 }), 'holds[0].after.nth: 0 is no whole number from 1 up. Try 1.'],
  [
    'holds[0].after.response',
    holding({ response: 0.5 }),
    'holds[0].after.response: 0.5 is no whole number from 1 up. Try 1.',
  ],
  [
    'holds[0].patienceMs',
    holding({}, { patienceMs: Number.NaN }),
    'holds[0].patienceMs: NaN is no whole number from 1 up. Try 1.',
  ],
  [
    'replies[0].usage.total_tokens',
    { replies: [{ usage: { ...USAGE, total_tokens: -1 } }] },
    'replies[0].usage.total_tokens: -1 is no whole number from 0 up. Try 1.',
  ],
  [
    'replies[0].usage.output_tokens',
    { replies: [{ usage: { ...USAGE, output_tokens: undefined } }] },
    'replies[0].usage.output_tokens: it is missing. Try 1.',
  ],
  // Names.
  ['clock', { clock: 'fast' }, "clock: 'fast' is none of auto, media, paced. Try 'auto'."],
  [
    'holds[0].after.event',
    holding({ event: 'response.audio.detla' }),
    "holds[0].after.event: 'response.audio.detla' is none of the names it may have. Try 'response.audio.delta'.",
  ],
  [
    'holds[0].until.event',
    holding({}, { until: { event: 'response.cancle' } }),
    "holds[0].until.event: 'response.cancle' is none of the names it may have. Try 'response.cancel'.",
  ],
  [
    'holds[0].lane',
    holding({}, { lane: 'respnse' }),
    "holds[0].lane: 'respnse' is none of response, transcription, all. Try 'response'.",
  ],
  [
    'replies[0].refusal',
    { replies: [{ refusal: 'model-failed' }] },
    "replies[0].refusal: 'model-failed' is none of the names it may have. Try 'model-failure'.",
  ],
  [
    'userTurns[0].emotion',
    { userTurns: [{ emotion: 'happyy' }] },
    "userTurns[0].emotion: 'happyy' is none of surprised, neutral, happy, sad, disgusted, angry, fearful. Try 'happy'.",
  ],
  [
    'userTurns[0].rejected',
    { userTurns: [{ rejected: true }] },
    "userTurns[0].rejected: true is none of error, turn_invalid. Try 'error'.",
  ],
  // Voices, texts and items.
  [
    'replies[0].wav',
    { replies: [{ text: 'a', wav: 'voice.wav' }] },
    "replies[0].wav: 'voice.wav' is no Uint8Array of a WAV file nor Int16Array of samples. Try the bytes of a WAV file.",
  ],
  [
    'replies[0].wav',
    { replies: [{ wav: new Int16Array(2) }] },
    'replies[0].wav: a voice says the words of text, and there is no text. Try adding text with the words spoken.',
  ],
  [
    'replies[0].items[1].message.deltas',
    { replies: [{ items: [{ message: { text: 'a' } }, { message: { text: 'abc', deltas: ['a', 'c'] } }] }] },
    "replies[0].items[1].message.deltas: the pieces add up to 'ac', the text is 'abc'. Try leaving out deltas.",
  ],
  ...(['text', 'toolCalls', 'wav'] as const).map((key) => {
    const also = { text: 'a', toolCalls: [], wav: new Int16Array(2) }[key];
    return [
      'replies[0].items',
      { replies: [{ items: [], [key]: also }] },
      `replies[0].items: items are all there is to a reply, and it has ${key} as well. Try moving ${key} into items.`,
    ] as const;
  }),
  [
    'replies[0].items[0]',
    { replies: [{ items: [{}] }] },
    'replies[0].items[0]: it is neither message nor toolCall. Try one item with message, or one with toolCall.',
  ],
  [
    'replies[0].items[0]',
    { replies: [{ items: [{ message: { text: 'a' }, toolCall: { name: 't', arguments: '{}' } }] }] },
    'replies[0].items[0]: it is two items in one. Try one item with message, or one with toolCall.',
  ],
  ...[5, null, ['a'], { count: 1n }].map((value) => {
    const path = 'replies[0].toolCalls[0].arguments';
    const wanted = 'JSON text and no plain object that can be written as JSON';
    return [
      path,
      { replies: [{ toolCalls: [{ name: 't', arguments: value }] }] },
      `${path}: ${describeValue(value)} is no ${wanted}. Try '{}'.`,
    ] as const;
  }),
  ['verbatim', { verbatim: [] }, 'verbatim: it has fewer than 1 element. Try a longer list.'],
  [
    'faults[0].text',
    { faults: [{ do: 'cross-response', at: { event: '*' }, text: 'a'.repeat(10_001) }] },
    'faults[0].text: it has more than 10000 characters. Try a shorter text.',
  ],
];

test.each(MISTAKES)('E_SCENARIO at %s', (path, scenario, message) => {
  const error = refusalOf(scenario);
  expect([error.code, error.message]).toEqual(['E_SCENARIO', `Cannot play ${message}`]);
  expect(error.details).toEqual({ path });
});
