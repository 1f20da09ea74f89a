/** Something throws inside a session: that session ends and its log says why, and nobody else is any the worse for it. */
import { afterEach, describe, expect, test } from 'vitest';
import { createMockServer, type MockServer, type ServerSession } from '../src/mock-server/index.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import { Talk } from './support/talk.js';

const FAILURE = new Error('a follower of the log that throws');
const servers: MockServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A paced session that throws at its first delta, and one beside it that does not. */
async function twoTalks() {
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const wallClock = new HandWoundClock();
  const delivery = { firstDeltaMs: 500 };
  const server = await createMockServer({
    listen: false,
    wallClock,
    clock: 'paced',
    scenario: { replies: [{ text: 'One.', delivery }] },
  });
  servers.push(server);
  const failing = await Talk.open(server, 'memory');
  const other = await Talk.open(server, 'memory');
  const [session] = server.sessions;
  if (session === undefined) throw new Error('the server has no session');
  session.onEntry((entry) => {
    if (entry.kind === 'server' && entry.text?.includes('.delta"')) throw FAILURE;
  });
  for (const talk of [failing, other]) {
    const settings = { turn_detection: null, modalities: ['text'], instructions: 'Speak.' };
    talk.send({ type: 'session.update', session: settings }, { type: 'response.create' });
    await talk.saw.until('response.created');
  }
  return { wallClock, failing, other, session, warned };
}

function logOf(session: ServerSession): unknown[] {
  return session.entries
    .slice(-2)
    .map((entry) => (entry.kind === 'note' ? [entry.code, entry.details] : entry.kind));
}

async function expectEnd(session: ServerSession, warned: Promise<unknown>): Promise<void> {
  expect(await session.closed).toEqual({ code: 1011, reason: 'Internal service error: null', by: 'server' });
  expect(logOf(session)).toEqual([['session-failed', { error: `${FAILURE}` }], 'close']);
  expect(await warned).toBe(FAILURE);
}

describe('a throw inside a session', () => {
  test('from a timer ends that session and nothing else', async () => {
    const { wallClock, failing, other, session, warned } = await twoTalks();
    for (let times = 0; times < 2; times += 1) wallClock.fire(Math.min(...wallClock.waitingMs));
    await failing.saw.until('close 1011');
    await expectEnd(session, warned);
    expect(() => session.inject('x')).toThrow(/its connection has ended/);
    for (let tick = 0; tick < 100 && wallClock.waitingMs.length > 0; tick += 1) {
      wallClock.fire(Math.min(...wallClock.waitingMs));
      await Promise.resolve();
    }
    expect(other.saw.list).toContain('response.done');
  });

  test('from what a test asks of it is told to the test, too', async () => {
    const { session, warned } = await twoTalks();
    expect(() => session.advance(1_000)).toThrow(FAILURE);
    await expectEnd(session, warned);
  });
});
