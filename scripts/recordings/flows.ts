/**
 * The main flows of each model family, as data: what the server does, what the client does, what the recording must
 * hold. A family has the flows that it is capable of. Must never depend on a clock of the machine.
 */
import {
  FAMILY_IDS,
  type FamilyCapabilities,
  type FamilyId,
  MODEL_FAMILIES,
} from '../../src/protocol/index.js';
import type { Scenario } from '../../src/scenarios/index.js';
import type { Fixture } from './fixture.js';
import { COMMIT_AND_ASK, image, SMALL_PICTURE, say, send, update, WEATHER_TOOL } from './material.js';

interface Flow {
  readonly name: string;
  readonly shows: string;
  /** What a family must be capable of. */
  readonly needs?: keyof FamilyCapabilities;
  readonly scenario: Scenario;
  readonly holds: readonly string[];
}

/** What the user says and what is answered: short, and impossible to take for anything but what it is. */
const ANSWER = 'Simulated.';
const HEARD = [{ transcript: 'And then we went' }];

const MANUAL = update({ turn_detection: null });
/** Turns end after little silence, which keeps the recordings small. */
const VOICE = { type: 'server_vad', silence_duration_ms: 300 } as const;
const SPOKEN_ANSWER = ['response.created', 'response.audio.delta', 'response.audio.done', 'response.done'];
const COMMITTED = ['input_audio_buffer.committed', 'conversation.item.created'];
const HEARD_TURN = [
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
];

