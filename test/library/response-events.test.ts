/**
 * Scenarios about the events of responses: missing, late, twice, crossed, and whose turn it is when the settings say so.
 */
import { describe, expect, test } from 'vitest';
import type { HeardEvent } from '../../src/play/index.js';
import type { LibraryRun } from '../support/library.js';
import {
  answer,
  asked,
  closing,
  heard,
  joined,
  ofResponse,
  opening,
  played,
  sent,
  story,
  TRANSCRIBED,
  USER_TURN,
} from './told.js';

const USER = 'conversation.item.created user';

/** The response object of an event. */
function responseOf(event: HeardEvent | undefined): Readonly<Record<string, unknown>> {
  return (event?.['response'] ?? {}) as Readonly<Record<string, unknown>>;
}

/** The number of the response that an event, or the item in it, belongs to; undefined when it belongs to none. */
function numberOf(run: LibraryRun, event: HeardEvent): number | undefined {
  const itemIdOf = ({ item }: HeardEvent) => (item as { readonly id?: unknown } | undefined)?.id;
  const added = heard(run, 'response.output_item.added').find(
    (candidate) => itemIdOf(event) !== undefined && itemIdOf(candidate) === itemIdOf(event),
  );
  const id = event['response_id'] ?? responseOf(event)['id'] ?? added?.['response_id'];
  const ids = heard(run, 'response.created').map((created) => responseOf(created)['id']);
  return id === undefined ? undefined : ids.indexOf(id) + 1;
}

/** Virtual times at which events of a type went out. */
function times(run: LibraryRun, types: RegExp): number[] {
  return (run.sessions[0]?.entries ?? []).flatMap((entry) =>
    entry.kind === 'server' && types.test(entry.text ?? '') ? entry.atMs : [],
  );
}

describe('the ends of responses', () => {
  test('done-for-a-response-nobody-announced: a cancelled end before anything has begun', async () => {
    const run = await played('done-for-a-response-nobody-announced');
    expect(story(run)).toEqual(['session.created', USER, 'response.done r1', ...answer(2), ...asked(3)]);
    const [stray] = heard(run, 'response.done');
    expect(responseOf(stray)).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [],
    });
  });

  test('done-never-comes: an answer that is whole and never done', async () => {
    const run = await played('done-never-comes');
    expect(story(run)).toEqual(['session.created', USER, ...opening(1), ...closing(1), 'error', ...asked(2)]);
    expect(heard(run, 'error')[0]).toMatchObject({
      error: { message: 'Conversation has none active response' },
    });
    expect(heard(run, 'response.done')).toHaveLength(1);
  });

  test('done-comes-during-the-next-answer: the first ends right after the second was announced', async () => {
    const run = await played('done-comes-during-the-next-answer');
    const [announced = '', ...rest] = answer(2);
    expect(story(run)).toEqual([
      'session.created',
      USER,
      ...opening(1),
      ...closing(1),
      USER,
      announced,
      'response.done r1',
      ...rest,
      ...asked(3),
    ]);
  });

  test('done-comes-twice: the same end with two event ids', async () => {
    const run = await played('done-comes-twice');
    expect(story(run)).toEqual(['session.created', ...asked(1), 'response.done r1', ...asked(2)]);
    const [first, second] = heard(run, 'response.done');
    expect(responseOf(second)).toEqual(responseOf(first));
    expect(responseOf(first)['usage']).toBeDefined();
    expect(second?.['event_id']).not.toBe(first?.['event_id']);
  });
});

