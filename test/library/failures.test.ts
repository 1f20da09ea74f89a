/** Scenarios in which the server says that it cannot: failed and cut answers, harmless errors, overload, refused items. */
import { describe, expect, test } from 'vitest';
import type { HeardEvent } from '../../src/play/index.js';
import type { LibraryRun } from '../support/library.js';
import { answer, asked, closing, heard, joined, ofResponse, opening, played, sent, story } from './told.js';

const USER = 'conversation.item.created user';
const OVERLOADED = {
  type: 'server_error',
  code: '503',
  message: 'Server overloaded, please try again later.',
};

/** The response objects of every response.done. */
function ends(run: LibraryRun, connection = 1): Readonly<Record<string, unknown>>[] {
  return heard(run, 'response.done', connection).map(
    ({ response }: HeardEvent) => response as Readonly<Record<string, unknown>>,
  );
}

/** The error fields of every error, in order. */
function errors(run: LibraryRun): unknown[] {
  return heard(run, 'error').map(({ error }) => error);
}

/** What a response without any output looks like. */
function bare(nth: number): string[] {
  return [`response.created r${nth}`, `response.done r${nth}`];
}

describe('answers that fail', () => {
  test('answer-fails-at-once: announced, failed, nothing between', async () => {
    const run = await played('answer-fails-at-once');
    expect(story(run)).toEqual(['session.created', USER, ...bare(1), ...asked(2)]);
    expect(ends(run)[0]).toMatchObject({
      status: 'failed',
      status_details: {
        type: 'failed',
        error: {
          code: 'InternalError.Algo.ModelServingError',
          message: '<50002> InternalError.Algo.ModelServingError',
        },
      },
      output: [],
    });
  });

  test('answer-fails-halfway: words and audio, and then failed', async () => {
    const run = await played('answer-fails-halfway');
    expect(story(run)).toEqual(['session.created', ...asked(1), ...asked(2)]);
    expect(joined(ofResponse(run, 1, 'response.audio_transcript.delta'))).toBe(
      'This answer begins well, and then',
    );
    expect(ofResponse(run, 1, 'response.audio.delta').length).toBeGreaterThan(1);
    expect(ends(run)[0]).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { message: 'Response timeout.' } },
    });
  });

  test('answers-fail-by-the-rate-limit: two failures, and the third attempt works', async () => {
    const run = await played('answers-fail-by-the-rate-limit');
    expect(story(run)).toEqual(['session.created', USER, ...bare(1), ...bare(2), ...asked(3)]);
    expect(ends(run).map(({ status }) => status)).toEqual(['failed', 'failed', 'completed']);
    for (const { status_details } of ends(run).slice(0, 2)) {
      expect(status_details).toEqual({
        type: 'failed',
        error: {
          code: 'inference_rate_limit_exceeded',
          message: 'Requests rate limit exceeded, please try again later.',
        },
      });
    }
  });

  test('every-answer-fails-until-reconnect: three failures on one connection, an answer on the next', async () => {
    const run = await played('every-answer-fails-until-reconnect');
    expect(story(run)).toEqual(['session.created', USER, ...bare(1), ...bare(2), ...bare(3)]);
    expect(ends(run).map(({ status, output }) => [status, output])).toEqual(Array(3).fill(['failed', []]));
    expect(ends(run)[0]).toMatchObject({
      status_details: { error: { code: 'InternalError.Algo.ModelServingError' } },
    });
    expect(story(run, 2)).toEqual(['session.created', ...asked(1)]);
    expect(ends(run, 2)[0]).toMatchObject({ status: 'completed' });
  });
});

