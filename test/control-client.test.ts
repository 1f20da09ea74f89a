/**
 * The client of the control API against a real server: one method for each route, values as they come, refusals with
 * the server's own code.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type ControlClient,
  type ControlLogEntry,
  createControlClient,
} from '../src/control-client/index.js';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/index.js';
import { CONTROL_ROUTES } from '../src/mock-server/control/routes.js';
import { create, manual, userText } from './support/client-messages.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import { Talk } from './support/talk.js';

let server: MockServer | undefined;
let other: Server | undefined;

afterEach(async () => {
  await server?.close();
  other?.closeAllConnections();
  other?.close();
  server = undefined;
  other = undefined;
});

async function serve(
  options: MockServerOptions = {},
): Promise<{ server: MockServer; control: ControlClient }> {
  server = await createMockServer(options);
  return { server, control: createControlClient(server.controlUrl ?? '') };
}

/** The URL of an HTTP server that is no soundstage. */
async function elsewhere(status: number, body: string): Promise<string> {
  other = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
}

test('it has a method for every route, and one to follow a log', () => {
  const methods = Object.keys(createControlClient('http://127.0.0.1:1'));
  expect(methods.sort()).toEqual([...CONTROL_ROUTES.map(({ name }) => name), 'followLog'].sort());
});

test('any URL of the server will do', async () => {
  const { server } = await serve();
  const origin = new URL(server.controlUrl ?? '').origin;
  for (const url of [server.controlUrl ?? '', origin, `${origin}/`, `${origin}/__soundstage`, server.url])
    expect((await createControlClient(url).health()).url).toBe(server.url);
  expect(() => createControlClient('127.0.0.1:8787')).toThrow(
    expect.objectContaining({
      code: 'E_CONTROL_URL',
      message: "Cannot steer '127.0.0.1:8787': it is no URL of a server. Try http://127.0.0.1:8787.",
    }),
  );
});

describe('its methods', () => {
  test('read and forget what the server has seen', async () => {
    const { server, control } = await serve();
    const next = control.nextSession({ timeoutMs: 30_000 });
    const talk = await Talk.open(server, 'memory');
    const { id } = await next;
    expect((await control.index()).routes.length).toBe(CONTROL_ROUTES.length);
    expect((await control.openApi())['openapi']).toBe('3.1.0');
    expect(await control.upgrades()).toMatchObject([{ answer: 'accepted' }]);
    expect(await control.sessions()).toMatchObject([{ id }]);
    expect(await control.session('default#1')).toMatchObject({
      id,
      transcriptHash: server.sessions[0]?.transcriptHash(),
    });
    expect(await control.transcript('latest', { timed: true })).toEqual({
      text: server.sessions[0]?.transcript({ timed: true }),
      hash: server.sessions[0]?.transcriptHash(),
    });
    expect((await control.log(id, { kind: ['server', 'open'], from: 1, limit: 1 }))[0]).toMatchObject({
      type: 'session.created',
    });
    expect((await control.verify()).ok).toBe(true);
    await talk.conversation.close();
    await server.sessions[0]?.closed;
    expect(await control.reset('all')).toMatchObject({ sessions: 0, upgrades: 0 });
  });

  test('reach into a session', async () => {
    const { server, control } = await serve();
    const talk = await Talk.open(server, 'memory');
    await control.inject('latest', { type: 'x.news', headline: 'Snow' });
    await control.inject('latest', JSON.stringify({ type: 'x.text' }));
    await talk.saw.until('x.text');
    await control.addFault('latest', { do: 'drop', at: { event: 'response.created' } });
    const { index } = await control.addHold('latest');
    talk.send(manual, userText('Hello?'), create);
    await control.waitFor('latest', { event: 'response.create', from: 'client', timeoutMs: 30_000 });
    expect(await control.holds('latest')).toMatchObject([{ index, phase: 'holding' }]);
    expect(await control.clock('latest')).toMatchObject({ isHolding: true });
    expect(await control.releaseHold('latest', index)).toMatchObject({ released: true });
    await talk.saw.until('response.done');
    expect(talk.saw.list).not.toContain('response.created');
    const { nowMs } = await control.clock('latest');
    expect((await control.advance('latest', 500)).nowMs).toBe(nowMs + 500);
    await control.closeSession('latest', { code: 4000, reason: 'enough' });
    await talk.saw.until('close 4000 enough');
  });

  test('add, show and remove scenarios, given as values or as YAML', async () => {
    const { control } = await serve({ library: false });
    expect(await control.putScenario('one', { summary: 'One.' })).toEqual({
      name: 'one',
      source: 'own',
      summary: 'One.',
    });
    await control.putScenario('two', 'version: 1\nsummary: Two.\n');
    expect((await control.scenarios()).map(({ name }) => name)).toEqual(['one', 'two']);
    expect(await control.scenario('two')).toEqual({ version: 1, summary: 'Two.' });
    await control.deleteScenario('one');
    expect((await control.scenarios()).map(({ name }) => name)).toEqual(['two']);
  });

  test('encode what they put into a path', async () => {
    const { server, control } = await serve({ scenarios: { kitchen: {} } });
    const url = server.urlFor({ scenario: 'kitchen', name: 'a/b?c#d %' });
    await Talk.open(server, 'memory', { url });
    expect((await control.session('a/b?c#d %')).connectionKey).toBe('a/b?c#d %');
  });
});

