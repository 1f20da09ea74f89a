/**
 * Scenarios about who may start, cancel and announce a response: what a client sees when the server refuses, answers by
 * itself or takes its time.
 */
import { describe, expect, test } from 'vitest';
import type { LibraryRun } from '../support/library.js';
import {
  answer,
  asked,
  call,
  closing,
  heard,
  opening,
  outputs,
  played,
  sent,
  story,
  TRANSCRIBED,
  USER_TURN,
} from './told.js';

const USER = 'conversation.item.created user';
const ALREADY_ACTIVE = 'Conversation already has an active response';
const NONE_ACTIVE = 'Conversation has none active response';

/** The error fields of every error, in order. */
function errors(run: LibraryRun): unknown[] {
  return heard(run, 'error').map(({ error }) => error);
}

/** Event ids that the client gave to its events of a type. */
function idsOf(run: LibraryRun, type: string): unknown[] {
  return sent(run, type).map(({ event_id }) => event_id);
}

/** Details of the remarks of a session with one code. */
function remarks(run: LibraryRun, code: string): Readonly<Record<string, unknown>>[] {
  return (run.sessions[0]?.entries ?? []).flatMap((entry) =>
    entry.kind === 'note' && entry.code === code ? [entry.details] : [],
  );
}

describe('a response that is active already', () => {
  test('answer-already-under-way-when-the-client-asks: a refusal, and an answer all the same', async () => {
    const run = await played('answer-already-under-way-when-the-client-asks');
    expect(story(run)).toEqual(['session.created', USER, 'error', ...answer(1), ...answer(2), ...asked(3)]);
    expect(errors(run)).toEqual([{ type: 'invalid_request_error', message: ALREADY_ACTIVE }]);
  });

  test('server-answers-speech-by-itself: more than a second between the turn and its answer', async () => {
    const run = await played('server-answers-speech-by-itself');
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      ...answer(1),
      'session.updated',
      ...asked(2),
    ]);
    expect(remarks(run, 'hold-released')).toMatchObject([{ by: 'time' }]);
    expect(sent(run, 'response.create')).toHaveLength(1);
  });

  test('tool-call-finished-but-response-still-open: the output is taken before the response is done', async () => {
    const run = await played('tool-call-finished-but-response-still-open');
    const lines = story(run).filter((line) => !line.startsWith('response.text.delta'));
    const written = (nth: number) => [
      `response.created r${nth}`,
      `response.output_item.added r${nth}`,
      'conversation.item.created assistant',
      `response.content_part.added r${nth}`,
      `response.text.done r${nth}`,
      `response.content_part.done r${nth}`,
      `response.output_item.done r${nth}`,
      `response.done r${nth}`,
    ];
    expect(lines).toEqual([
      'session.created',
      'session.updated',
      USER,
      'response.created r1',
      ...call(1),
      'conversation.item.created function_call_output',
      'response.done r1',
      ...written(2),
      'session.updated',
      USER,
      ...written(3),
    ]);
    expect(remarks(run, 'hold-released')).toMatchObject([{ by: 'time' }]);
  });

  test('three-tool-calls-in-one-response: three calls, three outputs, one answer', async () => {
    const run = await played('three-tool-calls-in-one-response');
    expect(story(run).slice(2, 23)).toEqual([
      USER,
      'response.created r1',
      ...call(1),
      ...call(1),
      ...call(1),
      'response.done r1',
      'conversation.item.created function_call_output',
      'conversation.item.created function_call_output',
      'conversation.item.created function_call_output',
    ]);
    const names = heard(run, 'response.function_call_arguments.done').map(({ name }) => name);
    expect(names).toEqual(['get_weather', 'get_time', 'get_news']);
    const callIds = heard(run, 'response.function_call_arguments.done').map(({ call_id }) => call_id);
    expect(outputs(run).map(({ call_id }) => call_id)).toEqual(callIds);
    expect(new Set(callIds).size).toBe(3);
    expect(heard(run, 'response.done')).toHaveLength(3);
  });

  test('already-active-error-during-the-answer: the answer goes on behind the error', async () => {
    const run = await played('already-active-error-during-the-answer');
    expect(story(run)).toEqual([
      'session.created',
      USER,
      ...opening(1).toSpliced(-1, 0, 'error'),
      ...closing(1),
      'response.done r1',
      ...asked(2),
    ]);
    expect(errors(run)).toEqual([{ type: 'invalid_request_error', message: ALREADY_ACTIVE }]);
  });
});

