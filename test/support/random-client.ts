/**
 * Random clients: any event, valid or not, in any order, with any cut of the audio, on any clock, against any script.
 * Generators only; must never judge what comes back.
 */
import { fc } from '@fast-check/vitest';
import {
  CLIENT_EVENT_TYPES,
  QUIRKS,
  type Quirks,
  type QuirkValue,
  SERVER_EVENT_TYPES,
} from '../../src/protocol/index.js';
import type { Scenario } from '../../src/scenarios/index.js';
import {
  ALL_MODELS,
  append,
  cancel,
  clear,
  commit,
  create,
  createWith,
  finish,
  functionTool,
  pause,
  SPEECH,
  toolOutput,
  update,
  userText,
} from './client-messages.js';
import type { SessionDriver } from './session-driver.js';

/** One thing a client or time does. */
export type Action =
  | { readonly do: 'send'; readonly event: Readonly<Record<string, unknown>> }
  | { readonly do: 'raw'; readonly text: string }
  | { readonly do: 'binary' }
  | { readonly do: 'speak'; readonly fromMs: number; readonly durationMs: number; readonly cutBytes: number }
  | { readonly do: 'advance'; readonly byMs: number }
  | { readonly do: 'answer-call'; readonly nth: number };

const IMAGE = Buffer.from([0xff, 0xd8, 0xff, 0xd9]).toString('base64');

const settings = fc.oneof(
  fc.constant({ turn_detection: null }),
  fc.constantFrom('server_vad', 'semantic_vad', 'smart_turn').map((type) => ({ turn_detection: { type } })),
  fc
    .record({ create_response: fc.boolean(), interrupt_response: fc.boolean() })
    .map((flags) => ({ turn_detection: flags })),
  fc.constantFrom(['text'], ['text', 'audio'], ['audio']).map((modalities) => ({ modalities })),
  fc.constantFrom('Tina', 'Cherry', 'Chelsie', 'Nobody', '', null).map((voice) => ({ voice })),
  fc.constantFrom(1, 3, 40, 0, 1e9).map((max_tokens) => ({ max_tokens })),
  fc.constantFrom([], [functionTool('f')], [{ type: 'function' }], null).map((tools) => ({ tools })),
  fc
    .constantFrom(8000, 24_000, 11_025)
    .map((sample_rate) => ({ audio: { input: { format: { type: 'pcm', sample_rate } } } })),
  fc
    .constantFrom('pcm', 'wav')
    .map((type) => ({ audio: { output: { format: { type, sample_rate: 8000 } } } })),
  fc
    .constantFrom(null, {}, { model: 'other' })
    .map((input_audio_transcription) => ({ input_audio_transcription })),
  fc.constant({ turn_detection: { idle_timeout_ms: 5000 }, instructions: 'Be brief.' }),
  fc.dictionary(
    fc.constantFrom('turn_detection', 'voice', 'tools', '__proto__', 'top_k', 'audio'),
    fc.jsonValue(),
    { maxKeys: 2 },
  ),
);

const events = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(commit, clear, create, cancel) },
  { weight: 3, arbitrary: settings.map(update) },
  { weight: 2, arbitrary: fc.constantFrom('Hello?', '', '好 \ud83d').map((text) => userText(text, 'mine')) },
  fc
    .constantFrom({}, { modalities: ['text'] }, { instructions: 'Say hi.' }, { modalities: ['audio'] })
    .map(createWith),
  fc.constantFrom(toolOutput('call_x', 'a'), { type: 'conversation.item.delete', item_id: 'nothing' }),
  fc.constantFrom(IMAGE, '', '###').map((image) => ({ type: 'input_image_buffer.append', image })),
  fc.constantFrom(
    append(pause(20)),
    { type: 'input_audio_buffer.append', audio: '*' },
    { type: 'input_audio_buffer.append', audio: 'AA==' },
  ),
  fc.record(
    { type: fc.oneof(fc.constantFrom(...CLIENT_EVENT_TYPES), fc.string()) },
    { noNullPrototype: true },
  ),
  fc.dictionary(fc.constantFrom('type', 'event_id', 'item', '__proto__'), fc.jsonValue(), {
    noNullPrototype: true,
  }),
  { weight: 1, arbitrary: fc.constant(finish) },
);

