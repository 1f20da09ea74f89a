/** Scenarios of the library about the inside of clients: callbacks, connecting, memory, figures, the end. */
import { describe, expect, test } from 'vitest';
import type { HeardEvent } from '../../src/play/index.js';
import {
  ASKED,
  bare,
  ends,
  ofType,
  only,
  outline,
  played,
  problems,
  rawFrames,
  SPOKEN,
  textOf,
  upToDone,
  words,
} from './parsing-and-runtime-checks.js';

const SOUND = 'response.audio.delta';
const INTERNAL = { type: 'server_error', code: 'InternalError', message: 'Internal service error: null' };
/** An answer without words and sound. */
const EMPTY = SPOKEN.filter((type) => type !== 'deltas');

/** The `response` of each `response.done`. */
function responses(events: readonly HeardEvent[]): unknown[] {
  return ofType(events, 'response.done').map(({ response }) => response);
}

describe('callbacks that throw (J1)', () => {
  test('audio-delta-is-not-base64: one delta that nobody can decode between good ones', async () => {
    const run = await played('audio-delta-is-not-base64');
    const deltas = ofType(upToDone(run), SOUND).map(({ delta }) => String(delta));
    const isBase64 = (text: string) => /^[A-Za-z0-9+/]+=*$/.test(text) && text.length % 4 === 0;
    expect(deltas.length).toBeGreaterThan(2);
    expect(deltas.flatMap((delta, index) => (isBase64(delta) ? [] : [[index, delta]]))).toEqual([
      [1, '%%% this is no base64 %%%'],
    ]);
    expect(outline(upToDone(run))).toEqual([...ASKED, ...SPOKEN]);
  });

  test('response-done-lists-no-output: an empty list behind an answer that was given', async () => {
    const run = await played('response-done-lists-no-output');
    expect(words(upToDone(run))).toBe('You have heard it all the same.');
    expect(responses(run.events())).toMatchObject([
      { status: 'completed', output: [] },
      { status: 'completed', output: [{ type: 'message' }] },
    ]);
  });
});

describe('connecting (J2, J4)', () => {
  test('events-follow-the-handshake-at-once: three events before the client has said a word', async () => {
    const run = await played('events-follow-the-handshake-at-once');
    const events = upToDone(run);
    const first = ['x.connection.accepted', 'session.created', 'conversation.created'];
    expect(outline(events)).toEqual([...first, 'conversation.item.created', ...SPOKEN]);
    const { session } = only(events, 'session.created') as unknown as { session: { id: string } };
    expect(only(events, 'conversation.created')).toMatchObject({ conversation: { session_id: session.id } });
    // On the wire right behind the 101, for a client that sends nothing at all.
    const frames = await rawFrames('events-follow-the-handshake-at-once', [], (frame) =>
      textOf([frame]).includes('conversation.created'),
    );
    expect(frames.map((frame) => JSON.parse(textOf([frame])).type)).toEqual(first);
  });

  test('handshake-refused-at-once: HTTP 503 on the first connection, a session on the second', async () => {
    const run = await played('handshake-refused-at-once');
    expect(run.record.connections[0]?.failure).toContain('the server answered HTTP 503');
    expect(run.events(1)).toEqual([]);
    expect(run.server.upgrades.map(({ connection, answer, status }) => [connection, answer, status])).toEqual(
      [
        [1, 'refused', 503],
        [2, 'accepted', 101],
      ],
    );
    expect(outline(upToDone(run, 1, 2))).toEqual([...ASKED, ...SPOKEN]);
  });

  test('handshake-reset-at-once: ECONNRESET on the first connection, a session on the second', async () => {
    const run = await played('handshake-reset-at-once');
    expect(run.record.connections[0]?.failure).toContain('ECONNRESET');
    expect(run.events(1)).toEqual([]);
    expect(run.server.upgrades.map(({ connection, answer }) => [connection, answer])).toEqual([
      [1, 'dropped'],
      [2, 'accepted'],
    ]);
    expect(outline(upToDone(run, 1, 2))).toEqual([...ASKED, ...SPOKEN]);
  });
});

describe('work that grows (J5)', () => {
  test('audio-comes-in-thousands-of-pieces: 25 times each 20 ms, every one under an id of its own', async () => {
    const run = await played('audio-comes-in-thousands-of-pieces');
    const deltas = ofType(upToDone(run), SOUND);
    expect(deltas.length).toBeGreaterThan(3_000);
    expect(deltas.length % 25).toBe(0);
    expect(new Set(deltas.map(({ event_id }) => event_id)).size).toBe(deltas.length);
    const sizes = deltas.map(({ delta }) => Buffer.from(String(delta), 'base64').length);
    // 20 ms at 24 kHz; the last piece is what is left.
    expect(new Set(sizes.slice(0, -25))).toEqual(new Set([960]));
    expect(outline(upToDone(run))).toEqual([...ASKED, ...SPOKEN]);
  });
});

