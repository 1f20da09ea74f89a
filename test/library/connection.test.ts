/** Scenarios of the library about moving to a new connection and shutting one down, from the client's side. */
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  ANSWER,
  ASKED,
  BareClient,
  BEGUN,
  conversationWith,
  endings,
  played,
  sent,
  story,
  WHOLE_TURN,
  withScenario,
} from './connection-checks.js';

const CREATED = 'session.created';
const UPDATED = 'session.updated';
const CALL = [
  'response.created',
  'response.output_item.added',
  'conversation.item.created',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.output_item.done',
  'response.done',
];

describe('what a new connection does not know (E2, E3)', () => {
  test('connection-drops-mid-call-and-the-next-one-knows-nothing: defaults and no history', async () => {
    const run = await played('connection-drops-mid-call-and-the-next-one-knows-nothing');
    expect(story(run)).toEqual([CREATED, UPDATED, ASKED, ...ANSWER]);
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual([CREATED, UPDATED, ASKED, ASKED, ASKED, ...ANSWER]);
    const [created, updated, first] = run.events(2);
    expect(created?.['session']).not.toHaveProperty('instructions');
    expect(updated?.['session']).toHaveProperty('instructions', 'You are a guide.');
    // The first item of all has none before it.
    expect(first).not.toHaveProperty('previous_item_id');
  });

  test('replayed-history-item-is-refused-after-a-reconnect: one refused, one taken', async () => {
    const run = await played('replayed-history-item-is-refused-after-a-reconnect');
    expect(story(run)).toEqual(WHOLE_TURN);
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual([CREATED, 'error', ASKED, ASKED, ...ANSWER]);
    const [, error, taken] = run.events(2);
    expect(error?.['error']).toEqual({
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: "Invalid value: 'item.content'. The item cannot be restored.",
      param: 'item.content',
    });
    expect(taken?.['item']).toMatchObject({ role: 'assistant', content: [{ text: 'Hello Ada.' }] });
  });
});

