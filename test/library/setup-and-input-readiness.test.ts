/**
 * How a session begins: scenarios of readiness, models and dialects, played over a real socket, and where that says
 * more, what a client runs into that is not ready for them.
 */
import { describe, expect, test } from 'vitest';
import {
  ANSWERED,
  ASKED,
  audioOf,
  errors,
  fired,
  missed,
  nth,
  outline,
  play,
  playAs,
  rush,
  SPOKEN,
  sent,
  sessionOf,
  typesOf,
  voiceOf,
} from './setup-and-input-checks.js';

const UPDATE = { type: 'session.update', session: { voice: 'Ethan', instructions: 'Answer in one word.' } };
const ITEM = {
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello?' }] },
};
const CREATE = { type: 'response.create' };
const INVALID = { type: 'invalid_request_error', code: 'invalid_value' };
const MODEL = 'qwen3.5-omni-flash-realtime';

describe('before the session is ready', () => {
  test('everything-before-session-created-is-lost: whoever waits gets the voice it asked for', async () => {
    const run = await play('everything-before-session-created-is-lost');
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(fired(run)).toEqual([0]);
    const created = nth(run.events(), 'session.created');
    const updated = nth(run.events(), 'session.updated');
    expect(sessionOf(created)).toMatchObject({
      id: expect.stringMatching(/^sess_/),
      model: MODEL,
      voice: 'Tina',
    });
    expect(sessionOf(updated)).toMatchObject({ id: sessionOf(created)['id'], voice: 'Ethan' });
    expect(voiceOf(nth(run.events(), 'response.created'))).toBe('Ethan');
  });

  test('everything-before-session-created-is-lost: whoever does not wait is answered by the default voice', async () => {
    const early = await rush('everything-before-session-created-is-lost', {
      atOpen: [UPDATE],
      at: { 'session.created': [ITEM, CREATE] },
      until: 'response.done',
    });
    expect(outline(typesOf(early.events))).toEqual(['session.created', ...ASKED]);
    expect(voiceOf(nth(early.events, 'response.created'))).toBe('Tina');
    expect(missed(early)).toEqual(['expect[0]', 'expect[1]']);
  });

  test('first-session-updated-comes-late: it comes, and everything after it is in order', async () => {
    const run = await play('first-session-updated-comes-late');
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(fired(run)).toEqual([0]);
    const entries = run.sessions[0]?.entries ?? [];
    const asked = entries.find((entry) => entry.kind === 'client')?.atMs ?? 0;
    const told = entries.find((entry) => entry.kind === 'server' && entry.text?.includes('session.updated'));
    expect((told?.atMs ?? 0) - asked).toBe(400);
  });

  test('first-session-updated-comes-late: whoever does not wait is answered before it', async () => {
    const early = await rush('first-session-updated-comes-late', {
      at: { 'session.created': [UPDATE, ITEM, CREATE] },
      until: 'session.updated',
    });
    expect(outline(typesOf(early.events))).toEqual(['session.created', ...ASKED, 'session.updated']);
    expect(missed(early)).toEqual(['expect[0]']);
  });

  test('first-session-update-is-never-answered: silence, and an ordinary setup on the next connection', async () => {
    const run = await play('first-session-update-is-never-answered');
    expect(run.types(1)).toEqual(['session.created']);
    expect(outline(run.types(2))).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect([fired(run, 1), fired(run, 2)]).toEqual([[0], []]);
  });

  test('first-session-update-is-never-answered: whoever goes on talks to the default settings', async () => {
    const run = await playAs('first-session-update-is-never-answered', [
      { send: UPDATE },
      { ask: 'Hello?' },
      { listen: 'response.done' },
    ]);
    expect(outline(run.types())).toEqual(['session.created', ...ASKED]);
    expect(voiceOf(nth(run.events(), 'response.created'))).toBe('Tina');
    expect(missed(run)).toEqual(['expect[0]', 'expect[1]']);
  });

  test('every-session-update-is-refused-until-reconnect: each gets the same error, the next connection none', async () => {
    const run = await play('every-session-update-is-refused-until-reconnect');
    const refusal = {
      ...INVALID,
      message: 'Session update error: session already started or finished or failed.',
    };
    expect(run.types(1)).toEqual(['session.created', 'error']);
    expect(errors(run.events(1))).toEqual([refusal]);
    expect(outline(run.types(2))).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    const stubborn = await playAs('every-session-update-is-refused-until-reconnect', [
      { send: UPDATE },
      { send: UPDATE },
      { listen: 'error', nth: 2 },
    ]);
    expect(errors(stubborn.events())).toEqual([refusal, refusal]);
    expect(missed(stubborn)).toEqual(['expect[0]']);
  });
});

