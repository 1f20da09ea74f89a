/**
 * The mock server as its users meet it: addresses, the list of sessions, keys of connections, seeds, the end.
 */
import { afterEach, describe, expect, test } from 'vitest';
import {
  createMockServer,
  type MockServer,
  type MockServerOptions,
  type UrlChoice,
} from '../src/mock-server/index.js';
import { LIMITS, SoundstageError } from '../src/protocol/index.js';
import type { Scenario } from '../src/scenarios/index.js';
import { Talk } from './support/talk.js';

const servers: MockServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  const server = await createMockServer(options);
  servers.push(server);
  return server;
}

/** A server that only this process can reach. */
const inMemory = (options: MockServerOptions = {}) => start({ listen: false, ...options });

function errorOf(action: () => unknown): SoundstageError {
  try {
    action();
  } catch (error) {
    if (error instanceof SoundstageError) return error;
  }
  throw new Error('expected a SoundstageError');
}

/** One session from greeting to `session.finished`, with a generated answer in it. */
async function shortSession(server: MockServer, url = server.url): Promise<void> {
  const talk = await Talk.open(server, 'memory', { url });
  talk.send(
    { type: 'session.update', session: { modalities: ['text'], instructions: 'Speak.' } },
    { type: 'response.create' },
  );
  await talk.saw.until('response.done');
  await talk.conversation.endSession();
  await talk.conversation.close();
}

describe('addresses', () => {
  test('url has no query, on a socket and without one', async () => {
    expect((await start()).url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/api-ws\/v1\/realtime$/);
    expect((await inMemory()).url).toBe('ws://memory/api-ws/v1/realtime');
  });

  test('urlFor puts the choice into the path', async () => {
    const server = await inMemory({ scenarios: { 'barge-in': {} } });
    expect(server.urlFor({ scenario: 'barge-in' })).toBe('ws://memory/s/barge-in/api-ws/v1/realtime');
    expect(server.urlFor({ scenario: 'barge-in', name: 'a b/c', seed: 7 })).toBe(
      'ws://memory/s/barge-in/a%20b%2Fc/7/api-ws/v1/realtime',
    );
  });

  test.each<[UrlChoice, string]>([
    [{ scenario: 'barge-inn' }, "No URL for 'barge-inn': the server has no such scenario. Try 'barge-in'."],
    [
      { scenario: 'barge-in', seed: 7 },
      'No URL with a seed alone: the path has the name before it. Try adding a name.',
    ],
    ...['', '.', '..', 'half \ud83d'].map((name): [UrlChoice, string] => [
      { scenario: 'barge-in', name },
      `No URL with the name '${name}': it would be no part of a path. Try a word.`,
    ]),
    ...[Number.NaN, 1.5, 2 ** 53].map((seed): [UrlChoice, string] => [
      { scenario: 'barge-in', name: 'a', seed },
      `No URL with the seed ${seed}: it is no safe integer. Try 7.`,
    ]),
  ])('urlFor refuses %j', async (choice, message) => {
    const server = await inMemory({ scenarios: { 'barge-in': {} } });
    const error = errorOf(() => server.urlFor(choice));
    expect([error.code, error.message]).toEqual(['E_URL_CHOICE', message]);
  });

  test('what urlFor makes leads there', async () => {
    const server = await inMemory({ seed: 2, scenarios: { 'barge-in': {} } });
    const url = server.urlFor({ scenario: 'barge-in', name: 'a b/c', seed: 7 });
    await Talk.open(server, 'memory', { url });
    const [session] = server.sessions;
    expect([session?.scenario, session?.connectionKey, session?.seed]).toEqual(['barge-in', 'a b/c', 7]);
  });

  test('wrong options throw before anything listens', async () => {
    await expect(createMockServer({ clock: 'fast' as 'auto' })).rejects.toMatchObject({ code: 'E_OPTION' });
    await expect(createMockServer({ port: 70_000 })).rejects.toMatchObject({ code: 'E_OPTION' });
  });
});

describe('sessions', () => {
  test('are listed from the start, oldest first, with how they ended', async () => {
    const server = await inMemory();
    const first = await Talk.open(server, 'memory');
    const second = await Talk.open(server, 'memory', { model: 'qwen3-omni-flash-realtime' });
    expect(server.sessions.map(({ id }) => id)).toEqual([
      first.conversation.sessionId,
      second.conversation.sessionId,
    ]);
    expect(server.sessions.map(({ model }) => model)).toEqual([
      'qwen3.8-omni-flash-realtime',
      'qwen3-omni-flash-realtime',
    ]);
    await first.conversation.close(1000, 'bye');
    expect(await server.sessions[0]?.closed).toEqual({ code: 1000, reason: 'bye', by: 'client' });
    expect(server.sessions.map(({ close }) => close?.by)).toEqual(['client', undefined]);
  });

  test('ended ones are forgotten beyond the limit, oldest first; a living one never', async () => {
    const server = await inMemory();
    const living = await Talk.open(server, 'memory');
    const ids: (string | null)[] = [];
    for (let count = 0; count < LIMITS.endedSessions + 2; count += 1) {
      const { conversation } = await Talk.open(server, 'memory');
      ids.push(conversation.sessionId);
      await conversation.close();
      await server.sessions.at(-1)?.closed;
    }
    expect(server.sessions.map(({ id }) => id)).toEqual([living.conversation.sessionId, ...ids.slice(2)]);
  });
});

