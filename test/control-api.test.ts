/**
 * The control API over real HTTP: every route's good case, and what each says to somebody who asks for too much, too
 * late or in the wrong way. Each answer is held against the description of the API on its way.
 */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/index.js';
import { LIMITS } from '../src/protocol/index.js';
import { create, manual, userText } from './support/client-messages.js';
import {
  ask,
  CONTROL_DOCUMENT,
  type ControlRequestOptions,
  seenAnswers,
} from './support/control-requests.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import { Talk } from './support/talk.js';

let server: MockServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server, and how to ask its control API. */
async function serve(options: MockServerOptions = {}) {
  const started = await createMockServer(options);
  server = started;
  const base = started.controlUrl ?? 'none';
  const call = (method: string) => (path: string, more?: ControlRequestOptions) =>
    ask(base, method, path, more);
  return {
    server: started,
    base,
    get: call('GET'),
    post: (path: string, json?: unknown) => ask(base, 'POST', path, json === undefined ? {} : { json }),
    put: call('PUT'),
    remove: call('DELETE'),
    raw: (method: string, path: string, more?: ControlRequestOptions) => ask(base, method, path, more),
    talk: () => Talk.open(started, 'memory'),
  };
}

const errorOf = ({
  status,
  json,
}: {
  status: number;
  json: { error: { code: string; message: string } };
}) => [status, json.error.code, json.error.message];

/** Asks for a spoken answer in manual mode. */
function askForAnswer(talk: Talk): void {
  talk.send(manual, userText('Hello?'), create);
}

