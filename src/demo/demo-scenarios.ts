/**
 * What the server does in each demo session: plain data, as a test would write it. Answers that are not written
 * here are generated from the seed.
 */
import type { Scenario } from '../scenarios/index.js';

/** The words of assets/speech/question.wav. */
export const DEMO_WORDS = 'Go forward ten meters.';

export const DEMO_SCENARIOS = {
  'manual-turn': {
    summary: 'A spoken wish and a picture; the client says when the turn is over.',
    userTurns: [{ transcript: DEMO_WORDS }],
    replies: [{ text: 'Better not: ten meters ahead I can see a lake, and a small boat with a white sail.' }],
  },
  'voice-turn': {
    summary: 'The same words as a stream; the server hears where they end.',
    userTurns: [{ transcript: DEMO_WORDS }],
  },
  'barge-in': {
    summary: 'The user speaks while the model answers; the answer stops.',
    clock: 'media',
    userTurns: [{ transcript: DEMO_WORDS }, { transcript: DEMO_WORDS }],
    replies: [
      {
        text: 'On my way: one meter, two meters, three meters, four meters, five meters, and the path is clear so far.',
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
    userTurns: [{ transcript: DEMO_WORDS }],
  },
} as const satisfies Readonly<Record<string, Scenario>>;

/** The name of a demo session and of its scenario. */
export type DemoSessionName = keyof typeof DEMO_SCENARIOS;
