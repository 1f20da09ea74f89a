/**
 * What the scenarios about responses and failures expect of a client: a client with the defect is found out by the
 * expectation that names it, and meets the symptom. Must never repeat what the reference client shows.
 */
import { expect, test } from 'vitest';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { DriveStep } from '../../src/scenarios/index.js';
import { playOver } from '../support/library.js';
import { heard, PATIENCE_MS, unmet } from './told.js';

/** Does what the reference client does up to a step, and then something else. */
interface WrongClient {
  readonly name: string;
  readonly mistake: string;
  /** Steps of the scenario that it still takes. */
  readonly takes: number;
  readonly does: readonly DriveStep[];
  readonly unmet: readonly string[];
  /** Messages of the errors it gets in the end. */
  readonly errors?: readonly string[];
  /** How the responses ended. */
  readonly ends?: readonly string[];
}

const CANCEL: DriveStep = { send: { type: 'response.cancel' } };
const CREATE: DriveStep = { send: { type: 'response.create' } };
const DONE: DriveStep = { listen: 'response.done' };
const ERROR: DriveStep = { listen: 'error' };
const MANUAL: readonly DriveStep[] = [
  { send: { type: 'session.update', session: { turn_detection: null } } },
  { listen: 'session.updated' },
];
const ALREADY_ACTIVE = 'Conversation already has an active response';
const NONE_ACTIVE = 'Conversation has none active response';

/** Gives up the connection; the clean turn at the end needs a new one. */
const HANG_UP: DriveStep = { act: 'close' };

function silence(silenceMs: number): DriveStep {
  return { speak: { ms: 1, silenceMs } };
}