describe('the server as a whole', () => {
  test('health says where clients connect and what has been seen', async () => {
    const { server, get, talk } = await serve({ library: false, scenarios: { kitchen: {} } });
    await talk();
    const { status, json, headers } = await get('health');
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        ready: true,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        url: server.url,
        counts: { sessions: 1, openSessions: 1, upgrades: 1, scenarios: 1 },
      },
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('the root lists every route, with and without its last slash', async () => {
    const { base, get } = await serve();
    const { json } = await get('');
    expect(json.routes).toContainEqual({
      method: 'POST',
      path: '/__soundstage/sessions/{id}/holds/{index}/release',
      summary: 'Lets the lane of a hold go on.',
    });
    expect((await fetch(base.slice(0, -1))).status).toBe(200);
  });

  test('the description is served as it ships', async () => {
    const { get } = await serve();
    expect((await get('openapi.json')).json).toEqual(CONTROL_DOCUMENT);
  });

  test('upgrades are listed, and forgotten by a reset of sessions that leaves open ones alone', async () => {
    const { get, post, talk } = await serve();
    const first = await talk();
    await talk();
    await first.conversation.close();
    await server?.sessions[0]?.closed;
    expect((await get('upgrades')).json).toMatchObject([
      { scenario: null, connection: 1, answer: 'accepted', status: 101 },
      { connection: 2 },
    ]);
    const { json } = await post('reset', { what: 'sessions' });
    expect(json).toMatchObject({ sessions: 1, openSessions: 1, upgrades: 0 });
    expect((await get('sessions')).json).toMatchObject([{ connectionKey: 'default#2', close: null }]);
  });

  test('a reset of counters numbers connections from 1 again; one of all takes back scenarios too', async () => {
    const { get, post, put, talk } = await serve({ library: false });
    await talk();
    await post('reset', { what: 'counters' });
    await talk();
    expect((await get('sessions')).json.map((session: { connection: number }) => session.connection)).toEqual(
      [1, 1],
    );
    await put('scenarios/added', { json: {} });
    expect((await post('reset', { what: 'scenarios' })).json.scenarios).toBe(0);
    await put('scenarios/added', { json: {} });
    expect((await post('reset', { what: 'all' })).json.scenarios).toBe(0);
  });

  test('verify gives the verdict of a scenario check by check', async () => {
    const expect1 = { sends: 'session.finish', because: 'a session ends politely' } as const;
    const { post, server } = await serve({ scenarios: { polite: { expect: [expect1] } } });
    const talk = await Talk.open(server, 'memory', { url: server.urlFor({ scenario: 'polite' }) });
    const before = await post('verify', { scenario: 'polite' });
    expect(before.json.ok).toBe(false);
    expect(before.json.checks).toContainEqual(
      expect.objectContaining({ ok: false, place: 'expect[0]', because: 'a session ends politely' }),
    );
    talk.send({ type: 'session.finish' });
    await talk.saw.until('session.finished');
    expect((await post('verify', { scenario: 'polite' })).json.ok).toBe(true);
    await Talk.open(server, 'memory');
    expect((await post('verify')).json.ok).toBe(true);
    expect(errorOf(await post('verify', { scenario: 'polit' }))).toEqual([
      404,
      'E_SCENARIO_UNKNOWN',
      "There is no scenario 'polit'. Try 'polite'.",
    ]);
  });
});

describe('sessions', () => {
  test('are listed, all or by scenario, and found by id, as the latest and by the name of their connection', async () => {
    const { server, get } = await serve({ scenarios: { kitchen: {} } });
    const url = server.urlFor({ scenario: 'kitchen', name: 'first/caller', seed: 7 });
    await Talk.open(server, 'memory', { url });
    await Talk.open(server, 'memory');
    const [kitchen, other] = server.sessions;
    const sessions = (await get('sessions')).json;
    expect(sessions.map(({ id }: { id: string }) => id)).toEqual([kitchen?.id, other?.id]);
    expect((await get('sessions?scenario=kitchen')).json).toEqual([sessions[0]]);
    expect(sessions[0]).toMatchObject({
      scenario: 'kitchen',
      connectionKey: 'first/caller',
      seed: 7,
      close: null,
    });
    const details = (await get(`sessions/${kitchen?.id}`)).json;
    expect(details).toEqual({ ...sessions[0], transcriptHash: kitchen?.transcriptHash() });
    expect((await get('sessions/first%2Fcaller')).json).toEqual(details);
    expect((await get('sessions/default%231')).json.id).toBe(other?.id);
    expect((await get('sessions/latest')).json.id).toBe(other?.id);
  });

  test('of one name are told apart by their ids; the name means the newest', async () => {
    const { server, get } = await serve({ scenarios: { kitchen: {} } });
    const url = server.urlFor({ scenario: 'kitchen', name: 'caller', seed: 7 });
    await Talk.open(server, 'memory', { url });
    await Talk.open(server, 'memory', {
      url: server.urlFor({ scenario: 'kitchen', name: 'caller', seed: 8 }),
    });
    expect((await get('sessions/caller')).json).toMatchObject({ connection: 2, seed: 8 });
    expect((await get(`sessions/${server.sessions[0]?.id}`)).json.seed).toBe(7);
  });

  test('that nobody knows are refused with the nearest name', async () => {
    const { get, talk } = await serve();
    expect(errorOf(await get('sessions/latest'))).toEqual([
      404,
      'E_SESSION_UNKNOWN',
      'There is no latest session: nobody has connected. Try sessions/next, which waits for the first.',
    ]);
    await talk();
    expect(errorOf(await get('sessions/default%232/log'))).toEqual([
      404,
      'E_SESSION_UNKNOWN',
      "There is no session 'default#2'. Try 'default#1'.",
    ]);
    expect((await get('sessions?scenario=nowhere')).status).toBe(404);
  });

  test('next hands out each session once, and waits for one to come', async () => {
    const { server, get, talk } = await serve();
    await talk();
    expect((await get('sessions/next')).json.id).toBe(server.sessions[0]?.id);
    const next = get('sessions/next?timeoutMs=30000');
    await talk();
    expect((await next).json.id).toBe(server.sessions[1]?.id);
    expect(errorOf(await get('sessions/next?timeoutMs=5'))).toEqual([
      408,
      'E_WAIT',
      "Waiting for a session failed: nobody connected within 5 ms; 2 sessions were handed out before, 2 upgrades seen. Try a longer timeoutMs, or a look at the client's URL.",
    ]);
  });

  test('a session that comes after the asker has left is still there for the next', async () => {
    const clock = new HandWoundClock();
    const { server, base, get, talk } = await serve({ wallClock: clock });
    const leaving = new AbortController();
    const asked = fetch(`${base}sessions/next?timeoutMs=60000`, { signal: leaving.signal });
    await clock.untilTimer();
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await clock.untilIdle();
    await talk();
    expect((await get('sessions/next?timeoutMs=1000')).json.id).toBe(server.sessions[0]?.id);
  });

  test('the transcript comes as text with its hash', async () => {
    const { server, get, talk } = await serve();
    const voice = await talk();
    askForAnswer(voice);
    await voice.saw.until('response.done');
    const { text, headers } = await get('sessions/latest/transcript');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text).toBe(server.sessions[0]?.transcript());
    expect(headers['x-transcript-hash']).toBe(createHash('sha256').update(text).digest('hex'));
    const timed = await get('sessions/latest/transcript?timed=true');
    expect(timed.text).toBe(server.sessions[0]?.transcript({ timed: true }));
    expect(timed.headers['x-transcript-hash']).toBe(headers['x-transcript-hash']);
  });
});