describe('signs of readiness', () => {
  test('session-updated-never-comes: the settings are in force and nobody says so', async () => {
    const run = await play('session-updated-never-comes');
    expect(outline(run.types())).toEqual([
      'session.created',
      'input_audio_buffer.cleared',
      'session.updated',
      ...ASKED,
      ...ASKED,
    ]);
    expect(fired(run)).toEqual([0]);
    const patient = await playAs('session-updated-never-comes', [
      { send: UPDATE },
      { ask: 'Hello?' },
      { listen: 'response.done' },
    ]);
    expect(outline(patient.types())).toEqual(['session.created', ...ASKED]);
    expect(voiceOf(nth(patient.events(), 'response.created'))).toBe('Ethan');
  });

  test('session-created-waits-for-session-update: a client that waits for it gets it in the end', async () => {
    const run = await play('session-created-waits-for-session-update');
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(fired(run)).toEqual([0]);
    const { entries } = run.sessions[0] ?? { entries: [] };
    expect(entries.find((entry) => entry.kind === 'server')?.atMs).toBe(400);
  });

  test('session-created-waits-for-session-update: a client that speaks first gets it second', async () => {
    const { events } = await rush('session-created-waits-for-session-update', {
      atOpen: [UPDATE],
      until: 'session.created',
    });
    expect(typesOf(events)).toEqual(['session.updated', 'session.created']);
    expect(sessionOf(nth(events, 'session.created'))['id']).toBe(
      sessionOf(nth(events, 'session.updated'))['id'],
    );
  });

  test('conversation-created-in-place-of-session-created: the one greeting, and no other', async () => {
    const name = 'conversation-created-in-place-of-session-created';
    const run = await play(name, { waitMs: 300 });
    expect(run.types(1)).toEqual(['conversation.created']);
    expect(run.record.connections[0]?.failure).toContain('session.created did not come within 300 ms');
    expect(outline(run.types(2))).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(fired(run)).toEqual([0]);
    // Whoever takes it for a greeting can work with this session.
    const { events } = await rush(name, {
      at: { 'conversation.created': [UPDATE], 'session.updated': [ITEM, CREATE] },
      until: 'response.done',
    });
    expect(outline(typesOf(events))).toEqual(['conversation.created', 'session.updated', ...ASKED]);
    expect(nth(events, 'conversation.created')).toEqual({
      event_id: expect.stringMatching(/^event_/),
      type: 'conversation.created',
      conversation: { id: expect.stringMatching(/^conv_/), object: 'realtime.conversation' },
    });
  });

  test('conversation-created-follows-session-created: two greetings, one session', async () => {
    const run = await play('conversation-created-follows-session-created');
    expect(outline(run.types())).toEqual([
      'session.created',
      'conversation.created',
      'session.updated',
      ...ASKED,
      ...ASKED,
    ]);
    expect(fired(run)).toEqual([0]);
    expect(sent(run).filter(({ type }) => type === 'session.update')).toHaveLength(1);
  });
});

