/**
 * What the scenarios about barge-in, history and tools expect of a client: clients that have the defect are found out,
 * by the expectation that names it and by no other.
 */
import { expect, test } from 'vitest';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { DriveStep } from '../../src/scenarios/index.js';
import { playOver } from '../support/library.js';
import { PATIENCE_MS, unmet } from './told.js';

/** Does what the reference client does up to a step, and then something else. */
interface WrongClient {
  readonly name: string;
  readonly mistake: string;
  /** Steps of the scenario that it still takes. */
  readonly takes: number;
  readonly does: readonly DriveStep[];
  readonly unmet: readonly string[];
}

const CANCEL: DriveStep = { send: { type: 'response.cancel' } };
const CREATE: DriveStep = { send: { type: 'response.create' } };
const DONE: DriveStep = { listen: 'response.done' };
const MANUAL: readonly DriveStep[] = [
  { send: { type: 'session.update', session: { turn_detection: null } } },
  { listen: 'session.updated' },
];

function outputFor(callId: string, output: string): DriveStep {
  const item = { type: 'function_call_output', call_id: callId, output };
  return { send: { type: 'conversation.item.create', item } };
}

const WRONG_CLIENTS: readonly WrongClient[] = [
  {
    name: 'speech-starts-after-the-whole-answer-arrived',
    mistake: 'cancels a response that is over',
    takes: 3,
    does: [CANCEL, { listen: 'error' }],
    unmet: ['expect[0]'],
  },
  {
    name: 'user-interrupts-a-streaming-answer',
    mistake: 'asks for an answer that comes by itself',
    takes: 1,
    does: [CREATE, { speak: { ms: 1000, silenceMs: 4000 } }, DONE, DONE, ...MANUAL],
    unmet: ['expect[0]'],
  },
  {
    name: 'old-answer-runs-on-beside-the-new-one',
    mistake: 'cancels twice',
    takes: 2,
    does: [CANCEL, CANCEL],
    unmet: ['expect[0]'],
  },
  {
    name: 'interrupted-answer-never-says-done',
    mistake: 'cancels again and again what the server has cut off',
    takes: 1,
    does: [
      { speak: { ms: 1000, silenceMs: 0 } },
      CANCEL,
      CANCEL,
      { speak: { ms: 100, silenceMs: 7000 } },
      DONE,
      ...MANUAL,
    ],
    unmet: ['expect[0]'],
  },
  {
    name: 'end-of-interrupted-audio-comes-in-the-next-answer',
    mistake: 'commits when the old audio ends',
    takes: 2,
    does: [{ send: { type: 'input_audio_buffer.commit' } }, ...MANUAL],
    unmet: ['expect[0]'],
  },
  {
    name: 'twenty-noises-in-three-seconds',
    mistake: 'cancels for every noise',
    takes: 2,
    does: Array.from({ length: 20 }, () => CANCEL),
    unmet: ['expect[0]'],
  },
  {
    name: 'announcement-is-interrupted',
    mistake: 'asks for the same announcement again',
    takes: 2,
    does: [{ send: { type: 'response.create', response: { instructions: 'Say: Dinner is ready.' } } }, DONE],
    unmet: ['expect[0]'],
  },
  {
    name: 'noise-gets-an-empty-transcript',
    mistake: 'cancels because somebody seems to have spoken',
    takes: 2,
    does: [CANCEL],
    unmet: ['expect[0]'],
  },
  {
    name: 'user-transcript-fails',
    mistake: 'connects again because of it',
    takes: 2,
    does: [{ act: 'connect' }],
    unmet: ['expect[1]'],
  },
  {
    name: 'item-of-the-answer-is-announced-late',
    mistake: 'deletes an item that it does not know',
    takes: 2,
    does: [{ send: { type: 'conversation.item.delete', item_id: '${last.item_id}' } }],
    unmet: ['expect[0]'],
  },
  {
    name: 'spoken-words-have-no-end-before-a-tool-call',
    mistake: 'misses the call behind the words',
    takes: 2,
    does: [],
    unmet: ['expect[0]'],
  },
  {
    name: 'calls-a-tool-that-nobody-declared',
    mistake: 'sends no output',
    takes: 2,
    does: [],
    unmet: ['expect[0]'],
  },
  {
    name: 'tool-arguments-are-no-json-object',
    mistake: 'answers only the call that it can parse',
    takes: 2,
    does: [outputFor('${last.call_id}', '{}')],
    unmet: ['expect[0]'],
  },
  {
    name: 'user-speaks-while-a-tool-runs',
    mistake: 'drops the output',
    takes: 4,
    does: [],
    unmet: ['expect[0]'],
  },
  {
    name: 'connection-ends-while-a-tool-runs',
    mistake: 'sends the output over the next connection',
    takes: 6,
    does: [outputFor('call_of_the_first', '{}')],
    unmet: ['expect[0]'],
  },
  {
    name: 'tool-call-done-has-no-call-id',
    mistake: 'answers without the id',
    takes: 4,
    does: [
      { send: { type: 'conversation.item.create', item: { type: 'function_call_output', output: '{}' } } },
    ],
    unmet: ['expect[0]', 'expect[1]'],
  },
  {
    name: 'tool-call-ends-after-its-response-was-cancelled',
    mistake: 'answers twice',
    takes: 4,
    does: [outputFor('${last.call_id}', '{}'), outputFor('${last.call_id}', '{}')],
    unmet: ['expect[0]'],
  },
  {
    name: 'calls-a-tool-and-reads-its-output',
    mistake: 'serialises the output twice',
    takes: 4,
    does: [outputFor('${last.call_id}', '"{\\"weather\\":\\"sunny\\"}"'), CREATE, DONE],
    unmet: ['expect[1]'],
  },
  {
    name: 'tool-call-is-announced-by-four-events',
    mistake: 'runs the tool twice',
    takes: 4,
    does: [outputFor('${last.call_id}', '{}'), outputFor('${last.call_id}', '{}')],
    unmet: ['expect[1]'],
  },
];

test.each(WRONG_CLIENTS)('$name: a client that $mistake', async ({ name, takes, does, unmet: wrong }) => {
  const scenario = libraryScenario(name);
  const drive = [...(scenario.drive ?? []).slice(0, takes), ...does];
  const run = await playOver({ ...scenario, drive }, name, { waitMs: PATIENCE_MS });
  expect(run.record.steps.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(unmet(run)).toEqual(wrong);
});