test.each<[string, string, unknown]>([
  ['GET', '', undefined],
  ['GET', '/log', undefined],
  ['GET', '/transcript', undefined],
  ['POST', '/wait', { event: 'response.done' }],
  ['POST', '/inject', { text: 'x' }],
  ['POST', '/faults', { do: 'mute' }],
  ['GET', '/holds', undefined],
  ['POST', '/holds', {}],
  ['POST', '/holds/0/release', undefined],
  ['POST', '/close', undefined],
  ['GET', '/clock', undefined],
  ['POST', '/clock/advance', { byMs: 1 }],
])('%s sessions/nobody%s is not found', async (method, part, json) => {
  const { raw } = await serve();
  const answer = await raw(method, `sessions/nobody${part}`, json === undefined ? {} : { json });
  expect([answer.status, answer.json.error.code]).toEqual([404, 'E_SESSION_UNKNOWN']);
});

test('a transcript that outgrew its limit is refused, its hash is not', async () => {
  const { server, get, talk } = await serve();
  await talk();
  const words = 'x'.repeat(1024 * 1024);
  for (let sentBytes = 0; sentBytes <= LIMITS.transcriptBytes; sentBytes += words.length)
    server.sessions[0]?.inject({ type: 'x.words', words });
  expect((await get('sessions/latest/transcript')).json.error.code).toBe('E_TRANSCRIPT_TOO_LONG');
  expect((await get('sessions/latest')).json.transcriptHash).toMatch(/^[0-9a-f]{64}$/);
});