describe('the beginnings of responses', () => {
  test('response-created-is-missing: the first answer starts with its item', async () => {
    const run = await played('response-created-is-missing');
    expect(story(run)).toEqual(['session.created', USER, ...answer(1).slice(1), ...asked(2)]);
    expect(heard(run, 'response.created')).toHaveLength(1);
  });

  test('two-responses-at-once: the second begins within the first and outlasts it', async () => {
    const run = await played('two-responses-at-once');
    // Which response each event of the two belongs to, in the order in which they came.
    const owners = run.events().flatMap((event) => numberOf(run, event) ?? []);
    const crossed = owners.slice(owners.indexOf(2), owners.lastIndexOf(1) + 1);
    expect(crossed).toEqual(crossed.map((_, index) => (index % 2 === 0 ? 2 : 1)));
    expect(crossed.length).toBeGreaterThan(15);
    const rest = owners.slice(owners.lastIndexOf(1) + 1, owners.indexOf(3));
    expect(rest.length).toBeGreaterThan(10);
    expect(new Set(rest)).toEqual(new Set([2]));
    expect(story(run).filter((line) => line.startsWith('response.done'))).toEqual([
      'response.done r1',
      'response.done r2',
      'response.done r3',
    ]);
    const second = joined(ofResponse(run, 2, 'response.text.delta'));
    expect(ofResponse(run, 2, 'response.text.done')[0]?.['text']).toBe(second);
    expect(second).toMatch(/^And this is another answer .* here for\.$/);
    expect(joined(ofResponse(run, 1, 'response.audio_transcript.delta'))).toBe(
      'This is the answer that was asked for.',
    );
  });

  test('next-answer-starts-at-once: nothing between the end of one answer and the next', async () => {
    const run = await played('next-answer-starts-at-once');
    expect(story(run)).toEqual([
      'session.created',
      USER,
      'response.created r1',
      'response.output_item.added r1',
      'response.content_part.added r1',
      'response.text.delta r1',
      'response.text.done r1',
      'response.content_part.done r1',
      'response.output_item.done r1',
      'response.done r1',
      ...answer(2),
      ...asked(3),
    ]);
    expect(responseOf(heard(run, 'response.done')[1])).toMatchObject({ status: 'completed' });
  });

  test('long-answer-that-keeps-coming: more than a minute, and never more than three seconds of silence', async () => {
    const run = await played('long-answer-that-keeps-coming');
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      ...answer(1),
      'session.updated',
      ...asked(2),
    ]);
    const [begun = 0] = times(run, /"response.created"/);
    const [ended = 0] = times(run, /"response.done"/);
    const deltas = times(run, /"response.audio(_transcript)?.delta"/).filter((atMs) => atMs <= ended);
    const gaps = deltas.map((atMs, index) => atMs - (deltas[index - 1] ?? begun));
    expect(ended - begun).toBeGreaterThan(60_000);
    expect(Math.max(...gaps)).toBe(3_000);
    expect(gaps.filter((gap) => gap === 3_000).length).toBeGreaterThan(20);
  });
});

describe('who answers and who interrupts', () => {
  test('automatic-answers-turned-off: the turn is committed, and nothing comes until the client asks', async () => {
    const run = await played('automatic-answers-turned-off');
    expect(story(run)).toEqual([
      'session.created',
      'session.updated',
      ...USER_TURN,
      TRANSCRIBED,
      ...answer(1),
      ...asked(2),
    ]);
    expect(heard(run, 'session.updated')[0]).toMatchObject({
      session: { turn_detection: { create_response: false, interrupt_response: true } },
    });
    const log = (run.sessions[0]?.entries ?? []).flatMap((entry) =>
      entry.kind === 'client' || entry.kind === 'server'
        ? (/"type":"([^"]*)"/.exec(entry.text ?? '')?.[1] ?? [])
        : [],
    );
    const create = log.indexOf('response.create');
    expect(log.indexOf(TRANSCRIBED)).toBeLessThan(create);
    expect(log[create + 1]).toBe('response.created');
  });

  test('automatic-interruption-turned-off: the answer goes on under the user, and the next one follows', async () => {
    const run = await played('automatic-interruption-turned-off');
    const lines = story(run).filter(
      (line) => !/speech|previews|part|item|transcript|audio\./.test(line) || /speech_/.test(line),
    );
    expect(lines).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'response.created r1',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'response.done r1',
      'response.created r2',
      'response.done r2',
      'session.updated',
      'response.created r3',
      'response.done r3',
    ]);
    expect(heard(run, 'response.done').map((event) => responseOf(event)['status'])).toEqual([
      'completed',
      'completed',
      'completed',
    ]);
    expect(heard(run, 'session.updated')[0]).toMatchObject({
      session: { turn_detection: { create_response: true, interrupt_response: false } },
    });
  });

  test('server-interrupts-by-itself: the answer ends at speech_started, without any cancel', async () => {
    const run = await played('server-interrupts-by-itself');
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      ...opening(1),
      'input_audio_buffer.speech_started',
      ...closing(1),
      'response.done r1',
      ...USER_TURN.slice(1),
      TRANSCRIBED,
      ...answer(2),
      'session.updated',
      ...asked(3),
    ]);
    expect(responseOf(heard(run, 'response.done')[0])).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
    });
    expect(sent(run, 'response.cancel')).toEqual([]);
  });
});
