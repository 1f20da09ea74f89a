/**
 * Verification as a test of a client uses it: a server in memory, the reference client, and `server.verify`.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Verification } from '../src/assertions/index.js';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/mock-server/index.js';
import { SoundstageError } from '../src/protocol/index.js';
import { renderVerification } from '../src/report/index.js';
import { loadScenarioText } from '../src/scenarios/files/index.js';
import type { Scenario } from '../src/scenarios/index.js';
import { Talk } from './support/talk.js';

const servers: MockServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(scenario: Scenario | string, options: MockServerOptions = {}): Promise<MockServer> {
  const given =
    typeof scenario === 'string'
      ? loadScenarioText(`version: 1\n${scenario}`, { file: 'test.yaml' })
      : scenario;
  const server = await createMockServer({ listen: false, scenario: given, ...options });
  servers.push(server);
  return server;
}

const open = (server: MockServer, url = server.url) => Talk.open(server, 'memory', { url });

const setup = { type: 'session.update', session: { modalities: ['text'], turn_detection: null } };
const question = {
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello?' }] },
};
const create = { type: 'response.create' };
const cancel = { type: 'response.cancel' };

/** One written turn, from the question to the end of its answer. */
async function turn(talk: Talk): Promise<void> {
  const before = talk.events.filter(({ type }) => type === 'response.done').length;
  talk.send(question, create);
  await talk.saw.untilCount('response.done', before + 1);
}

async function leave(server: MockServer, talk: Talk): Promise<void> {
  await talk.conversation.close();
  await Promise.all(server.sessions.map(({ closed }) => closed));
}

/** Places of the checks that failed. */
const failed = ({ checks }: Verification) => checks.filter(({ ok }) => !ok).map(({ place }) => place);
const sawAt = ({ checks }: Verification, wanted: string) => checks.find(({ place }) => place === wanted)?.saw;

describe('faults', () => {
  const dropNth = (nth: number, more = '') =>
    `faults:\n  - { do: drop, at: { event: response.done, nth: ${nth} }${more} }`;

  test('one that strikes passes', async () => {
    const server = await start(dropNth(1));
    const talk = await open(server);
    talk.send(setup, question, create);
    await talk.saw.until('response.text.done');
    await leave(server, talk);
    expect(failed(server.verify())).toEqual([]);
    expect(sawAt(server.verify(), 'faults[0]')).toMatch(/^once: at \d+ ms$/);
  });

  test('a mistake in an address cannot pass', async () => {
    const server = await start(dropNth(5));
    const talk = await open(server);
    talk.send(setup);
    await turn(talk);
    expect(sawAt(server.verify(), 'faults[0]')).toBe('not yet: 1 connection still open');
    await leave(server, talk);
    expect(failed(server.verify())).toEqual(['faults[0]']);
    expect(sawAt(server.verify(), 'faults[0]')).toBe(
      'never: 1 message fitted its address, and it struck none',
    );
  });

  test('optional ones may stay away', async () => {
    const server = await start(dropNth(5, ', optional: true'));
    await leave(server, await open(server));
    expect(server.verify().ok).toBe(true);
    expect(sawAt(server.verify(), 'faults[0]')).toBe('never reached: no message fitted its address');
  });
});

describe('holds', () => {
  const hold = (event: string, more = '') =>
    `holds:\n  - { after: { event: ${event} }, until: { event: response.cancel }${more} }`;

  test('one that is never reached fails when the session has ended, unless it is optional', async () => {
    for (const [more, places] of [
      ['', ['holds[0]']],
      [', optional: true', []],
    ] as const) {
      const server = await start(hold('response.audio.delta', more));
      const talk = await open(server);
      expect(server.verify().ok).toBe(true);
      await leave(server, talk);
      expect(failed(server.verify())).toEqual(places);
    }
  });

  test('one that times out fails', async () => {
    const server = await start(hold('response.text.delta', ', patienceMs: 1000'));
    const talk = await open(server);
    talk.send(setup, question, create);
    await talk.saw.until('response.text.delta');
    expect(server.verify().ok).toBe(true);
    server.sessions[0]?.advance(1000);
    expect(failed(server.verify())).toEqual(['holds[0]']);
  });
});

describe('expectations', () => {
  const scenario = `
holds: [{ after: { event: response.text.delta }, until: { event: response.cancel } }]
expect:
  - sends: session.update
    where: { session.turn_detection: null }
    before: { event: response.created }
  - sends: response.cancel
    times: 1
    after: { event: response.created }
    because: A second one is refused.
  - connects: { atMost: 1 }
  - ends: { by: client, code: 1000 }
  - keeps: cancel-when-active
  - keeps: setup-first
`;

  async function cancelAnAnswer(server: MockServer, cancels: number, first: object = setup): Promise<Talk> {
    const talk = await open(server);
    talk.send({ ...first });
    await talk.saw.until('session.updated');
    talk.send(question, create);
    await talk.saw.until('response.text.delta');
    talk.send(...Array.from({ length: cancels }, () => cancel));
    return talk;
  }

  test('are met by a good client', async () => {
    const server = await start(scenario);
    await leave(server, await cancelAnAnswer(server, 1));
    const verification = server.verify();
    expect(verification.checks.map(({ ok, what, saw }) => `${ok} ${what}: ${saw}`)).toEqual([
      'true the log holds everything that happened: 1 connection',
      'true the hold after response.text.delta until response.cancel is reached and let go in time: began once: at 300 ms',
      'true the client sends session.update with session.turn_detection null at least once before response.created: once: at 0 ms',
      'true the client sends response.cancel exactly once after response.created: once: at 300 ms',
      'true the client connects at most once: once: accepted',
      'true every connection is closed by the client and ends with code 1000: connection 1 ended at 300 ms by client, code 1000',
      'true the client keeps cancel-when-active: No response.cancel while no response is active, and at most one for a response: kept by all cancels: 1',
      'true the client keeps setup-first: The first append or response.create comes after session.updated: kept by all first requests: 1',
    ]);
    expect(renderVerification(verification)).toMatch(/\n8 checks, 0 failed$/);
  });

  test('are broken by a worse one, each by itself', async () => {
    const server = await start(scenario);
    const talk = await cancelAnAnswer(server, 3, {
      type: 'session.update',
      session: { modalities: ['text'] },
    });
    await talk.conversation.close(3000);
    await server.sessions[0]?.closed;
    await open(server);
    expect(failed(server.verify())).toEqual([
      'expect[0]',
      'expect[1]',
      'expect[2]',
      'expect[3]',
      'expect[4]',
    ]);
    expect(renderVerification(server.verify())).toContain('(because: A second one is refused.)');
    const late = await start(scenario);
    const eager = await open(late);
    eager.send(question, create);
    await eager.saw.until('response.created');
    expect(failed(late.verify())).toContain('expect[5]');
  });
});