describe('waiting for a message', () => {
  test('answers at once with one that has been seen, and later with one that comes', async () => {
    const { post, talk } = await serve();
    const voice = await talk();
    const seen = await post('sessions/latest/wait', { event: 'session.created', from: 'server' });
    expect(seen.json).toMatchObject({
      from: 'server',
      type: 'session.created',
      atMs: 0,
      event: { type: 'session.created' },
    });
    const coming = post('sessions/latest/wait', {
      event: 'response.output_item.added',
      nth: 1,
      where: { 'item.type': 'message' },
      timeoutMs: 30_000,
      withinMs: 60_000,
    });
    askForAnswer(voice);
    expect((await coming).json.event.item.type).toBe('message');
  });

  test('that runs out says what was seen instead', async () => {
    const { post, talk } = await serve();
    await talk();
    const answer = await post('sessions/latest/wait', { event: 'response.done', timeoutMs: 5 });
    expect(errorOf(answer)).toEqual([
      408,
      'E_WAIT',
      'Waiting for response.done failed: it did not come within 5 ms. Last seen: session.created. Try a longer timeoutMs, or what was seen.',
    ]);
    expect(answer.json.error.details).toEqual({ event: 'response.done', seen: ['session.created'] });
  });

  test('that the end of the session cuts short, or that begins after it, is no matter of time', async () => {
    const { post, talk } = await serve();
    await talk();
    const waiting = post('sessions/latest/wait', { event: 'response.done', timeoutMs: 30_000 });
    await post('sessions/latest/wait', { event: 'session.created' });
    await post('sessions/latest/close');
    await server?.sessions[0]?.closed;
    const ended = await waiting;
    expect([ended.status, ended.json.error.code]).toEqual([409, 'E_SESSION_ENDED']);
    expect(ended.json.error.message).toContain('Last seen: session.created');
    expect((await post('sessions/latest/wait', { event: 'session.created' })).status).toBe(200);
    expect((await post('sessions/latest/wait', { event: 'response.done' })).status).toBe(409);
  });

  test.each([
    [{}, "Cannot read event: it is missing. Try 'Hello.'."],
    [{ event: 'a', timeout: 1 }, "Cannot read timeout: there is no such key. Try 'timeoutMs'."],
    [
      { event: 'a', timeoutMs: LIMITS.controlWaitMs + 1 },
      `Cannot read timeoutMs: ${LIMITS.controlWaitMs + 1} is no whole number from 0 to ${LIMITS.controlWaitMs}. Try 1.`,
    ],
    [{ event: 'a', nth: 0 }, 'Cannot read nth: 0 is no whole number from 1 up. Try 1.'],
    [{ event: 'a', from: 'me' }, "Cannot read from: 'me' is none of client, server. Try 'client'."],
    [[], 'Cannot read the body: [] is no plain object. Try one such as {}.'],
  ])('with %j is refused', async (body, message) => {
    const { post, talk } = await serve();
    await talk();
    expect(errorOf(await post('sessions/latest/wait', body))).toEqual([400, 'E_CONTROL_BODY', message]);
  });
});

