/**
 * What the mock server does in the interop cases that need more than its default behaviour. Data only: a case
 * names its scenario, the path of the URL selects it.
 */
import type { MockServerOptions, Scenario } from '../src/index.js';

const LONG_ANSWER =
  'Well, let me think about that for a moment, because there is quite a lot to say: the first thing is the ' +
  'weather, the second thing is the traffic, and the third thing, which many people forget, is the time of day.';

/** Stops the first response after its third piece until the client, or voice activity, sends `until`. */
function waitsFor(
  until: NonNullable<Scenario['holds']>[number]['until']['event'],
  replies?: Scenario['replies'],
) {
  const held: Scenario = {
    holds: [{ after: { event: 'response.audio.delta', nth: 3, response: 1 }, until: { event: until } }],
    replies: replies ?? [{ text: LONG_ANSWER }],
  };
  return held;
}

/** By the names the case tables use. */
export const INTEROP_SCENARIOS: Readonly<Record<string, Scenario>> = {
  default: {},
  'scripted-speech': { replies: [{ text: "It is nine o'clock." }] },
  'scripted-text': { replies: [{ text: 'The second question mark was understood.' }] },
  'long-answer-on-media-clock': { clock: 'media', replies: [{ text: LONG_ANSWER }, { text: 'Yes?' }] },
  'answer-waits-for-speech': waitsFor('input_audio_buffer.speech_started'),
  'answer-waits-for-cancel': waitsFor('response.cancel'),
  'answer-waits-for-create': waitsFor('response.create'),
  'answer-waits-for-commit': waitsFor('input_audio_buffer.commit'),
  'written-answer-waits-for-cancel': {
    holds: [
      { after: { event: 'response.text.delta', nth: 2, response: 1 }, until: { event: 'response.cancel' } },
    ],
    replies: [{ text: LONG_ANSWER }],
  },
  'two-tool-calls': {
    replies: [
      {
        toolCalls: [
          { name: 'get_weather', arguments: ' {"city": "Hangzhou"}' },
          { name: 'get_time', arguments: {}, delta: false },
        ],
      },
      { text: "It is nine o'clock and 21 degrees." },
    ],
  },
  'transcription-fails': { userTurns: [{ transcriptionFailed: true }] },
  'speech-is-rejected': { userTurns: [{ rejected: 'error' }] },
  'service-fails': {
    replies: [
      { refusal: 'model-failure' },
      { refusal: 'model-timeout' },
      { refusal: 'quota-allocation' },
      { refusal: 'quota-rate' },
      { refusal: 'content-inspection' },
    ],
  },
  'refuses-session-finish': { quirks: { refuseSessionFinish: true } },
  'closes-on-vad-commit': { quirks: { closeOnVadCommit: true } },
  'idle-closes-soon': { clock: 'paced', idleCloseMs: 300 },
  'session-ends-soon': { clock: 'paced', sessionDurationMs: 300 },
};

const COMMON: MockServerOptions = {
  port: 0,
  seed: 7,
  clock: 'auto',
  keys: { known: ['sk-interop'], denied: ['sk-denied'], arrears: ['sk-arrears'] },
  scenarios: INTEROP_SCENARIOS,
};

/** The servers of a run by the names the case tables use: quirks of the handshake belong to a whole server. */
export const INTEROP_SERVERS: Readonly<Record<string, MockServerOptions>> = {
  default: COMMON,
  'key-errors-as-events': { ...COMMON, quirks: { keyErrorsAsEvents: true } },
  'unknown-model-is-http-400': { ...COMMON, quirks: { unknownModel: 'http-400' } },
};
