/** Scenarios of the library about connecting: refusals, redirects, silence and slow upgrades, from the client's side. */
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  BareClient,
  endings,
  httpAnswer,
  played,
  sent,
  story,
  WHOLE_TURN,
  withScenario,
} from './connection-checks.js';

const CREATED = 'session.created';
const NOT_IN_TIME = 'the upgrade was not answered within 700 ms';

/** What a second attempt of a client gets that does not know better. */
async function secondAttempt(name: string): Promise<readonly string[]> {
  let saw: readonly string[] = [];
  await withScenario(name, async (server) => {
    await new BareClient(server, name).closed;
    const again = new BareClient(server, name);
    await again.closed;
    saw = again.saw;
  });
  return saw;
}

describe('errors that no retry can mend (E6)', () => {
  test('api-key-is-refused-by-an-error-event-on-every-connect: the error is the first event', async () => {
    const name = 'api-key-is-refused-by-an-error-event-on-every-connect';
    const run = await played(name);
    expect(run.events()).toMatchObject([
      {
        type: 'error',
        error: {
          type: 'authentication_error',
          code: 'invalid_api_key',
          message: 'The API key is invalid or does not have permission for this model.',
        },
      },
    ]);
    expect(endings(run)).toEqual(['1007 Invalid API-key provided.']);
    expect(await secondAttempt(name)).toEqual(['error', 'close 1007']);
  });

  test('insufficient-quota-error-and-close-on-every-connect: a session, the error, 1011', async () => {
    const name = 'insufficient-quota-error-and-close-on-every-connect';
    const run = await played(name);
    expect(story(run)).toEqual([CREATED, 'error']);
    expect(run.events()[1]?.['error']).toEqual({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      message: 'You exceeded your current quota, please check your plan and billing details.',
    });
    expect(endings(run)).toEqual(['1011 Account balance insufficient']);
    expect(await secondAttempt(name)).toEqual([CREATED, 'error', 'close 1011']);
  });

  test('account-in-arrears-is-closed-on-every-connect: nothing but the reason of the close', async () => {
    const name = 'account-in-arrears-is-closed-on-every-connect';
    const run = await played(name);
    expect(story(run)).toEqual([]);
    expect(endings(run)).toEqual(['1007 Access denied, please make sure your account is in good standing.']);
    expect(await secondAttempt(name)).toEqual(['close 1007']);
  });
});