describe('keys of connections', () => {
  test('unnamed ones are numbered, each scenario for itself', async () => {
    const server = await inMemory({ scenarios: { a: {}, b: {} } });
    const [a, b] = [server.urlFor({ scenario: 'a' }), server.urlFor({ scenario: 'b' })];
    for (const url of [server.url, a, server.url, b, a]) await Talk.open(server, 'memory', { url });
    expect(server.sessions.map(({ connectionKey }) => connectionKey)).toEqual([
      'default#1',
      'a#1',
      'default#2',
      'b#1',
      'a#2',
    ]);
  });

  test('a named connection is the same every time: ids, words, transcript', async () => {
    const server = await inMemory({ scenarios: { a: {} } });
    const url = server.urlFor({ scenario: 'a', name: 'bob' });
    for (let time = 0; time < 2; time += 1) await shortSession(server, url);
    const [one, other] = server.sessions;
    expect(one?.id).toBe(other?.id);
    expect(one?.transcript()).toBe(other?.transcript());
    const texts = server.sessions.map(({ entries }) =>
      entries.flatMap((e) => (e.kind === 'server' ? e.text : [])),
    );
    expect(texts[0]).toEqual(texts[1]);
  });
});

describe('seeds', () => {
  const idOf = async (options: MockServerOptions, seedOfUrl?: number) => {
    const server = await inMemory({ scenarios: { a: {}, seeded: { seed: 9 } }, ...options });
    const seed = seedOfUrl === undefined ? {} : { seed: seedOfUrl };
    await shortSession(server, server.urlFor({ scenario: 'a', name: 'x', ...seed }));
    return server.sessions[0]?.id;
  };

  test('the same seed repeats another server, another does not', async () => {
    expect(await idOf({ seed: 3 })).toBe(await idOf({ seed: 3 }));
    expect(await idOf({ seed: 3 })).not.toBe(await idOf({ seed: 4 }));
    expect(await idOf({})).toBe(await idOf({ seed: 1 }));
  });

  test('the seed of the URL wins over that of the scenario, which wins over that of the server', async () => {
    expect(await idOf({ seed: 3 }, 4)).toBe(await idOf({ seed: 4 }));
    expect(await idOf({ seed: 3, scenarios: { a: { seed: 4 } } })).toBe(await idOf({ seed: 4 }));
    expect(await idOf({ scenarios: { a: { seed: 4 } } }, 5)).toBe(await idOf({ seed: 5 }));
  });
});

describe('the end', () => {
  test.each(['memory', 'socket'] as const)('close() ends open connections with 1001 (%s)', async (over) => {
    const server = await start();
    const talks = [await Talk.open(server, over), await Talk.open(server, over)];
    await server.close();
    await Promise.all(talks.map((talk) => talk.saw.until('close 1001')));
    expect(server.sessions.map(({ close }) => [close?.code, close?.by])).toEqual([
      [1001, 'server'],
      [1001, 'server'],
    ]);
  });

  test('the port is free afterwards, and a second close() does nothing', async () => {
    const server = await start();
    await Talk.open(server, 'socket');
    await server.close();
    await server.close();
    const { port } = new URL(server.url);
    expect((await start({ port: Number(port) })).url).toBe(server.url);
  });

  test('the log stays readable', async () => {
    const server = await inMemory();
    await shortSession(server);
    const [session] = server.sessions;
    await session?.closed;
    await server.close();
    expect(session?.entries[0]?.kind).toBe('open');
    expect(session?.entries.at(-1)).toMatchObject({ kind: 'close', by: 'client', code: 1000 });
    expect(session?.transcriptHash()).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('advance', () => {
  test('moves a session to its idle close', async () => {
    const server = await inMemory({ idleCloseMs: 5_000 });
    const talk = await Talk.open(server, 'memory');
    server.sessions[0]?.advance(5_000);
    expect(await talk.saw.until('close')).toMatch(/^close 1007 Your session was closed because no response/);
  });

  test.each([-1, 0.5, Number.NaN])('refuses %d', async (byMs) => {
    const server = await inMemory();
    await Talk.open(server, 'memory');
    expect(errorOf(() => server.sessions[0]?.advance(byMs)).code).toBe('E_ADVANCE');
  });
});

test('of several scenarios the wrong one is named', async () => {
  const broken = { replies: [{ txt: 'x' }] } as unknown as Scenario;
  await expect(createMockServer({ listen: false, scenarios: { fine: {}, broken } })).rejects.toMatchObject({
    code: 'E_SCENARIO',
    message: "Scenario 'broken': Cannot play replies[0].txt: there is no such key. Try 'text'.",
    details: { scenario: 'broken', path: 'replies[0].txt' },
  });
});
