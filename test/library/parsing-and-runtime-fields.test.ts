/** Scenarios of the library about events with types, fields and values that clients do not expect. */
import { describe, expect, test } from 'vitest';
import type { HeardEvent } from '../../src/play/index.js';
import type { LibraryRun } from '../support/library.js';
import {
  ASKED,
  ofType,
  only,
  outline,
  played,
  problems,
  SPOKEN,
  upToDone,
  words,
} from './parsing-and-runtime-checks.js';

/** The events of the first answer, changed ones as they came. */
function answerOf(run: LibraryRun): readonly HeardEvent[] {
  const events = upToDone(run);
  return events.slice(events.findIndex(({ type }) => type === 'response.created'));
}

function listPaths(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  const inner = Object.entries(value).flatMap(([key, each]) => listPaths(each, `${prefix}.${key}`));
  return [prefix, ...inner];
}

/** Every event of the first answer as it was meant and as the client heard it. */
function changes(run: LibraryRun): { intended: Record<string, unknown>; heard: HeardEvent }[] {
  const entries = run.sessions[0]?.entries ?? [];
  const intended = entries.flatMap((entry) =>
    entry.kind === 'server' && entry.disposition === 'changed' ? JSON.parse(entry.intended ?? '') : [],
  );
  const answer = answerOf(run);
  expect(intended.map(({ type }) => type)).toEqual(answer.map(({ type }) => type));
  return answer.map((heard, index) => ({ heard, intended: intended[index] }));
}

describe('types nobody knows (F1, F2)', () => {
  test('unknown-event-types-between-all-events: after every event of the turn one of type x.unknown', async () => {
    const run = await played('unknown-event-types-between-all-events');
    const events = upToDone(run, 1);
    const plain = events.filter(({ type }) => type !== 'x.unknown');
    expect(outline(plain)).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'conversation.item.input_audio_transcription.completed',
      ...SPOKEN,
    ]);
    const isStruck = ({ type }: HeardEvent) =>
      !type.startsWith('conversation.item.input_audio_transcription') && !type.endsWith('speech_stopped');
    const struck = plain.filter(isStruck).map(({ type }) => type);
    const whole = run.events().slice(0, events.length + 1);
    expect(ofType(whole, 'x.unknown').map(({ detail }) => detail)).toEqual(
      struck.map((after) => ({ after })),
    );
    whole.forEach((event, index) => {
      if (isStruck(event) && event.type !== 'x.unknown') expect(whole[index + 1]?.type).toBe('x.unknown');
    });
    expect(problems(run)).toEqual([]);
  });

  test('events-of-other-realtime-services-appear: each behind the event it belongs to', async () => {
    const run = await played('events-of-other-realtime-services-appear');
    const events = run.events().slice(0, upToDone(run).length + 1);
    expect(outline(events)).toEqual([
      'session.created',
      'conversation.created',
      'mcp_list_tools.in_progress',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'conversation.item.added',
      'conversation.item.done',
      'conversation.item.input_audio_transcription.segment',
      'conversation.item.input_audio_transcription.completed',
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'response.mcp_call.in_progress',
      'output_audio_buffer.started',
      ...SPOKEN.slice(2),
      'output_audio_buffer.stopped',
    ]);
    const [userItem] = ofType(events, 'conversation.item.created');
    expect(only(events, 'conversation.item.done')['item']).toEqual(userItem?.['item']);
    const { response } = only(events, 'response.done') as unknown as { response: { id: string } };
    expect(only(events, 'output_audio_buffer.stopped')['response_id']).toBe(response.id);
  });

  test('event-types-named-like-object-builtins: constructor, toString, __proto__ and the empty name', async () => {
    const run = await played('event-types-named-like-object-builtins');
    expect(outline(upToDone(run))).toEqual([
      ...ASKED,
      'response.created',
      'constructor',
      'toString',
      '__proto__',
      'hasOwnProperty',
      'valueOf',
      '__init__',
      '',
      ...SPOKEN.slice(1),
    ]);
    expect(problems(run)).toEqual([]);
  });

  test('event-types-named-like-socket-events: open, message and close as messages, and an open connection', async () => {
    const run = await played('event-types-named-like-socket-events');
    expect(outline(upToDone(run))).toEqual([
      ...ASKED,
      'response.created',
      'open',
      'message',
      'ping',
      'newListener',
      'removeListener',
      'disconnect',
      'close',
      'end',
      ...SPOKEN.slice(1),
    ]);
    expect(run.record.connections.length).toBe(1);
    expect(problems(run)).toEqual([]);
  });
});