describe('models and URLs', () => {
  test('unknown-model-gets-a-session-and-then-1007: a greeting, and then the end with its cause', async () => {
    const run = await play('unknown-model-gets-a-session-and-then-1007');
    expect(run.types()).toEqual(['session.created']);
    expect(run.record.connections[0]?.heard.close).toEqual({
      code: 1007,
      reason: 'Model not found (name-lost-in-the-url)!',
    });
  });

  test('unknown-model-gets-a-session-and-then-1007: a model that got lost, and one behind a second question mark', async () => {
    const name = 'unknown-model-gets-a-session-and-then-1007';
    const lost = await rush(name, { until: 'none', query: '' });
    expect(typesOf(lost.events)).toEqual(['session.created']);
    expect(lost.close).toEqual({ code: 1007, reason: 'Model not found (name-lost-in-the-url)!' });
    // The server finds this one, and its log says what the client wrote.
    const doubled = await rush(name, { until: 'session.created', query: `region=cn?model=${MODEL}` });
    expect(doubled.upgrades.map(({ target }) => target)).toEqual([
      `/s/${name}/api-ws/v1/realtime?region=cn?model=${MODEL}`,
    ]);
    expect(doubled.close.code).toBe(1000);
    expect(doubled.sessions[0]?.entries).toContainEqual(
      expect.objectContaining({ kind: 'note', code: 'malformed-url' }),
    );
  });

  test('unknown-model-is-refused-with-http-400: there is no WebSocket, but a status and a cause', async () => {
    const run = await play('unknown-model-is-refused-with-http-400');
    const [connection] = run.record.connections;
    expect(connection?.failure).toContain(
      'HTTP 400 with {"code":"ModelNotFound","message":"Model not found (null)!"}',
    );
    expect(run.sessions).toEqual([]);
    expect(run.server.upgrades).toMatchObject([{ answer: 'refused', status: 400, fault: 0 }]);
  });
});

describe('other dialects', () => {
  test('events-carry-the-names-of-another-dialect: the same audio under another name', async () => {
    const run = await play('events-carry-the-names-of-another-dialect');
    const plain = await playAs('voice-is-frozen-after-the-first-audio', [
      { ask: 'Are you there?' },
      { listen: 'response.done' },
    ]);
    const renamed = (type: string, place: number) =>
      type
        .replace(/^response\.(audio|text)/, 'response.output_$1')
        // The user's item belongs to no answer.
        .replace('conversation.item.created', place === 1 ? '$&' : 'conversation.item.added');
    const first = run.types().slice(0, run.types().indexOf('response.done') + 1);
    expect(first).toEqual(plain.types().map(renamed));
    expect(first).toContain('response.output_audio.delta');
    const heard = run.events().slice(0, first.length);
    const [heardBytes, plainBytes] = [
      Buffer.concat(audioOf(heard, 'response.output_audio.delta')),
      Buffer.concat(audioOf(plain.events())),
    ];
    expect(plainBytes.length).toBeGreaterThan(10_000);
    expect(heardBytes.equals(plainBytes)).toBe(true);
    expect(new Set(fired(run))).toEqual(new Set([0, 1, 2, 3, 6]));
  });

  test('events-carry-the-names-of-another-dialect: written answers as well', async () => {
    const run = await playAs('events-carry-the-names-of-another-dialect', [
      { send: { type: 'session.update', session: { modalities: ['text'] } } },
      { ask: 'Are you there?' },
      { listen: 'response.done' },
    ]);
    expect(new Set(fired(run))).toEqual(new Set([4, 5, 6]));
    expect(
      run
        .types()
        .filter((type) => /text/.test(type))
        .at(-1),
    ).toBe('response.output_text.done');
    expect(run.types()).not.toContain('response.text.delta');
  });

  test('user-transcript-comes-as-delta-in-another-dialect: delta, and neither text nor stash', async () => {
    const run = await play('user-transcript-comes-as-delta-in-another-dialect');
    expect(outline(run.types())).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    const deltas = run.events().filter(({ type }) => type.endsWith('transcription.delta'));
    expect(deltas.at(-1)).toMatchObject({ delta: 'The boats come in at noon.' });
    expect(deltas.filter((event) => 'text' in event || 'stash' in event)).toEqual([]);
    expect(fired(run)).toEqual(deltas.map(() => 0));
    expect(nth(run.events(), 'conversation.item.input_audio_transcription.completed')).toMatchObject({
      transcript: 'The boats come in at noon.',
    });
  });

  test('client-event-is-an-unknown-type-here: written items are refused, speech is answered', async () => {
    const run = await play('client-event-is-an-unknown-type-here');
    expect(outline(run.types(1))).toEqual(['session.created', 'error', ...SPOKEN, ...ANSWERED]);
    expect(errors(run.events(1))).toEqual([
      { type: 'invalid_request_error', message: "Invalid value: 'conversation.item.create'." },
    ]);
    expect(outline(run.types(2))).toEqual(['session.created', ...ASKED]);
    expect([fired(run, 1), fired(run, 2)]).toEqual([[0], []]);
  });
});
