/**
 * What the server does in each demo session: plain data, as a test would write it. Answers that are not written
 * here are generated from the seed.
 */
import type { Scenario } from '../scenarios/index.js';

/** The words of assets/speech/question.wav. */
export const DEMO_QUESTION = 'What can you see in this picture?';

export const DEMO_SCENARIOS = {
  'manual-turn': {
    summary: 'A spoken question about a picture; the client says when the turn is over.',
    userTurns: [{ transcript: DEMO_QUESTION }],
    replies: [
      { text: 'I can see a lake under a clear sky, hills behind it, and a small boat with a white sail.' },
    ],
  },
  'voice-turn': {
    summary: 'The same question as a stream; the server hears where it ends.',
    userTurns: [{ transcript: DEMO_QUESTION }],
  },
  'barge-in': {
    summary: 'The user speaks while the model answers; the answer stops.',
    clock: 'media',
    userTurns: [{ transcript: DEMO_QUESTION }, { transcript: DEMO_QUESTION }],
    replies: [
      {
        text: 'Let me begin at the far left, where the hills come down to the water, and then go on along the shore.',
      },
    ],
  },
  'tool-call': {
    summary: 'The model calls a function; the client answers the call; the model speaks.',
    replies: [
      { toolCalls: [{ name: 'read_thermometer', arguments: { room: 'kitchen' } }] },
      { text: 'It is twenty-one degrees in the kitchen.' },
    ],
  },
  refusals: {
    summary: 'Two requests the service refuses, and a clean turn after them.',
    userTurns: [{ transcript: DEMO_QUESTION }],
  },
} as const satisfies Readonly<Record<string, Scenario>>;

/** The name of a demo session and of its scenario. */
export type DemoSessionName = keyof typeof DEMO_SCENARIOS;