describe('fields that are missing or null (F3)', () => {
  test('optional-fields-are-missing: an answer of nothing but ids, words and sound', async () => {
    const events = answerOf(await played('optional-fields-are-missing'));
    expect(outline(events)).toEqual(SPOKEN);
    const keys = (type: string, field: string) =>
      Object.keys((only(events, type)[field] ?? {}) as Record<string, unknown>);
    expect(keys('response.created', 'response')).toEqual(['id', 'object', 'status']);
    expect(keys('response.output_item.added', 'item')).toEqual(['id', 'type', 'role']);
    expect(keys('conversation.item.created', 'item')).toEqual(['id', 'object', 'type', 'role']);
    expect(only(events, 'response.content_part.added')).not.toHaveProperty('part');
    expect(only(events, 'response.content_part.done')).not.toHaveProperty('part');
    expect(keys('response.output_item.done', 'item')).not.toContain('content');
    expect(keys('response.done', 'response')).not.toContain('output');
    expect(keys('response.done', 'response')).not.toContain('usage');
    expect(words(events)).toBe('Less is enough.');
  });

  test('optional-fields-are-null: the same fields are there and null', async () => {
    const events = answerOf(await played('optional-fields-are-null'));
    expect(outline(events)).toEqual(SPOKEN);
    const nothing = {
      modalities: null,
      voice: null,
      output: null,
      conversation_id: null,
      status_details: null,
    };
    expect(only(events, 'response.created')).toMatchObject({ response: nothing });
    expect(only(events, 'response.output_item.added')).toMatchObject({
      item: { status: null, content: null },
    });
    const created = { previous_item_id: null, item: { content: null } };
    expect(only(events, 'conversation.item.created')).toMatchObject(created);
    expect(only(events, 'response.content_part.added')['part']).toBeNull();
    expect(only(events, 'response.content_part.done')['part']).toBeNull();
    expect(only(events, 'response.output_item.done')).toMatchObject({ item: { content: null } });
    const done = { response: { status: 'completed', output: null, usage: null, status_details: null } };
    expect(only(events, 'response.done')).toMatchObject(done);
    expect(words(events)).toBe('Null is not nothing.');
  });

  test('session-created-has-no-session-object: no session, then a null one, then a turn', async () => {
    const run = await played('session-created-has-no-session-object');
    const events = upToDone(run);
    expect(Object.keys(events[0] ?? {})).toEqual(['event_id', 'type']);
    expect(events[1]).toMatchObject({ type: 'session.updated', session: null });
    expect(outline(events.slice(2))).toEqual(['conversation.item.created', ...SPOKEN]);
  });

  test('failed-answer-has-no-status-details: failed, and not a word why', async () => {
    const run = await played('failed-answer-has-no-status-details');
    const [failed, clean] = ofType(run.events(), 'response.done');
    expect(failed).toMatchObject({ response: { status: 'failed' } });
    expect(failed?.['response']).not.toHaveProperty('status_details');
    expect(failed?.['response']).not.toHaveProperty('usage');
    expect(clean).toMatchObject({ response: { status: 'completed' } });
  });

  test('response-done-has-no-usage: the first answer is not counted, the second one is', async () => {
    const run = await played('response-done-has-no-usage');
    const [uncounted, counted] = ofType(run.events(), 'response.done');
    expect(uncounted).toMatchObject({ response: { status: 'completed', output: [{}] } });
    expect(uncounted?.['response']).not.toHaveProperty('usage');
    expect(counted).toMatchObject({ response: { usage: { total_tokens: expect.any(Number) } } });
  });

  test('random-fields-go-missing: every event of the answer lacks exactly one field', async () => {
    const run = await played('random-fields-go-missing');
    const changed = changes(run);
    expect(outline(changed.map(({ heard }) => heard))).toEqual(SPOKEN);
    for (const { intended, heard } of changed) {
      const gone = listPaths(intended).filter((path) => !listPaths(heard).includes(path));
      const [topmost = ''] = gone;
      expect(gone.length).toBeGreaterThan(0);
      expect(gone.every((path) => path === topmost || path.startsWith(`${topmost}.`))).toBe(true);
    }
    expect(new Set(changed.map(({ heard }) => Object.keys(heard).length)).size).toBeGreaterThan(1);
  });

  test('random-fields-are-null: every event of the answer has exactly one null', async () => {
    const run = await played('random-fields-are-null');
    const changed = changes(run);
    expect(outline(changed.map(({ heard }) => heard))).toEqual(SPOKEN);
    for (const { intended, heard } of changed) {
      expect(JSON.stringify(heard).match(/:null|\[null/g)?.length).toBe(1);
      expect(JSON.stringify(intended)).not.toMatch(/:null|\[null/);
    }
  });
});

describe('fields of another type (F4)', () => {
  test('random-fields-change-their-type: every event of the answer has one field of another type', async () => {
    const run = await played('random-fields-change-their-type');
    const changed = changes(run);
    expect(outline(changed.map(({ heard }) => heard))).toEqual(SPOKEN);
    for (const { intended, heard } of changed) {
      expect(Object.keys(heard)).toEqual(Object.keys(intended));
      const differing = Object.keys(heard).filter(
        (key) => JSON.stringify(heard[key]) !== JSON.stringify(intended[key]),
      );
      expect(differing.length).toBe(1);
    }
  });

  test('status-details-is-a-text: the reason of a failure is a sentence', async () => {
    const run = await played('status-details-is-a-text');
    const [failed] = ofType(run.events(), 'response.done');
    expect(failed).toMatchObject({ response: { status: 'failed', status_details: 'Response timeout.' } });
  });

  test('numbers-arrive-as-text: positions, times and counts are texts', async () => {
    const run = await played('numbers-arrive-as-text');
    const events = upToDone(run);
    expect(outline(events).slice(-SPOKEN.length)).toEqual(SPOKEN);
    const isNumeral = expect.stringMatching(/^\d+$/);
    expect(only(events, 'input_audio_buffer.speech_started')['audio_start_ms']).toEqual(isNumeral);
    expect(only(events, 'input_audio_buffer.speech_stopped')['audio_end_ms']).toEqual(isNumeral);
    expect(only(events, 'response.output_item.added')['output_index']).toBe('0');
    expect(only(events, 'response.content_part.added')).toMatchObject({
      output_index: '0',
      content_index: '0',
    });
    for (const type of ['response.audio_transcript.delta', 'response.audio.delta']) {
      const deltas = ofType(events, type);
      expect(deltas.length).toBeGreaterThan(1);
      for (const delta of deltas) expect(delta).toMatchObject({ output_index: '0', content_index: '0' });
    }
    const usage = { total_tokens: isNumeral, input_tokens: isNumeral, output_tokens: isNumeral };
    expect(only(events, 'response.done')).toMatchObject({ response: { usage } });
  });
});

describe('values that are on nobody\u2019s list (F5)', () => {
  test('answer-ends-with-an-unknown-status: superseded by a newer turn', async () => {
    const run = await played('answer-ends-with-an-unknown-status');
    expect(only(upToDone(run), 'response.done')).toMatchObject({
      response: { status: 'superseded', status_details: { type: 'superseded', reason: 'newer_turn' } },
    });
  });

  test('items-and-parts-of-unknown-kinds: generating, narrator, a part of unknown type, incomplete', async () => {
    const events = answerOf(await played('items-and-parts-of-unknown-kinds'));
    const odd = { item: { status: 'generating', role: 'narrator', type: 'message' } };
    expect(only(events, 'response.output_item.added')).toMatchObject(odd);
    expect(only(events, 'conversation.item.created')).toMatchObject(odd);
    expect(only(events, 'response.content_part.added')).toMatchObject({ part: { type: 'x-unknown-audio' } });
    expect(only(events, 'response.output_item.done')).toMatchObject({ item: { status: 'incomplete' } });
    expect(only(events, 'response.done')).toMatchObject({ response: { status: 'completed' } });
    expect(words(events)).toBe('You can hear me well enough.');
  });

  test('session-names-values-nobody-knows: a voice, a modality and a detector from elsewhere', async () => {
    const run = await played('session-names-values-nobody-knows');
    const session = { voice: 'Aurora', modalities: ['text', 'audio', 'gesture'] };
    expect(run.events()[0]).toMatchObject({
      type: 'session.created',
      session: { ...session, turn_detection: { type: 'neural_vad' } },
    });
    expect(run.events()[1]).toMatchObject({ type: 'session.updated', session });
  });
});

describe('events without a number (F14)', () => {
  test('events-have-no-event-id: neither session.created nor the first answer has one', async () => {
    const run = await played('events-have-no-event-id');
    const events = upToDone(run);
    const named = events.filter((event) => Object.hasOwn(event, 'event_id')).map(({ type }) => type);
    expect(named).toEqual(['conversation.item.created']);
    expect(outline(events)).toEqual([...ASKED, ...SPOKEN]);
    expect(problems(run)).toEqual([]);
  });
});