describe('pauses between attempts (E7)', () => {
  test('connections-close-right-after-session-created: five sessions die at once, the sixth lives', async () => {
    const run = await played('connections-close-right-after-session-created');
    expect(endings(run)).toEqual([
      ...Array.from({ length: 5 }, () => '1011 Internal service error: null'),
      '1000',
    ]);
    for (let connection = 1; connection <= 5; connection += 1)
      expect(story(run, connection)).toEqual([CREATED]);
    expect(story(run, 6)).toEqual(WHOLE_TURN);
  });

  test.each([
    ['handshake-is-refused-with-503-until-the-third-try', '503 Service Unavailable', 1, 'ServiceUnavailable'],
    ['handshake-is-refused-with-429-and-retry-after', '429 Too Many Requests', 2, 'Throttling.RateQuota'],
  ])('%s: %s, Retry-After: %i, and in the end a session', async (name, status, seconds, code) => {
    const run = await played(name);
    const refusals = run.scenario.faults?.length ?? 0;
    expect(endings(run)).toEqual([
      ...Array.from({ length: refusals }, () => `HTTP ${status.slice(0, 3)}`),
      '1000',
    ]);
    expect(story(run, refusals + 1)).toEqual(WHOLE_TURN);
    await withScenario(name, async (server) => {
      const [head = '', body = ''] = (await httpAnswer(server, name)).split('\r\n\r\n');
      expect(head.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
      expect(head.toLowerCase().split('\r\n')).toContain(`retry-after: ${seconds}`);
      expect(JSON.parse(body)).toMatchObject({ code });
    });
  });
});

describe('refused handshakes (E11)', () => {
  test.each([
    [
      'handshake-is-refused-with-401-invalid-api-key',
      '401 Unauthorized',
      '{"code":"InvalidApiKey","message":"Invalid API-key provided."}',
    ],
    ['handshake-is-refused-with-403-and-an-empty-body', '403 Forbidden', '{}'],
    [
      'handshake-is-refused-with-404-and-a-web-page',
      '404 Not Found',
      '<html><head><title>404 Not Found</title></head><body>nginx</body></html>',
    ],
  ])('%s: %s, each time', async (name, status, body) => {
    const run = await played(name);
    expect(run.record.connections.map(({ failure }) => failure)).toEqual([
      expect.stringContaining(`the server answered HTTP ${status.slice(0, 3)} with ${body}.`),
    ]);
    expect(run.sessions).toEqual([]);
    await withScenario(name, async (server) => {
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        const [head = '', text] = (await httpAnswer(server, name)).split('\r\n\r\n');
        expect(head.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
        expect(text).toBe(body);
      }
    });
  });

  test('upgrade-succeeds-and-is-closed-with-1008-at-once: the close is the first frame', async () => {
    const name = 'upgrade-succeeds-and-is-closed-with-1008-at-once';
    const run = await played(name);
    expect(story(run)).toEqual([]);
    expect(endings(run)).toEqual(['1008 Access denied.']);
    expect(run.record.connections[0]?.failure).toContain('closed with code 1008 "Access denied."');
    expect(run.server.upgrades).toMatchObject([{ answer: 'accepted', status: 101 }]);
    expect(await secondAttempt(name)).toEqual(['close 1008']);
  });
});

describe('redirects (E12)', () => {
  test('upgrade-is-redirected-once: whoever follows is let in', async () => {
    const name = 'upgrade-is-redirected-once';
    const run = await played(name);
    expect(endings(run)).toEqual(['HTTP 307', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
    await withScenario(name, async (server) => {
      const client = new BareClient(server, name, { followRedirects: true });
      await client.until(CREATED);
      client.ask('Hello.');
      await client.until('response.done');
      client.socket.terminate();
      expect(server.upgrades).toMatchObject([
        { answer: 'refused', status: 307, connection: 1 },
        { answer: 'accepted', status: 101, connection: 2 },
      ]);
    });
  });

  test('upgrade-is-redirected-in-a-circle: nobody ever arrives', async () => {
    const name = 'upgrade-is-redirected-in-a-circle';
    const run = await played(name);
    expect(endings(run)).toEqual(['HTTP 301']);
    await withScenario(name, async (server) => {
      const client = new BareClient(server, name, { followRedirects: true });
      await client.closed;
      expect(client.errors).toEqual(['Maximum redirects exceeded']);
      expect(new Set(server.upgrades.map(({ status }) => status))).toEqual(new Set([301]));
      expect(server.verify(name).ok).toBe(true);
    });
  });
});

describe('no session.created (E13)', () => {
  test('server-says-nothing-after-the-upgrade: an open socket, and silence', async () => {
    const run = await played('server-says-nothing-after-the-upgrade', { waitMs: 700 });
    expect(story(run)).toEqual([]);
    expect(run.record.connections[0]?.failure).toContain('the WebSocket stands but session.created did not');
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('session-created-is-missing: all but this one event is there', async () => {
    const name = 'session-created-is-missing';
    const run = await played(name, { waitMs: 700 });
    expect(story(run)).toEqual([]);
    expect(run.record.connections[0]?.failure).toContain('the WebSocket stands but session.created did not');
    await withScenario(name, async (server) => {
      const client = new BareClient(server, name);
      client.socket.on('open', () => client.ask('Hello.'));
      await client.until('response.done');
      client.socket.terminate();
      expect(client.saw).not.toContain(CREATED);
      expect(client.saw.slice(0, 2)).toEqual(['conversation.item.created', 'response.created']);
    });
  });
});

describe('two connects at once (E19)', () => {
  test('upgrade-takes-three-seconds: the first attempt is given up, the second works', async () => {
    const run = await played('upgrade-takes-three-seconds', { waitMs: 700 });
    expect(endings(run)).toEqual([
      expect.stringContaining('the upgrade was not answered within 700 ms'),
      '1000',
    ]);
    expect(run.sessions.map(({ connection }) => connection)).toEqual([2]);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('upgrade-takes-three-seconds: who waits for both has two sessions', async () => {
    const name = 'upgrade-takes-three-seconds';
    await withScenario(
      name,
      async (server) => {
        const clients = [new BareClient(server, name), new BareClient(server, name)];
        const order: number[] = [];
        await Promise.all(
          clients.map((client, index) => client.until(CREATED).then(() => order.push(index))),
        );
        // The later one overtakes, and both live.
        expect(order).toEqual([1, 0]);
        expect(clients.map(({ socket }) => socket.readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
        for (const { socket } of clients) socket.terminate();
      },
      // The same without the long wait.
      { faults: [{ at: { connection: 1 }, do: 'slow-upgrade', byMs: 100 }] },
    );
  });
});

describe('attempts that fail (E24)', () => {
  test('connects-fail-in-every-phase-before-one-works: six failures, each another one', async () => {
    const run = await played('connects-fail-in-every-phase-before-one-works', { waitMs: 700 });
    expect(endings(run)).toEqual([
      'read ECONNRESET',
      'socket hang up',
      NOT_IN_TIME,
      'HTTP 503',
      '1006',
      '1006',
      '1000',
    ]);
    expect(run.server.upgrades.map(({ answer }) => answer)).toEqual([
      'dropped',
      'dropped',
      'dropped',
      'refused',
      'accepted',
      'accepted',
      'accepted',
    ]);
    expect([5, 6].map((connection) => [...story(run, connection), ...sent(run, connection)])).toEqual([
      [],
      [],
    ]);
    expect(run.record.connections[5]?.failure).toContain('the WebSocket stands but session.created did not');
    expect(story(run, 7)).toEqual(WHOLE_TURN);
  });

  test('every-handshake-is-reset: four attempts, four resets', async () => {
    const run = await played('every-handshake-is-reset');
    expect(endings(run)).toEqual(Array.from({ length: 4 }, () => 'read ECONNRESET'));
    expect(run.sessions).toEqual([]);
  });
});