describe('dead links (E16)', () => {
  test('link-goes-dead-in-mid-answer: the answer stops, and nothing ends it', async () => {
    const run = await played('link-goes-dead-in-mid-answer', { waitMs: 700 });
    expect(story(run)).toEqual([CREATED, ASKED, 'response.created', 'response.output_item.added']);
    expect(run.record.steps.filter(({ outcome }) => outcome !== 'done')).toMatchObject([
      { step: { listen: 'response.done' }, outcome: 'not-seen', why: 'nothing came for 700 ms' },
    ]);
    // Not even the close is answered.
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('link-goes-dead-between-turns: the next question is never read', async () => {
    const run = await played('link-goes-dead-between-turns', { waitMs: 700 });
    expect(story(run)).toEqual(WHOLE_TURN);
    // Of what the client wrote, only the first question arrived.
    expect(sent(run, 1).map(({ type }) => type)).toEqual(['conversation.item.create', 'response.create']);
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });
});

describe('closing (E17)', () => {
  test('server-never-answers-the-close: the close arrives, no answer comes', async () => {
    const name = 'server-never-answers-the-close';
    const run = await played(name);
    expect(story(run)).toEqual(WHOLE_TURN);
    // An answer would have been 1000; this client has given up waiting for one.
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(run.sessions[0]?.close).toMatchObject({ code: 1000, by: 'client' });
    await withScenario(name, async (server) => {
      const client = new BareClient(server, name);
      await client.until(CREATED);
      const session = await server.nextSession();
      client.socket.close(1000);
      await session.closed;
      // The server has read it; another peer is served, and still nothing has come back.
      const other = new BareClient(server, name);
      await other.until(CREATED);
      expect(client.socket.readyState).toBe(WebSocket.CLOSING);
      client.socket.terminate();
      other.socket.terminate();
    });
  });
});

describe('handlers and sockets of old connections (E20, E21)', () => {
  test('connection-drops-three-times-before-a-tool-call: one call, one output', async () => {
    const run = await played('connection-drops-three-times-before-a-tool-call');
    expect(endings(run)).toEqual(['1006', '1006', '1006', '1000']);
    for (const connection of [1, 2, 3]) expect(story(run, connection)).toEqual(WHOLE_TURN);
    expect(story(run, 4)).toEqual([...WHOLE_TURN, ASKED, ...CALL, ASKED, ...ANSWER, ASKED, ...ANSWER]);
    const done = run.events(4).find(({ type }) => type === 'response.function_call_arguments.done');
    const outputs = sent(run, 4, 'conversation.item.create').filter(
      ({ item }) => (item as { readonly type?: unknown }).type === 'function_call_output',
    );
    expect(outputs.map(({ item }) => item)).toEqual([
      { type: 'function_call_output', call_id: done?.['call_id'], output: '12:00' },
    ]);
  });

  test('old-connection-closes-late-while-the-new-one-works: both are at work for a while', async () => {
    const name = 'old-connection-closes-late-while-the-new-one-works';
    const run = await played(name);
    expect(story(run).slice(0, 5)).toEqual([
      CREATED,
      ASKED,
      'response.created',
      'error',
      'response.output_item.added',
    ]);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
    await withScenario(name, async (server) => {
      const old = new BareClient(server, name);
      await old.until(CREATED);
      old.ask('Tell me something long.');
      await old.until('error');
      old.socket.close(1000);
      const next = new BareClient(server, name);
      await next.until(CREATED);
      next.ask('Hello.');
      await next.until('response.done');
      // A whole turn of the new connection later the old one is still about to end, and still receives.
      expect(old.socket.readyState).toBe(WebSocket.CLOSING);
      const heardBefore = old.saw.length;
      await old.closed;
      expect(old.saw.length - heardBefore).toBeGreaterThan(5);
      expect(old.saw.slice(-2)).toEqual(['response.done', 'close 1000']);
      expect(next.socket.readyState).toBe(WebSocket.OPEN);
      next.socket.terminate();
    });
  });
});

describe('what must not outlive a connection (E22, E23)', () => {
  test('session-expires-while-an-answer-is-stalled: one delta, the error, and no end', async () => {
    const run = await played('session-expires-while-an-answer-is-stalled');
    const deltas = run.types().filter((type) => type.endsWith('.delta'));
    expect(deltas).toEqual(['response.audio_transcript.delta']);
    expect(story(run)).toEqual([CREATED, ASKED, ...BEGUN, 'error', 'deltas']);
    // The connection itself is well: the client's close is answered.
    expect(endings(run)).toEqual(['1000', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('second-connection-uses-the-same-ids-again: resp_1 and item_1 both times', async () => {
    const name = 'second-connection-uses-the-same-ids-again';
    const run = await played(name);
    expect(story(run)).toEqual([
      CREATED,
      ASKED,
      ...BEGUN,
      'deltas',
      'response.audio_transcript.done',
      'response.audio.done',
      'response.content_part.done',
    ]);
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual([...WHOLE_TURN, ASKED, ...ANSWER]);
    const idsOf = (connection: number) => {
      const events = run.events(connection);
      const from = events.findIndex(({ type }) => type === 'response.created');
      const until = events.findIndex(({ type }) => type === 'response.done');
      return events.slice(from, until < 0 ? undefined : until + 1).map((event) => {
        const { id: ofItem } = (event['item'] ?? {}) as { readonly id?: string };
        const { id: ofResponse } = (event['response'] ?? {}) as { readonly id?: string };
        return [event['response_id'] ?? ofResponse, event['item_id'] ?? ofItem];
      });
    };
    for (const connection of [1, 2]) {
      const ids = idsOf(connection);
      expect(new Set(ids.map(([response]) => response ?? 'resp_1'))).toEqual(new Set(['resp_1']));
      expect(new Set(ids.map(([, item]) => item ?? 'item_1'))).toEqual(new Set(['item_1']));
      expect(ids.filter(([response]) => response !== undefined).length).toBeGreaterThan(10);
    }
    const done = run.events(2).find(({ type }) => type === 'response.done');
    expect(done?.['response']).toMatchObject({ id: 'resp_1', output: [{ id: 'item_1' }] });
  });
});

describe('session.finish (E25)', () => {
  const FINISH = 'session.finish';

  async function outcome(name: string, timeoutMs = 10_000): Promise<unknown> {
    let result: unknown;
    await withScenario(name, async (server) => {
      const conversation = conversationWith(server, name);
      await conversation.connect();
      result = await conversation.endSession({ timeoutMs }).then(
        () => 'finished',
        (error: { readonly code: string }) => error.code,
      );
      await conversation.close();
    });
    return result;
  }

  test('session-finish-is-refused-as-unknown: an error, and the session goes on', async () => {
    const run = await played('session-finish-is-refused-as-unknown');
    expect(story(run)).toEqual([...WHOLE_TURN, 'error', ASKED, ...ANSWER]);
    const error = run.events().find(({ type }) => type === 'error');
    expect(error?.['error']).toEqual({
      type: 'invalid_request_error',
      message: "Invalid value: 'session.finish'.",
    });
    expect(await outcome('session-finish-is-refused-as-unknown')).toBe('E_END_REFUSED');
  });

  test('session-finish-is-answered-by-a-close-only: 1000 and no session.finished', async () => {
    const run = await played('session-finish-is-answered-by-a-close-only');
    expect(story(run)).toEqual(WHOLE_TURN);
    expect(endings(run)).toEqual(['1000', '1000']);
    expect(run.sessions[0]?.close?.by).toBe('server');
    expect(sent(run, 1, FINISH)).toHaveLength(1);
    expect(await outcome('session-finish-is-answered-by-a-close-only')).toBe('E_CLOSED');
  });

  test('unrelated-error-comes-before-session-finished: a late refusal, then the end', async () => {
    const run = await played('unrelated-error-comes-before-session-finished');
    expect(story(run)).toEqual([...WHOLE_TURN, 'error', 'session.finished']);
    expect(run.events().at(-2)?.['error']).toEqual({
      type: 'invalid_request_error',
      message: 'Conversation has none active response',
    });
    expect(await outcome('unrelated-error-comes-before-session-finished')).toBe('finished');
  });

  test('session-finish-is-never-answered: silence on an open connection', async () => {
    const run = await played('session-finish-is-never-answered', { waitMs: 700 });
    expect(story(run)).toEqual(WHOLE_TURN);
    expect(sent(run, 1, FINISH)).toHaveLength(1);
    expect(run.record.steps.filter(({ outcome: became }) => became !== 'done')).toMatchObject([
      { step: { listen: 'session.finished' }, why: 'nothing came for 700 ms' },
    ]);
    // The close is answered: the server lives, it only does not speak of the finish.
    expect(endings(run)).toEqual(['1000', '1000']);
    expect(await outcome('session-finish-is-never-answered', 50)).toBe('E_END_TIMEOUT');
  });
});