const FLOWS: readonly Flow[] = [
  {
    name: 'text-turn',
    shows: 'A written question and a written answer.',
    scenario: {
      replies: [{ text: ANSWER }],
      drive: [
        ...update({ modalities: ['text'], turn_detection: null }),
        { ask: 'Is anybody there?' },
        { listen: 'response.done' },
      ],
    },
    holds: [
      'session.created',
      'session.updated',
      'response.text.delta',
      'response.text.done',
      'response.done',
    ],
  },
  {
    name: 'spoken-turn',
    shows: 'Speech that the client commits by itself, and a spoken answer with its words.',
    scenario: {
      userTurns: HEARD,
      replies: [{ text: ANSWER }],
      drive: [...MANUAL, say(800), ...COMMIT_AND_ASK, { listen: 'response.done' }],
    },
    holds: [
      'session.updated',
      ...COMMITTED,
      'response.created',
      'response.audio_transcript.delta',
      'response.audio_transcript.done',
      'response.done',
    ],
  },
  {
    name: 'voice-activity-turn',
    shows: 'The server hears where speech begins and ends, and answers without being asked.',
    scenario: {
      userTurns: HEARD,
      replies: [{ text: ANSWER }],
      drive: [
        ...update({ turn_detection: VOICE }),
        { speak: { ms: 800, silenceMs: 600 } },
        { listen: 'response.done' },
      ],
    },
    holds: [...HEARD_TURN, ...SPOKEN_ANSWER],
  },
  {
    name: 'semantic-vad-turn',
    shows: 'The same with semantic turn detection.',
    needs: 'semanticVad',
    scenario: {
      userTurns: HEARD,
      replies: [{ text: ANSWER }],
      drive: [
        ...update({ turn_detection: { type: 'semantic_vad' } }),
        { speak: { ms: 800, silenceMs: 1_200 } },
        { listen: 'response.done' },
      ],
    },
    holds: [...HEARD_TURN, ...SPOKEN_ANSWER],
  },
  {
    name: 'barge-in',
    shows: 'The user speaks while the answer streams: it is cut off, and the next one follows.',
    scenario: {
      // The interruption falls on the same sample every time.
      clock: 'media',
      userTurns: [...HEARD, ...HEARD],
      replies: [
        { text: 'A simulated answer that goes on.', delivery: { firstDeltaMs: 100 } },
        { text: 'Yes.', delivery: { firstDeltaMs: 100 } },
      ],
      drive: [
        ...update({ turn_detection: VOICE }),
        { speak: { ms: 500, silenceMs: 700 } },
        { speak: { ms: 500, silenceMs: 1_200 } },
        // Of the answer that was cut off, some families say nothing more than this.
        { listen: 'response.audio.done', nth: 2 },
      ],
    },
    holds: [...HEARD_TURN, 'response.created', 'response.audio.delta', ...HEARD_TURN, ...SPOKEN_ANSWER],
  },
  {
    name: 'cancel',
    shows: 'The client cancels an answer after its second piece of audio.',
    scenario: {
      replies: [{ text: 'A simulated answer that nobody hears to its end.' }, { text: 'Yes.' }],
      holds: [{ after: { event: 'response.audio.delta', nth: 2 }, until: { event: 'response.cancel' } }],
      drive: [
        ...MANUAL,
        { ask: 'Is anybody there?' },
        { listen: 'response.audio.delta', nth: 2 },
        send('response.cancel'),
        // Some families leave a cancelled answer without a last word: the next one shows that it is over.
        { ask: 'And now?' },
        { listen: 'response.audio.done', nth: 2 },
      ],
    },
    holds: ['response.created', 'response.audio.delta', 'response.audio.delta', ...SPOKEN_ANSWER],
  },
  {
    name: 'tool-call',
    shows: 'The server calls a tool, reads its output and speaks about it.',
    needs: 'tools',
    scenario: {
      replies: [
        { toolCalls: [{ name: 'get_weather', arguments: { city: 'Hangzhou' } }] },
        { text: 'It is sunny.' },
      ],
      drive: [
        ...update({ turn_detection: null, tools: [WEATHER_TOOL] }),
        { ask: 'What is the weather like in Hangzhou?' },
        { listen: 'response.done' },
        { answerCalls: '{"weather":"sunny"}' },
        send('response.create'),
        { listen: 'response.done' },
      ],
    },
    holds: [
      'response.created',
      'response.function_call_arguments.done',
      'response.done',
      'conversation.item.created',
      ...SPOKEN_ANSWER,
    ],
  },
  {
    name: 'image-turn',
    shows: 'Speech with a picture beside it, and a written answer.',
    scenario: {
      userTurns: HEARD,
      replies: [{ text: 'A drawn lake, says the simulation.' }],
      drive: [
        ...update({ modalities: ['text'], turn_detection: null }),
        say(400),
        image(SMALL_PICTURE),
        say(400),
        ...COMMIT_AND_ASK,
        { listen: 'response.done' },
      ],
    },
    holds: [...COMMITTED, 'response.text.delta', 'response.done'],
  },
  {
    name: 'session-finish',
    shows: 'The client ends the session in form, after one written turn.',
    scenario: {
      replies: [{ text: ANSWER }],
      drive: [
        ...update({ modalities: ['text'], turn_detection: null }),
        { ask: 'Is anybody there?' },
        { listen: 'response.done' },
        send('session.finish'),
        { listen: 'session.finished' },
      ],
    },
    holds: ['response.done', 'session.finished'],
  },
  {
    name: 'two-turns',
    shows: 'Two spoken questions with written answers; the second item follows the first answer.',
    scenario: {
      userTurns: [...HEARD, { transcript: 'And then' }],
      replies: [{ text: ANSWER }, { text: 'Another simulated answer.' }],
      drive: [
        ...update({ modalities: ['text'], turn_detection: null }),
        say(600),
        ...COMMIT_AND_ASK,
        { listen: 'response.done' },
        say(400),
        ...COMMIT_AND_ASK,
        { listen: 'response.done' },
      ],
    },
    holds: [
      ...COMMITTED,
      'response.text.done',
      'response.done',
      ...COMMITTED,
      'response.text.done',
      'response.done',
    ],
  },
];

/** The model whose session is recorded; of OMNI35 the one that transcribes manual turns too. */
const MODEL_OF: Readonly<Record<FamilyId, string>> = {
  turbo: 'qwen-omni-turbo-realtime',
  flash3: 'qwen3-omni-flash-realtime',
  omni35: 'qwen3.5-omni-plus-realtime',
  omni38: 'qwen3.8-omni-flash-realtime',
};

/** Every flow of every family that can have it. */
export const FLOW_FIXTURES: readonly Fixture[] = FAMILY_IDS.flatMap((family) =>
  FLOWS.filter(({ needs }) => needs === undefined || MODEL_FAMILIES[family].capabilities[needs]).map(
    ({ name, shows, scenario, holds }) => ({
      name: `${family}/${name}`,
      shows,
      family,
      model: MODEL_OF[family],
      scenario,
      holds,
    }),
  ),
);