describe('figures that cannot be computed (J7)', () => {
  test('answer-is-empty-and-counts-no-tokens: no delta, and zeros', async () => {
    const run = await played('answer-is-empty-and-counts-no-tokens');
    expect(outline(upToDone(run))).toEqual([...ASKED, ...EMPTY]);
    const usage = { total_tokens: 0, input_tokens: 0, output_tokens: 0 };
    expect(responses(upToDone(run))).toMatchObject([{ status: 'completed', usage }]);
    const entries = run.sessions[0]?.entries ?? [];
    const at = (type: string) =>
      entries.find((entry) => entry.kind === 'server' && entry.text?.includes(`"${type}"`))?.atMs;
    expect(at('response.done')).toBe(at('response.created'));
  });

  test('spoken-answer-has-words-but-no-audio: a transcript, the end of the sound, and no sound', async () => {
    const run = await played('spoken-answer-has-words-but-no-audio');
    const events = upToDone(run);
    expect(outline(events)).toEqual([...ASKED, ...SPOKEN]);
    expect(ofType(events, SOUND)).toEqual([]);
    expect(words(events)).toBe('You can read this, but not hear it.');
    expect(ofType(run.events(), SOUND).length).toBeGreaterThan(0);
  });

  test('answer-cancelled-before-its-first-word: cancelled, without a delta and without usage', async () => {
    const run = await played('answer-cancelled-before-its-first-word');
    expect(outline(upToDone(run))).toEqual([...ASKED, ...EMPTY]);
    const [cancelled, clean] = responses(run.events());
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
    });
    expect(cancelled).not.toHaveProperty('usage');
    expect(clean).toMatchObject({ status: 'completed' });
  });
});

describe('the end of a connection (J9, J10, J11)', () => {
  test('error-comes-right-before-the-close: error, close 1011, and a clean second connection', async () => {
    const run = await played('error-comes-right-before-the-close');
    const events = run.events(1);
    expect(outline(events)).toEqual([...ASKED, 'response.created', 'error']);
    expect(bare(only(events, 'error'))).toEqual({ type: 'error', error: INTERNAL });
    const { heard } = run.record.connections[0] ?? {};
    expect(heard?.close).toEqual({ code: 1011, reason: 'Internal service error: null' });
    expect(ends(run)).toEqual([
      ['server', 1011],
      ['client', 1000],
    ]);
  });

  test('session-finish-answered-by-an-error-and-a-close: no session.finished, but 1011', async () => {
    const run = await played('session-finish-answered-by-an-error-and-a-close');
    expect(outline(run.events(1))).toEqual([...ASKED, ...SPOKEN, 'error']);
    expect(bare(only(run.events(1), 'error'))).toEqual({ type: 'error', error: INTERNAL });
    const { heard } = run.record.connections[0] ?? {};
    expect(heard?.close).toEqual({ code: 1011, reason: 'Internal service error: null' });
    expect(ends(run)).toEqual([
      ['server', 1011],
      ['client', 1000],
    ]);
  });

  test('connection-reset-after-a-long-conversation: twelve items, a reset, and a clean second connection', async () => {
    const run = await played('connection-reset-after-a-long-conversation');
    const items = ofType(run.events(1), 'conversation.item.created');
    expect(items.length).toBe(13);
    expect(run.events(1).at(-1)).toMatchObject({ type: 'response.done' });
    expect(responses(run.events(1))).toMatchObject([{ status: 'completed', output: { length: 12 } }]);
    expect(run.record.connections[0]?.heard.close?.code).toBe(1006);
    expect(problems(run)).toEqual(['E_CONNECTION_LOST']);
    expect(ends(run)).toEqual([
      ['dropped', undefined],
      ['client', 1000],
    ]);
  });

  test('close-1000-while-the-client-streams-audio: four chunks are heard, then goodbye', async () => {
    const run = await played('close-1000-while-the-client-streams-audio');
    expect(run.record.connections.length).toBe(1);
    expect(run.record.connections[0]?.heard.close).toEqual({ code: 1000, reason: 'Goodbye.' });
    expect(ends(run)).toEqual([['server', 1000]]);
    const entries = run.sessions[0]?.entries ?? [];
    const chunks = entries.filter((entry) => entry.kind === 'client').length;
    expect(chunks).toBe(5);
  });
});