const speak = fc.record({
  do: fc.constant('speak' as const),
  fromMs: fc.constantFrom(-600, 0, 500),
  durationMs: fc.constantFrom(300, 1200, 5000),
  cutBytes: fc.oneof(fc.integer({ min: 999, max: 9999 }), fc.constant(160_000)),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: events.map((event) => ({ do: 'send' as const, event })) },
  { weight: 4, arbitrary: speak },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(0, 1, 250, 900, 6000, 200_000)
      .map((byMs) => ({ do: 'advance' as const, byMs })),
  },
  { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string()).map((text) => ({ do: 'raw' as const, text })) },
  { weight: 1, arbitrary: fc.constant({ do: 'binary' as const }) },
  { weight: 1, arbitrary: fc.nat(3).map((nth) => ({ do: 'answer-call' as const, nth })) },
);

const quirks = fc.subarray([...QUIRKS], { maxLength: 4 }).chain((rows) =>
  fc.record(
    Object.fromEntries(
      rows.map(({ name, values }): [string, fc.Arbitrary<QuirkValue>] => {
        if (values.kind === 'boolean') return [name, fc.boolean()];
        if (values.kind === 'enum')
          return [name, fc.constantFrom(...values.options) as fc.Arbitrary<QuirkValue>];
        return [name, fc.integer({ min: values.minimum, max: Math.min(values.maximum, 500) })];
      }),
    ),
  ),
) as fc.Arbitrary<Partial<Quirks>>;

const hold = fc.record({
  after: fc.record({ event: fc.constantFrom(...SERVER_EVENT_TYPES), nth: fc.integer({ min: 1, max: 3 }) }),
  until: fc.record({
    event: fc.oneof(fc.constantFrom(...CLIENT_EVENT_TYPES), fc.constantFrom(...SERVER_EVENT_TYPES)),
  }),
  lane: fc.constantFrom('response' as const, 'transcription' as const, 'all' as const),
});

const reply = fc.constantFrom(
  { text: 'Short.' },
  { text: '' },
  { text: 'One moment.', toolCalls: [{ name: 'f', arguments: '{}' }] },
  {
    toolCalls: [
      { name: 'f', arguments: { a: 1 } },
      { name: 'g', arguments: '{}', delta: false },
    ],
  },
  { items: [{ message: { text: 'One' } }, { message: { text: 'two' } }] },
  { text: 'Well', failed: { message: 'It broke.' } },
  { text: 'Well', incomplete: 'content_filter' },
  { refusal: 'model-failure' as const },
);

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  quirks,
  holds: fc.array(hold, { maxLength: 2 }),
  replies: fc.array(reply, { maxLength: 4 }),
  userTurns: fc.array(
    fc.constantFrom({}, { transcript: 'Yes' }, { rejected: 'error' as const }, { transcriptionFailed: true }),
    { maxLength: 2 },
  ),
});

export const randomClient = fc.record({
  model: fc.constantFrom(...ALL_MODELS.map(([model]) => model)),
  clock: fc.constantFrom('auto' as const, 'media' as const, 'paced' as const),
  scenario: scenarios,
  actions: fc.array(action, { minLength: 3, maxLength: 18 }),
});

/** The audio of one `speak`: silence before the speech where `fromMs` is negative, silence after its end. */
export function audioOf({ fromMs, durationMs }: Extract<Action, { do: 'speak' }>): Int16Array {
  const samples = new Int16Array(durationMs * 16);
  const at = Math.max(0, -fromMs * 16);
  const from = Math.max(0, fromMs * 16);
  const length = Math.max(0, Math.min(samples.length - at, SPEECH.length - from));
  if (length > 0) samples.set(SPEECH.subarray(from, from + length), at);
  return samples;
}

/** Carries out one action; `cutBytes` overrides the cut of audio. */
export function act(session: SessionDriver, action: Action, cutBytes?: number): void {
  if (action.do === 'send') session.send(action.event);
  else if (action.do === 'raw') session.feed({ kind: 'text', text: action.text });
  else if (action.do === 'binary') session.feed({ kind: 'binary', sizeBytes: 7 });
  else if (action.do === 'advance') session.advance(action.byMs);
  else if (action.do === 'speak') appendBytes(session, audioOf(action), cutBytes ?? action.cutBytes);
  else {
    const calls = session.events.filter((event) => event.type === 'response.function_call_arguments.done');
    session.send(toolOutput(calls.at(-1 - action.nth)?.['call_id'] ?? 'call_none', 'x'));
  }
}

/** Appends in packets of any size in bytes, odd ones included. */
function appendBytes(session: SessionDriver, samples: Int16Array, cutBytes: number): void {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  for (let from = 0; from < bytes.length; from += cutBytes) {
    session.send({
      type: 'input_audio_buffer.append',
      audio: bytes.subarray(from, from + cutBytes).toString('base64'),
    });
  }
}