describe('following a log', () => {
  test('gives entries as they happen, to the end of the session', async () => {
    const { server, control } = await serve();
    const talk = await Talk.open(server, 'memory');
    const seen: ControlLogEntry[] = [];
    for await (const entry of control.followLog('latest', { kind: ['server', 'close'] })) {
      seen.push(entry);
      if (seen.length === 1) await control.inject('latest', { type: 'x.näws' });
      if (seen.length === 2) await talk.conversation.close();
    }
    expect(seen.map((entry) => ('type' in entry ? entry.type : entry.kind))).toEqual([
      'session.created',
      'x.näws',
      'close',
    ]);
  });

  test('can be left, and given up', async () => {
    const { server, control } = await serve();
    await Talk.open(server, 'memory');
    for await (const entry of control.followLog('latest')) {
      expect(entry.kind).toBe('open');
      break;
    }
    const left = new AbortController();
    const entries = control.followLog('latest', { kind: ['open', 'close'], signal: left.signal });
    await entries.next();
    const next = entries.next();
    const enough = new Error('enough');
    left.abort(enough);
    await expect(next).rejects.toBe(enough);
  });

  test('a stream that is cut off is no end of the session', async () => {
    other = createServer((_request, response) => {
      response.writeHead(200).write('{"number":0}\n{"num');
      setImmediate(() => response.destroy());
    });
    await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', resolve));
    const broken = createControlClient(`http://127.0.0.1:${(other.address() as AddressInfo).port}`).followLog(
      'x',
    );
    expect((await broken.next()).value).toEqual({ number: 0 });
    await expect(broken.next()).rejects.toMatchObject({ code: 'E_CONTROL_CUT_OFF' });
  });
});

describe('what goes wrong', () => {
  test('has the code and message of the server, its details and the status', async () => {
    const { server, control } = await serve();
    await expect(control.session('latest')).rejects.toMatchObject({
      name: 'SoundstageError',
      code: 'E_SESSION_UNKNOWN',
      message:
        'There is no latest session: nobody has connected. Try sessions/next, which waits for the first.',
      details: { status: 404 },
    });
    await Talk.open(server, 'memory');
    await expect(
      control.addFault('latest', { do: 'drop', at: { event: 'nothing' } } as never),
    ).rejects.toMatchObject({
      code: 'E_SCENARIO',
      details: { path: 'at.event', status: 400 },
    });
    await expect(control.waitFor('latest', { event: 'response.done', timeoutMs: 1 })).rejects.toMatchObject({
      code: 'E_WAIT',
      details: { seen: ['session.created'], status: 408 },
    });
    await expect(control.nextSession({ timeoutMs: -1 })).rejects.toMatchObject({ code: 'E_CONTROL_QUERY' });
  });

  test('a token opens the door', async () => {
    const { server, control } = await serve({ controlToken: 'secret' });
    await expect(control.health()).rejects.toMatchObject({
      code: 'E_CONTROL_REFUSED',
      details: { status: 403 },
    });
    const { ready } = await createControlClient(server.url, { token: 'secret' }).health();
    expect(ready).toBe(true);
  });

  test('a wait can be given up, and the server forgets it', async () => {
    const clock = new HandWoundClock();
    const { server, control } = await serve({ wallClock: clock });
    const left = new AbortController();
    const waiting = control.nextSession({ timeoutMs: 60_000, signal: left.signal });
    await clock.untilTimer();
    left.abort();
    await expect(waiting).rejects.toThrow(/abort/);
    await clock.untilIdle();
    await Talk.open(server, 'memory');
    const leftAgain = new AbortController();
    const match = { event: 'response.done', timeoutMs: 60_000 };
    const waitingAgain = control.waitFor('latest', match, { signal: leftAgain.signal });
    await clock.untilTimer();
    leftAgain.abort();
    await expect(waitingAgain).rejects.toThrow(/abort/);
    await clock.untilIdle();
  });

  test('nobody answers, or somebody else does', async () => {
    const { server, control } = await serve();
    await server.close();
    await expect(control.health()).rejects.toMatchObject({
      code: 'E_CONTROL_UNREACHABLE',
      message: expect.stringMatching(
        /^Asking http:\S+ failed: .+ Try starting the server, or its own control URL\.$/,
      ),
    });
    await expect(createControlClient(await elsewhere(502, '<html>')).health()).rejects.toMatchObject({
      code: 'E_CONTROL_ANSWER',
      details: { status: 502 },
    });
  });
});