describe('a request that is refused', () => {
  test('answer-request-refused-with-its-event-id: one error that names the request, no response', async () => {
    const run = await played('answer-request-refused-with-its-event-id');
    expect(story(run)).toEqual(['session.created', USER, 'error', ...asked(1)]);
    expect(errors(run)).toEqual([
      {
        type: 'server_error',
        code: 'InternalError.Algo.ModelServingError',
        message: '<50002> InternalError.Algo.ModelServingError',
        event_id: 'event_request',
      },
    ]);
  });

  test('answer-request-refused-without-an-id: one error that names nothing, no response', async () => {
    const run = await played('answer-request-refused-without-an-id');
    expect(story(run)).toEqual(['session.created', USER, 'error', ...asked(1)]);
    expect(errors(run)).toEqual([{ type: 'server_error', message: 'Response timeout.' }]);
  });

  test('create-refused-while-the-user-speaks: a bare text, and the same request works after the turn', async () => {
    const run = await played('create-refused-while-the-user-speaks');
    expect(story(run)).toEqual([
      'session.created',
      'input_audio_buffer.speech_started',
      'previews',
      USER,
      'error',
      'previews',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      USER,
      TRANSCRIBED,
      ...answer(1),
      ...answer(2),
      ...asked(3),
    ]);
    expect(errors(run)).toEqual([{ message: 'Cannot create response while user is speaking.' }]);
  });
});

describe('a cancel with nothing active', () => {
  test.each([
    ['cancel-refused-because-nothing-is-active', { type: 'invalid_request_error', message: NONE_ACTIVE }],
    [
      'cancel-refused-with-null-code-and-id',
      { type: 'invalid_request_error', code: null, message: NONE_ACTIVE, param: null, event_id: null },
    ],
    [
      'cancel-refused-with-a-foreign-code',
      {
        type: 'invalid_request_error',
        code: 'response_cancel_not_active',
        message: 'Cancellation failed: no active response found',
        param: null,
        event_id: 'event_stop',
      },
    ],
  ])('%s: the refusal follows the end of the answer', async (name, error) => {
    const run = await played(name);
    expect(story(run)).toEqual(['session.created', ...asked(1), 'error', ...asked(2)]);
    expect(errors(run)).toEqual([error]);
    const [first] = heard(run, 'response.done');
    expect(first).toMatchObject({ response: { status: 'completed' } });
  });

  test('cancel-refused-then-the-answer-comes-anyway: two cancels for one answer', async () => {
    const run = await played('cancel-refused-then-the-answer-comes-anyway');
    expect(story(run)).toEqual([
      'session.created',
      USER,
      'error',
      ...opening(1).slice(0, -1),
      ...closing(1),
      'response.done r1',
      ...asked(2),
    ]);
    expect(errors(run)).toEqual([{ type: 'invalid_request_error', message: NONE_ACTIVE }]);
    expect(heard(run, 'response.done')[0]).toMatchObject({
      response: {
        status: 'cancelled',
        status_details: { type: 'cancelled', reason: 'client_cancelled' },
      },
    });
    expect(new Set(idsOf(run, 'response.cancel')).size).toBe(2);
  });
});

test('response-created-comes-late: the user has written again before the first answer is announced', async () => {
  const run = await played('response-created-comes-late');
  expect(story(run)).toEqual(['session.created', USER, USER, ...answer(1), ...asked(2)]);
  expect(remarks(run, 'hold-released')).toMatchObject([{ by: 'conversation.item.create', untilMs: 6_000 }]);
});