describe('reaching into a session', () => {
  test('an injected event reaches the client, with an event_id of its own', async () => {
    const { post, talk } = await serve();
    const voice = await talk();
    const { status, json } = await post('sessions/latest/inject', {
      event: { type: 'x.news', headline: 'Snow' },
    });
    expect(status).toBe(200);
    expect(json.entries).toMatchObject([
      { kind: 'note', code: 'control', details: { what: 'inject' } },
      {
        kind: 'server',
        disposition: 'invented',
        type: 'x.news',
        event: { event_id: expect.stringMatching(/^event_/) },
      },
    ]);
    await voice.saw.until('x.news');
    expect((await post('sessions/latest/inject', { text: 'no JSON' })).json.entries[1]).toMatchObject({
      text: 'no JSON',
    });
    expect((await post('sessions/latest/inject', {})).json.error.message).toBe(
      'Cannot read the body: it holds neither event nor text. Try { "event": { "type": "x.unknown" } }.',
    );
  });

  test('a one-shot fault strikes at once, or where it says', async () => {
    const { get, post, talk } = await serve();
    const voice = await talk();
    const inWait = await post('sessions/latest/faults', { do: 'drop', at: { event: 'response.created' } });
    expect([inWait.status, inWait.json.entries.length]).toEqual([201, 1]);
    askForAnswer(voice);
    await voice.saw.until('response.done');
    expect(voice.saw.list).not.toContain('response.created');
    const dropped = (await get('sessions/latest/log?type=response.created')).json;
    expect(dropped).toMatchObject([
      {
        kind: 'server',
        disposition: 'dropped',
        intended: { type: 'response.created', event: { type: 'response.created' } },
      },
    ]);
    expect(dropped[0]).not.toHaveProperty('event');
    const struck = await post('sessions/latest/faults', { do: 'close', code: 1011, reason: 'gone' });
    expect(struck.json.entries).toContainEqual(
      expect.objectContaining({ kind: 'note', code: 'fault-fired' }),
    );
    await voice.saw.until('close 1011 gone');
  });

  test.each([
    [
      { do: 'dorp', at: { event: 'response.created' } },
      "Cannot play do: 'dorp' is no kind of fault. Try 'drop'.",
      'do',
    ],
    [
      { do: 'drop', at: { event: 'response.created', nth: 0 } },
      "Cannot play at.nth: 0 is no whole number from 1 up, nor 'every'. Try 1.",
      'at.nth',
    ],
    [
      { do: 'refuse-upgrade', status: 503 },
      'Cannot play do: refuse-upgrade strikes at upgrades, and this session has been let in. Try a scenario with this fault, or close.',
      'do',
    ],
  ])('the fault %j is refused with the place of the mistake', async (fault, message, path) => {
    const { post, talk } = await serve();
    await talk();
    const answer = await post('sessions/latest/faults', fault);
    expect(errorOf(answer)).toEqual([400, 'E_SCENARIO', message]);
    expect(answer.json.error.details).toEqual({ path });
  });

  test('holds are put in force or armed, listed, and released', async () => {
    const { get, post, talk } = await serve();
    const voice = await talk();
    const now = await post('sessions/latest/holds');
    expect(now).toMatchObject({
      status: 201,
      json: { index: 0, lane: 'response', phase: 'holding', hold: {} },
    });
    const armed = await post('sessions/latest/holds', { after: { event: 'response.done' }, lane: 'all' });
    expect(armed.json).toMatchObject({ index: 1, lane: 'all', phase: 'waiting' });
    askForAnswer(voice);
    await post('sessions/latest/wait', { event: 'response.create', from: 'client' });
    expect((await get('sessions/latest/clock')).json).toMatchObject({ isHolding: true, isIdle: false });
    expect((await post('sessions/latest/holds/1/release')).json).toMatchObject({
      released: false,
      phase: 'waiting',
    });
    const released = await post('sessions/latest/holds/0/release');
    expect(released.json).toMatchObject({ released: true, phase: 'over' });
    expect(released.json.entries.map((entry: { type?: string }) => entry.type)).toContain('response.created');
    await voice.saw.until('response.done');
    expect((await get('sessions/latest/holds')).json).toMatchObject([
      { phase: 'over' },
      { phase: 'holding' },
    ]);
    expect(errorOf(await post('sessions/latest/holds/7/release')).slice(0, 2)).toEqual([
      404,
      'E_HOLD_UNKNOWN',
    ]);
    expect((await post('sessions/latest/holds', { lane: 'al' })).json.error).toMatchObject({
      code: 'E_SCENARIO',
      details: { path: 'lane' },
    });
  });

  test('close sends the code and the reason it was given, or 1000 without one', async () => {
    const { post, talk } = await serve();
    const one = await talk();
    await post('sessions/default%231/close', { code: 4000, reason: 'enough' });
    await one.saw.until('close 4000 enough');
    const other = await talk();
    await post('sessions/default%232/close');
    await other.saw.until('close 1000 ');
  });

  test('the clock is read and moved on: the idle rule strikes when it is due', async () => {
    const { get, post, talk } = await serve({
      idleCloseMs: 60_000,
      sessionDurationMs: Number.POSITIVE_INFINITY,
    });
    const voice = await talk();
    expect((await get('sessions/latest/clock')).json).toEqual({
      clock: 'auto',
      nowMs: 0,
      isIdle: true,
      isHolding: false,
      nextWorkMs: null,
      nextPatienceMs: 60_000,
    });
    expect((await post('sessions/latest/clock/advance', { byMs: 59_999 })).json).toEqual({
      nowMs: 59_999,
      entries: [],
    });
    await post('sessions/latest/clock/advance', { byMs: 1 });
    await voice.saw.until('close');
    await server?.sessions[0]?.closed;
    expect((await get('sessions/latest')).json).toMatchObject({ nowMs: 60_000, close: { by: 'server' } });
    expect((await post('sessions/latest/clock/advance', { byMs: -1 })).status).toBe(400);
    expect((await post('sessions/latest/clock/advance', { byMs: 1 })).status).toBe(409);
  });

  test('what cannot be done to a session that has ended is refused by name; what can be read still can', async () => {
    const { get, post, talk } = await serve();
    const voice = await talk();
    await post('sessions/latest/holds');
    await voice.conversation.close();
    await server?.sessions[0]?.closed;
    const id = server?.sessions[0]?.id;
    const message = (what: string) =>
      `Cannot ${what} in session ${id}: its connection has ended. Try a session that is open.`;
    const ended = (what: string) => [409, 'E_SESSION_ENDED', message(what)];
    expect(errorOf(await post('sessions/latest/inject', { text: 'x' }))).toEqual(ended('inject'));
    expect(errorOf(await post('sessions/latest/faults', { do: 'mute' }))).toEqual(ended('add a fault'));
    expect(errorOf(await post('sessions/latest/holds'))).toEqual(ended('hold'));
    expect(errorOf(await post('sessions/latest/holds/0/release'))).toEqual(ended('release a hold'));
    expect(errorOf(await post('sessions/latest/close'))).toEqual(ended('close'));
    expect(errorOf(await post('sessions/latest/clock/advance', { byMs: 1 }))).toEqual(
      ended('advance the clock'),
    );
    for (const part of ['', '/log', '/transcript', '/holds', '/clock'])
      expect((await get(`sessions/latest${part}`)).status).toBe(200);
  });
});