const WRONG_CLIENTS: readonly WrongClient[] = [
  {
    name: 'answer-already-under-way-when-the-client-asks',
    mistake: 'connects anew after the refusal',
    takes: 3,
    does: [HANG_UP],
    unmet: ['expect[2]'],
  },
  {
    name: 'server-answers-speech-by-itself',
    mistake: 'asks for the answer too',
    takes: 0,
    does: [
      { speak: { ms: 1200, silenceMs: 1000 } },
      { listen: 'input_audio_buffer.speech_stopped' },
      CREATE,
      ERROR,
      silence(5000),
      DONE,
      ...MANUAL,
    ],
    unmet: ['expect[0]'],
    errors: [ALREADY_ACTIVE],
  },
  {
    name: 'tool-call-finished-but-response-still-open',
    mistake: 'asks as soon as the tool has run',
    takes: 5,
    does: [CREATE, ERROR, DONE],
    unmet: ['expect[0]', 'expect[2]'],
    errors: [ALREADY_ACTIVE],
  },
  {
    name: 'three-tool-calls-in-one-response',
    mistake: 'asks once for each tool',
    takes: 5,
    does: [CREATE, CREATE, CREATE, ERROR, ERROR, DONE],
    unmet: ['expect[3]'],
    errors: [ALREADY_ACTIVE, ALREADY_ACTIVE],
  },
  {
    name: 'already-active-error-during-the-answer',
    mistake: 'hangs up at the error, and at the next one',
    takes: 2,
    does: [HANG_UP],
    unmet: ['expect[0]', 'probe'],
  },
  {
    name: 'cancel-refused-because-nothing-is-active',
    mistake: 'cancels until it works',
    takes: 3,
    does: [CANCEL, ERROR, DONE],
    unmet: ['expect[0]'],
    errors: [NONE_ACTIVE, NONE_ACTIVE],
  },
  {
    name: 'cancel-refused-with-null-code-and-id',
    mistake: 'hangs up at the error',
    takes: 3,
    does: [HANG_UP],
    unmet: ['expect[1]'],
  },
  {
    name: 'cancel-refused-with-a-foreign-code',
    mistake: 'hangs up at the error',
    takes: 3,
    does: [HANG_UP],
    unmet: ['expect[1]'],
  },
  {
    name: 'cancel-refused-then-the-answer-comes-anyway',
    mistake: 'lets the orphan speak and asks for the next answer',
    takes: 4,
    does: [CREATE, ERROR, DONE],
    unmet: ['expect[0]', 'expect[1]'],
    errors: [NONE_ACTIVE, ALREADY_ACTIVE],
    ends: ['completed'],
  },
  {
    name: 'response-created-comes-late',
    mistake: 'asks again while the late answer is given',
    takes: 3,
    does: [CREATE, ERROR, DONE],
    unmet: ['expect[0]'],
    errors: [ALREADY_ACTIVE],
  },
  {
    name: 'done-for-a-response-nobody-announced',
    mistake: 'loses its receive loop at the unknown response',
    takes: 2,
    does: [HANG_UP],
    unmet: ['expect[0]'],
  },
  {
    name: 'long-answer-that-keeps-coming',
    mistake: 'cancels after twenty seconds',
    takes: 0,
    does: [{ speak: { ms: 1200, silenceMs: 20_000 } }, CANCEL, silence(1000), ...MANUAL],
    unmet: ['expect[0]'],
  },
  {
    name: 'create-refused-while-the-user-speaks',
    mistake: 'asks again while the user still speaks',
    takes: 4,
    does: [CREATE, ERROR, silence(1500), DONE],
    unmet: ['expect[0]'],
  },
  {
    name: 'create-refused-while-the-user-speaks',
    mistake: 'writes the item again',
    takes: 4,
    does: [
      {
        send: {
          type: 'conversation.item.create',
          item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'This is typed.' }] },
        },
      },
      silence(1500),
      DONE,
      CREATE,
      DONE,
    ],
    unmet: ['expect[1]'],
  },
  {
    name: 'next-answer-starts-at-once',
    mistake: 'cancels the first answer when the second is given',
    takes: 2,
    does: [{ listen: 'response.created', nth: 2 }, CANCEL, { listen: 'response.done', nth: 2 }],
    unmet: ['expect[0]'],
    ends: ['completed', 'cancelled'],
  },
  {
    name: 'automatic-answers-turned-off',
    mistake: 'waits for the server',
    takes: 4,
    does: [],
    unmet: ['expect[0]'],
  },
  {
    name: 'automatic-answers-turned-off',
    mistake: 'commits what the server commits',
    takes: 4,
    does: [{ send: { type: 'input_audio_buffer.commit' } }, ERROR, CREATE, DONE],
    unmet: ['expect[1]'],
  },
  {
    name: 'automatic-interruption-turned-off',
    mistake: 'cancels at speech_started',
    takes: 3,
    does: [
      { speak: { ms: 1200, silenceMs: 0 } },
      { listen: 'input_audio_buffer.speech_started', nth: 2 },
      CANCEL,
      silence(6000),
      DONE,
      ...MANUAL,
    ],
    unmet: ['expect[0]'],
  },
  {
    name: 'server-interrupts-by-itself',
    mistake: 'cancels as well',
    takes: 1,
    does: [
      { speak: { ms: 1200, silenceMs: 0 } },
      { listen: 'input_audio_buffer.speech_started', nth: 2 },
      CANCEL,
      ERROR,
      silence(6000),
      DONE,
      DONE,
      ...MANUAL,
    ],
    unmet: ['expect[0]'],
    errors: [NONE_ACTIVE],
  },
  {
    name: 'answers-fail-by-the-rate-limit',
    mistake: 'connects anew after the first failure',
    takes: 2,
    does: [HANG_UP, { act: 'connect' }, { ask: 'Hello?' }, DONE, CREATE, DONE],
    unmet: ['expect[0]'],
  },
  {
    name: 'harmless-errors-at-every-step',
    mistake: 'hangs up at the last error',
    takes: 7,
    does: [HANG_UP],
    unmet: ['expect[0]', 'probe'],
  },
  {
    name: 'every-answer-fails-until-reconnect',
    mistake: 'asks for ever',
    takes: 2,
    does: [...Array.from({ length: 10 }, () => [CREATE, DONE]).flat(), { act: 'connect' }],
    unmet: ['expect[1]'],
    ends: ['failed', 'failed'],
  },
];

test.each(WRONG_CLIENTS)(
  '$name: a client that $mistake',
  async ({ name, takes, does, unmet: wrong, errors, ends }) => {
    const scenario = libraryScenario(name);
    const drive = [...(scenario.drive ?? []).slice(0, takes), ...does];
    const run = await playOver({ ...scenario, drive }, name, { waitMs: PATIENCE_MS });
    expect(run.record.steps.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
    expect(unmet(run)).toEqual(wrong);
    const messages = heard(run, 'error').map(({ error }) => (error as { readonly message: string }).message);
    if (errors !== undefined) expect(messages).toEqual(errors);
    const statuses = heard(run, 'response.done').map(
      ({ response }) => (response as { readonly status: string }).status,
    );
    if (ends !== undefined) expect(statuses.slice(0, ends.length)).toEqual(ends);
  },
);
