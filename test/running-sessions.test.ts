/**
 * Reaching into a running session from the same process: waiting, injecting, holding, faults at once. Every wait has an
 * end, and says what was seen instead.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MultiModality, OmniRealtimeConversation } from '../src/client/index.js';
import { createMockServer, type MockServer, type ServerSession } from '../src/mock-server/index.js';
import { SoundstageError } from '../src/protocol/index.js';

let server: MockServer;
let conversation: OmniRealtimeConversation;
let session: ServerSession;

beforeEach(async () => {
  server = await createMockServer({
    scenario: { replies: [{ text: 'One two three.' }, { text: 'Four five.' }] },
  });
  conversation = open();
  await conversation.connect();
  session = await server.nextSession();
  conversation.updateSession({ outputModalities: [MultiModality.TEXT], enableTurnDetection: false });
  await session.waitFor('session.updated');
});

afterEach(async () => {
  await conversation.close();
  await server.close();
});

function open(): OmniRealtimeConversation {
  return new OmniRealtimeConversation({
    model: 'qwen3.5-omni-flash-realtime',
    url: server.url,
    apiKey: 'any',
    validate: false,
  });
}

async function refusalOf(act: () => unknown): Promise<SoundstageError> {
  const error: unknown = await Promise.resolve()
    .then(act)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  if (error instanceof SoundstageError) return error;
  throw new Error(`expected a SoundstageError, got ${String(error)}`);
}

const received = (type: string) =>
  new Promise<Record<string, unknown>>((resolve) => {
    const stop = conversation.on(type, (event) => {
      stop();
      resolve(event as unknown as Record<string, unknown>);
    });
  });

describe('nextSession', () => {
  test('hands out every session once, in the order of the connections', async () => {
    const others = [open(), open()];
    for (const other of others) await other.connect();
    const [second, third] = [await server.nextSession(), await server.nextSession()];
    expect([session, second, third].map(({ id }) => id)).toEqual(server.sessions.map(({ id }) => id));
    await Promise.all(others.map((other) => other.close()));
  });

  test('several waits are served in the order they were asked', async () => {
    const waits = [server.nextSession(), server.nextSession()];
    const others = [open(), open()];
    for (const other of others) await other.connect();
    const ids = (await Promise.all(waits)).map(({ id }) => id);
    expect(ids).toEqual(others.map(({ sessionId }) => sessionId));
    await Promise.all(others.map((other) => other.close()));
  });

  test('nobody comes: it says so in time', async () => {
    const error = await refusalOf(() => server.nextSession({ timeoutMs: 20 }));
    expect([error.code, error.message]).toEqual([
      'E_WAIT',
      expect.stringMatching(/nobody connected within 20 ms.*1 upgrades? seen/),
    ]);
  });
});

describe('waitFor', () => {
  test('finds what has been, what comes, and what it is told about it', async () => {
    conversation.createResponse({ instructions: 'Speak.' });
    expect(await session.waitFor({ event: 'response.text.delta', nth: 2 })).toMatchObject({
      from: 'server',
      type: 'response.text.delta',
      event: { delta: ' two' },
    });
    expect(await session.waitFor('response.create')).toMatchObject({ from: 'client' });
    const done = await session.waitFor({ event: 'response.done', where: { 'response.status': 'completed' } });
    expect(done.atMs).toBeGreaterThan(0);
  });

  test('ends by wall time and says what was seen instead', async () => {
    const error = await refusalOf(() => session.waitFor('response.done', { timeoutMs: 20 }));
    expect(error.message).toMatch(
      /^Waiting for response\.done failed: it did not come within 20 ms\. Last seen: session\.created, client session\.update, session\.updated\. Try/,
    );
    expect(error.details['seen']).toEqual(['session.created', 'client session.update', 'session.updated']);
  });

  test('ends by virtual time, as soon as the clock has passed it', async () => {
    const waiting = session.waitFor('response.done', { withinMs: 1_000, timeoutMs: 60_000 });
    session.advance(1_000);
    session.advance(1);
    expect((await refusalOf(() => waiting)).message).toContain(
      'it did not come within 1000 ms of virtual time',
    );
  });

  test('ends with the session, and at once for one that is over', async () => {
    const waiting = session.waitFor('response.done', { timeoutMs: 60_000 });
    const refusal = refusalOf(() => waiting);
    await conversation.close();
    expect((await refusal).message).toContain('the connection ended before it came (client, 1000)');
    expect((await refusalOf(() => session.waitFor('response.done'))).message).toContain(
      'the connection ended',
    );
  });
});

describe('inject', () => {
  test('an event gets an id, a text goes out as it is, and the service keeps its own ids', async () => {
    const plain = await createMockServer();
    const arrived = received('x.new');
    session.inject({ type: 'x.new', value: 1 });
    expect(await arrived).toEqual({ event_id: expect.stringMatching(/^event_/), type: 'x.new', value: 1 });
    session.inject('no JSON');
    const entry = session.entries.findLast(({ kind }) => kind === 'server');
    expect(entry).toMatchObject({ text: 'no JSON', disposition: 'invented', intended: undefined });
    await plain.close();
  });
});

describe('hold', () => {
  test('stops a lane at once and lets go when released', async () => {
    const hold = session.hold();
    conversation.createResponse({ instructions: 'Speak.' });
    await session.waitFor('response.create');
    expect([hold.isHolding, session.transcript().includes('response.created')]).toEqual([true, false]);
    hold.release();
    await session.waitFor('response.done');
    expect(hold.isHolding).toBe(false);
    hold.release();
  });

  test('begins after an event and ends by itself', async () => {
    const hold = session.hold({
      after: { event: 'response.text.delta', nth: 2 },
      until: { event: 'response.cancel' },
    });
    conversation.createResponse({ instructions: 'Speak.' });
    await session.waitFor({ event: 'response.text.delta', nth: 2 });
    expect(hold.isHolding).toBe(true);
    conversation.cancelResponse();
    await session.waitFor('response.output_item.done');
    expect(hold.isHolding).toBe(false);
  });

  test('by some virtual time', async () => {
    session.hold({ after: { event: 'response.created' }, until: { ms: 5_000 } });
    conversation.createResponse({ instructions: 'Speak.' });
    const { atMs } = await session.waitFor('response.text.delta');
    expect(atMs).toBeGreaterThanOrEqual(5_000);
  });

  test('a hold that is none is refused by its path', async () => {
    const error = await refusalOf(() => session.hold({ lane: 'respnse' as 'response' }));
    expect([error.code, error.message]).toEqual(['E_SCENARIO', expect.stringContaining("Try 'response'")]);
  });
});

describe('fault', () => {
  test('without an address it strikes at once, with one when the message comes', async () => {
    const arrived = received('x.now');
    session.fault({ do: 'inject', events: [{ type: 'x.now' }] });
    await arrived;
    session.fault({ do: 'drop', at: { event: 'response.done' } });
    conversation.createResponse({ instructions: 'Speak.' });
    await session.waitFor('response.output_item.done');
    expect(session.transcript()).not.toContain('"response.done"');
    conversation.createResponse({ instructions: 'Again.' });
    await session.waitFor('response.done');
  });

  test('a reset at once', async () => {
    session.fault({ do: 'reset' });
    expect(await session.closed).toMatchObject({ by: 'dropped', code: undefined });
  });

  test.each([
    ['of no kind', { do: 'dorp' }, "Try 'drop'"],
    ['that needs a message', { do: 'drop' }, 'drop needs a message to strike at'],
    ['that is no object', 'drop', 'is no plain object'],
  ])('one %s is refused', async (_what, fault, says) => {
    const error = await refusalOf(() => session.fault(fault as never));
    expect([error.code, error.message]).toEqual(['E_SCENARIO', expect.stringContaining(says)]);
  });
});

test('what is done from outside is in the log, and a session that is over refuses it', async () => {
  session.fault({ do: 'error', refusal: 'model-timeout' });
  session.end(4000, 'Enough.');
  expect(await session.closed).toEqual({ by: 'server', code: 4000, reason: 'Enough.' });
  const remarks = session.entries.flatMap((entry) =>
    entry.kind === 'note' ? [[entry.code, entry.details['what']]] : [],
  );
  expect(remarks.filter(([code]) => code === 'control')).toEqual([
    ['control', 'fault'],
    ['control', 'close'],
  ]);
  for (const act of [
    () => session.inject('x'),
    () => session.hold(),
    () => session.fault({ do: 'reset' }),
    () => session.end(),
  ]) {
    expect((await refusalOf(act)).code).toBe('E_SESSION_ENDED');
  }
});