describe('scenarios', () => {
  const KITCHEN = { summary: 'Warm.', group: 'Rooms', evidence: ['A6'], replies: [{ text: 'Warm.' }] };

  test('are added as JSON, shown, replaced and removed', async () => {
    const { server, get, put, remove } = await serve({ library: false });
    const listed = { name: 'kitchen', source: 'own', summary: 'Warm.', group: 'Rooms', evidence: ['A6'] };
    expect(await put('scenarios/kitchen', { json: KITCHEN })).toMatchObject({ status: 201, json: listed });
    expect((await get('scenarios')).json).toEqual([listed]);
    const shown = await get('scenarios/kitchen');
    expect(shown.json).toEqual(KITCHEN);
    expect((await put('scenarios/kitchen', { json: shown.json })).status).toBe(200);
    const talk = await Talk.open(server, 'memory', { url: server.urlFor({ scenario: 'kitchen' }) });
    talk.send(manual, userText('Warm?'), create);
    await talk.saw.until('response.done');
    expect(await remove('scenarios/kitchen')).toMatchObject({ status: 204, text: '' });
    expect((await remove('scenarios/kitchen')).status).toBe(404);
    expect(errorOf(await get('scenarios/kitchen'))).toEqual([
      404,
      'E_SCENARIO_UNKNOWN',
      "There is no scenario 'kitchen'. Try PUT scenarios/kitchen.",
    ]);
  });

  test('are added as YAML, whose mistakes have a line and a column', async () => {
    const { get, put } = await serve({ library: false });
    const headers = { 'content-type': 'application/yaml; charset=utf-8' };
    const good = await put('scenarios/kitchen', { text: 'version: 1\nreplies:\n  - text: Warm.\n', headers });
    expect(good.status).toBe(201);
    expect((await get('scenarios/kitchen')).json).toEqual({ version: 1, replies: [{ text: 'Warm.' }] });
    const bad = await put('scenarios/kitchen', { text: 'version: 1\nreplies:\n  - txt: Warm.\n', headers });
    expect(errorOf(bad)).toEqual([
      400,
      'E_SCENARIO',
      "Cannot play kitchen.yaml:3:5, replies[0].txt: there is no such key. Try 'text'.",
    ]);
  });

  test('with mistakes are refused by the place of the first, and change nothing', async () => {
    const { get, put } = await serve({ library: false });
    const answer = await put('scenarios/kitchen', { json: { replies: [{ text: 'a' }, { text: 7 }] } });
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: 'E_SCENARIO', details: { path: 'replies[1].text' } } },
    });
    expect((await put('scenarios/kitchen', { json: { quirks: { nonsense: 1 } } })).json.error.code).toBe(
      'E_QUIRK_UNKNOWN',
    );
    expect(errorOf(await put('scenarios/Kitchen', { json: {} }))).toEqual([
      400,
      'E_SCENARIO_NAME',
      "Cannot name a scenario 'Kitchen': names are lower-case letters, digits and hyphens. Try my-scenario.",
    ]);
    expect((await get('scenarios')).json).toEqual([]);
  });

  test('of the library are shown but not removed; one of the same name hides it until it is removed', async () => {
    const { get, put, remove } = await serve();
    const { name, summary } = (await get('scenarios')).json[0];
    expect(errorOf(await remove(`scenarios/${name}`)).slice(0, 2)).toEqual([409, 'E_SCENARIO_LIBRARY']);
    expect((await put(`scenarios/${name}`, { json: {} })).status).toBe(201);
    expect((await get('scenarios')).json[0]).toEqual({ name, source: 'own' });
    await remove(`scenarios/${name}`);
    expect((await get('scenarios')).json[0]).toMatchObject({ name, source: 'library', summary });
  });

  test('show voices as their length and what JSON cannot say as a word', async () => {
    const scenario = {
      replies: [{ text: 'Hm.', wav: new Int16Array(1_600) }],
      idleCloseMs: Number.POSITIVE_INFINITY,
    };
    const { get } = await serve({ library: false, scenarios: { voice: scenario } });
    expect((await get('scenarios/voice')).json).toEqual({
      replies: [{ text: 'Hm.', wav: { samples: 1_600 } }],
      idleCloseMs: 'Infinity',
    });
  });

  test('end at a number', async () => {
    const scenarios = Object.fromEntries(
      Array.from({ length: LIMITS.ownScenarios }, (_, index) => [`s${index}`, {}]),
    );
    const { put } = await serve({ library: false, scenarios });
    expect((await put('scenarios/one-more', { json: {} })).json.error.code).toBe('E_CONTROL_LIMIT');
    expect((await put('scenarios/s1', { json: {} })).status).toBe(200);
  });
});

test('faults and holds of one session end at a number', async () => {
  const { base, server, talk } = await serve();
  await talk();
  const fault = JSON.stringify({ do: 'drop', at: { event: 'response.created' } });
  const headers = { 'content-type': 'application/json' };
  const add = () => fetch(`${base}sessions/latest/faults`, { method: 'POST', headers, body: fault });
  const statuses = new Map<number, number>();
  for (let added = 0; added <= LIMITS.controlAdditions; added += 100) {
    for (const { status } of await Promise.all(Array.from({ length: 100 }, add)))
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(statuses.get(201)).toBe(LIMITS.controlAdditions);
  expect(server.sessions[0]?.close).toBeUndefined();
});

afterAll(() => {
  const described = Object.values(CONTROL_DOCUMENT.paths).flatMap((path) =>
    Object.values(path).flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    ),
  );
  const common = / (400|403|405|413|415|500)$/;
  const unseen = described.filter((answer) => !seenAnswers.has(answer) && !common.test(answer));
  // Every answer that a row promises was given here; refusals that all rows share have a test file of their own.
  expect(unseen).toEqual([]);
});