describe('the probe', () => {
  const scenario = `
faults: [{ do: drop, at: { event: response.done } }]
probe: true
`;

  test('is met by a clean turn after the fault', async () => {
    const server = await start(scenario);
    const talk = await open(server);
    talk.send(setup, question, create);
    await talk.saw.until('response.text.done');
    expect(failed(server.verify())).toEqual(['probe']);
    await turn(talk);
    expect(failed(server.verify())).toEqual([]);
  });

  test('is broken by a client that goes on no more, or without a whole answer', async () => {
    const server = await start(`
faults:
  - { do: drop, at: { event: response.created } }
  - { do: duplicate, at: { event: response.text.done, response: 2 } }
probe: true
`);
    const talk = await open(server);
    talk.send(setup);
    await turn(talk);
    await turn(talk);
    expect(failed(server.verify())).toEqual(['probe']);
    expect(sawAt(server.verify(), 'probe')).toMatch(
      /^no response was created after faults\[1\] struck at \d+ ms$/,
    );
    await turn(talk);
    expect(server.verify().ok).toBe(true);
  });

  test('may come on the connection after the one that was lost, and after refused attempts', async () => {
    const server = await start(`
faults:
  - { do: refuse-upgrade, status: 503, at: { connection: 2 } }
  - { do: reset, at: { event: response.text.delta, connection: 1 } }
expect: [{ connects: { times: 3 } }, { ends: { by: dropped }, connection: 1 }, { ends: { by: nobody }, connection: 3 }]
probe: true
`);
    const talk = await open(server);
    talk.send(setup, question, create);
    await server.sessions[0]?.closed;
    await expect(open(server)).rejects.toThrow('503');
    expect(failed(server.verify())).toEqual(['expect[0]', 'expect[2]', 'probe']);
    expect(sawAt(server.verify(), 'probe')).toContain('after the upgrade of connection 2 was refused');
    const third = await open(server);
    third.send(setup);
    await turn(third);
    expect(failed(server.verify())).toEqual([]);
  });

  test('of a verbatim scenario counts what it sends', async () => {
    const server = await start(`
verbatim:
  - send: { type: session.created, session: { id: sess_1 } }
  - wait: response.create
  - send: { type: response.created, response: { id: resp_1, status: in_progress, output: [] } }
  - send: { type: response.done, response: { id: resp_1, status: completed, output: [] } }
probe: true
`);
    const talk = await open(server);
    expect(failed(server.verify())).toEqual(['probe']);
    talk.send(create);
    await talk.saw.until('response.done');
    expect(failed(server.verify())).toEqual([]);
  });
});

describe('whose sessions', () => {
  const quiet: Scenario = { expect: [{ sends: 'response.create', times: 0 }] };
  const loud: Scenario = { expect: [{ sends: 'response.create' }] };

  test('each scenario is judged by its own connections', async () => {
    const server = await start('', { scenarios: { quiet, loud } });
    const talk = await open(server, server.urlFor({ scenario: 'loud' }));
    talk.send(setup);
    await turn(talk);
    await open(server, server.urlFor({ scenario: 'quiet' }));
    expect([server.verify('quiet').ok, server.verify('loud').ok]).toEqual([true, true]);
    expect(failed(server.verify())).toEqual(['log']);
    await open(server);
    expect(server.verify().ok).toBe(true);
  });

  test('the default one by its name, where it has one', async () => {
    const server = await start({}, { scenario: 'loud', scenarios: { quiet, loud } });
    await open(server);
    expect(failed(server.verify())).toEqual(['expect[0]']);
    expect(server.verify()).toEqual(server.verify('loud'));
  });

  test('a scenario that the server does not have is refused with the nearest name', async () => {
    const server = await start('', { scenarios: { quiet, loud }, library: false });
    const attempt = () => server.verify('quite');
    expect(attempt).toThrow(SoundstageError);
    expect(attempt).toThrow("Cannot verify 'quite': the server has no such scenario. Try 'quiet'.");
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'E_SCENARIO_UNKNOWN',
        details: { name: 'quite', nearest: 'quiet' },
      });
    }
  });

  test('a log that was too small says so', async () => {
    const server = await start('', { sessionLogBytes: 2_000 });
    const talk = await open(server);
    talk.send(setup);
    await turn(talk);
    expect(failed(server.verify())).toEqual(['log']);
    expect(sawAt(server.verify(), 'log')).toContain('raise sessionLogBytes');
  });
});