describe('answers that are not what they should be', () => {
  test.each([
    [
      'answer-cut-off-by-the-token-limit',
      'max_output_tokens',
      'There are three things to know about this, and the first of them is',
    ],
    ['answer-cut-off-by-the-content-filter', 'content_filter', 'Well, the recipe for that is'],
  ])('%s: an ordinary end with the status incomplete', async (name, reason, words) => {
    const run = await played(name);
    expect(story(run)).toEqual(['session.created', ...asked(1), ...asked(2)]);
    expect(ends(run)[0]).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason },
      output: [{ status: 'incomplete', content: [{ type: 'audio', transcript: words }] }],
    });
    expect(ofResponse(run, 1, 'response.output_item.done')[0]).toMatchObject({
      item: { status: 'incomplete' },
    });
  });

  test('answer-in-text-only: no audio in a session for audio', async () => {
    const run = await played('answer-in-text-only');
    expect(story(run)).toEqual([
      'session.created',
      USER,
      ...opening(1).slice(0, -1),
      ...Array(3).fill('response.text.delta r1'),
      'response.text.done r1',
      ...closing(1).slice(2),
      'response.done r1',
      ...asked(2),
    ]);
    expect(run.events()[0]).toMatchObject({ session: { modalities: ['text', 'audio'] } });
    const words = 'This is written and not spoken.';
    expect(joined(ofResponse(run, 1, 'response.text.delta'))).toBe(words);
    expect(ofResponse(run, 1, 'response.text.done')[0]).toMatchObject({ text: words });
    for (const type of ['response.content_part.added', 'response.content_part.done']) {
      expect(ofResponse(run, 1, type)[0]).toMatchObject({ part: { type: 'text' } });
    }
    expect(ofResponse(run, 1, 'response.output_item.done')[0]).toMatchObject({
      item: { content: [{ type: 'text' }] },
    });
    expect(ends(run)[0]).toMatchObject({
      modalities: ['text'],
      output: [{ content: [{ type: 'text', text: words }] }],
    });
  });
});

describe('errors that do no harm', () => {
  test('harmless-errors-at-every-step: an error behind each step, each in another shape', async () => {
    const run = await played('harmless-errors-at-every-step');
    expect(story(run)).toEqual([
      'session.created',
      'error',
      'session.updated',
      'error',
      'input_audio_buffer.committed',
      'error',
      USER,
      'error',
      'response.created r1',
      'error',
      'response.output_item.added r1',
      'error',
      'conversation.item.created assistant',
      'response.content_part.added r1',
      'speech r1',
      ...closing(1),
      'error',
      'response.done r1',
      'error',
      ...asked(2),
    ]);
    const invalid = { type: 'invalid_request_error' };
    expect(errors(run)).toEqual([
      { ...invalid, message: "Invalid value: ''." },
      {
        ...invalid,
        code: 'invalid_value',
        message: 'Session update error: session already started or finished or failed.',
      },
      { message: 'Error committing input audio buffer: buffer too small, or have no audio.' },
      {
        ...invalid,
        code: null,
        message: 'Error append image before append audio.',
        param: null,
        event_id: null,
      },
      'Conversation already has an active response',
      {
        ...invalid,
        code: 'Throttling.RateQuota',
        message: 'Requests rate limit exceeded, please try again later.',
      },
      { type: 'server_error', message: 'Internal service error: null', code: 429, param: null },
      { ...invalid, message: 'Conversation has none active response' },
    ]);
    const bytes = (run.sessions[0]?.entries ?? []).filter(
      (entry) => entry.kind === 'note' && entry.code === 'bytes-sent',
    );
    expect(bytes).toMatchObject([{ details: { what: '3 ping frames' } }]);
  });

  test('overload-errors-in-a-burst: eight errors between audio, three before the answer, and nothing is lost', async () => {
    const run = await played('overload-errors-in-a-burst');
    expect(story(run)).toEqual([
      'session.created',
      'session.updated',
      ...Array(8).fill('error'),
      'input_audio_buffer.committed',
      USER,
      ...Array(3).fill('error'),
      ...answer(1),
      ...asked(2),
    ]);
    expect(errors(run)).toEqual(Array(11).fill(OVERLOADED));
    expect(sent(run, 'input_audio_buffer.append')).toHaveLength(12);
  });
});

describe('requests about items', () => {
  test('item-requests-refused-without-ids: three refusals that name only the type', async () => {
    const run = await played('item-requests-refused-without-ids');
    expect(story(run)).toEqual(['session.created', ...asked(1), 'error', 'error', 'error', ...asked(2)]);
    const refused = (type: string) => ({
      type: 'invalid_request_error',
      message: `Invalid value: '${type}'.`,
    });
    expect(errors(run)).toEqual([
      refused('conversation.item.retrieve'),
      refused('conversation.item.retrieve'),
      refused('conversation.item.delete'),
    ]);
  });

  test('two-items-refused-at-once: the same text twice, told apart by the event id alone', async () => {
    const run = await played('two-items-refused-at-once');
    expect(story(run)).toEqual(['session.created', 'error', 'error', ...asked(1)]);
    const refused = (event_id: string) => ({
      type: 'invalid_request_error',
      message: 'Failed to create the conversation item.',
      event_id,
    });
    expect(errors(run)).toEqual([refused('event_first'), refused('event_second')]);
  });
});
