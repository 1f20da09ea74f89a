/**
 * Who may use the control API and in which form: origins, hosts, tokens, methods, bodies that are too large, too deep,
 * of the wrong kind. And its description: complete, and whole in itself.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/index.js';
import { ERROR_STATUSES } from '../src/mock-server/control/control-error.js';
import { CONTROL_ROUTES } from '../src/mock-server/control/routes.js';
import { LIMITS } from '../src/protocol/index.js';
import { ask, CONTROL_DOCUMENT } from './support/control-requests.js';
import { RawPeer } from './support/raw-peer.js';

let server: MockServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(options: MockServerOptions = {}): Promise<string> {
  server = await createMockServer(options);
  return server.controlUrl ?? 'none';
}

/** Status, code and message of the refusal of a request with these headers. */
async function refusalOf(base: string, headers: Readonly<Record<string, string>>): Promise<unknown[]> {
  const { status, json } = await ask(base, 'GET', 'health', { headers });
  return status === 200 ? [200] : [status, json.error.code, json.error.message];
}

const REFUSED = 'The control API refused the request:';

describe('who may', () => {
  test.each(['https://evil.example', 'null', 'http://127.0.0.1:8787'])(
    'no page of a browser: Origin %s',
    async (origin) => {
      const base = await serve({ controlToken: 'secret' });
      expect(await refusalOf(base, { origin, authorization: 'Bearer secret' })).toEqual([
        403,
        'E_CONTROL_REFUSED',
        `${REFUSED} it comes from a page in a browser. Try a program instead, such as curl.`,
      ]);
    },
  );

  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])('pages do not always say their origin: Sec-Fetch-Site %s gets %i', async (site, status) => {
    const base = await serve();
    expect((await refusalOf(base, { 'sec-fetch-site': site }))[0]).toBe(status);
  });

  test.each([
    ['localhost', 200],
    ['LOCALHOST:1234', 200],
    ['127.0.0.1', 200],
    ['127.1.2.3:80', 200],
    ['[::1]:8787', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:80', 403],
    ['0.0.0.0', 403],
    ['192.168.0.7:8787', 403],
  ])('names of this machine only: Host %s gets %i', async (host, status) => {
    const base = await serve();
    expect((await refusalOf(base, { host }))[0]).toBe(status);
  });

  test('with a token whoever has it, under any Host', async () => {
    const base = await serve({ controlToken: 'secret' });
    expect(await refusalOf(base, {})).toEqual([
      403,
      'E_CONTROL_REFUSED',
      `${REFUSED} this server wants a token and there is none. Try the header Authorization: Bearer <token>.`,
    ]);
    for (const wrong of [
      'Bearer secre',
      'Bearer secret2',
      'Bearer SECRET',
      'Basic secret',
      'secret',
      'Bearer ',
    ])
      expect((await refusalOf(base, { authorization: wrong }))[0]).toBe(403);
    expect(await refusalOf(base, { authorization: 'Bearer secret' })).toEqual([200]);
    expect(await refusalOf(base, { authorization: 'bearer  secret', host: 'mock.internal' })).toEqual([200]);
  });

  test('nobody, where others can reach the server and there is no token', async () => {
    const base = await serve({ host: '0.0.0.0' });
    expect(await refusalOf(base, {})).toEqual([
      403,
      'E_CONTROL_REFUSED',
      `${REFUSED} the server listens on 0.0.0.0, where others can reach it, and has no control token. Try starting it with --control-token (or the option controlToken), or on 127.0.0.1.`,
    ]);
  });

  test('where others can reach the server, whoever has the token', async () => {
    const base = await serve({ host: '0.0.0.0', controlToken: 'secret' });
    expect(await refusalOf(base, { authorization: 'Bearer secret' })).toEqual([200]);
  });

  test('nobody, when it is off: it is as if it did not exist', async () => {
    server = await createMockServer({ controlApi: false });
    expect(server.controlUrl).toBeUndefined();
    const response = await fetch(server.url.replace(/^ws(.*)\/api-ws.*/, 'http$1/__soundstage/health'));
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([
      404,
      expect.any(Array),
    ]);
  });

  test('over TLS as well', async () => {
    const base = await serve({ tls: true });
    expect(base).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/__soundstage\/$/);
    const { request } = await import('node:https');
    const status = new Promise((resolve, reject) => {
      request(`${base}health`, { ca: server?.certificatePem }, (response) => resolve(response.statusCode))
        .once('error', reject)
        .end();
    });
    expect(await status).toBe(200);
  });

  test.each(['', 'two words', 'ümlaut', 7 as never])(
    'the token %j could not be sent',
    async (controlToken) => {
      await expect(createMockServer({ controlToken })).rejects.toMatchObject({ code: 'E_OPTION' });
    },
  );
});

describe('the form of requests', () => {
  test('unknown paths and methods are refused with what there is', async () => {
    const base = await serve();
    expect((await ask(base, 'GET', 'session')).json.error).toMatchObject({
      code: 'E_CONTROL_PATH',
      message: 'There is no /__soundstage/session. Try /__soundstage/sessions.',
    });
    expect((await ask(base, 'GET', 'sessions/latest/logs')).json.error.details.nearest).toBe(
      '/__soundstage/sessions/latest/log',
    );
    const { status, headers, json } = await ask(base, 'PATCH', 'scenarios/kitchen');
    expect([status, headers.allow, json.error.message]).toEqual([
      405,
      'GET, PUT, DELETE',
      'Cannot PATCH /__soundstage/scenarios/kitchen: it has other methods. Try GET or PUT or DELETE.',
    ]);
    expect((await ask(base, 'DELETE', 'sessions/next')).headers.allow).toBe('GET');
  });

  test.each([
    ['sessions?scenari=x', "there is no parameter of that name here. Try 'scenario'."],
    ['health?x=1', 'there is no parameter of that name here. Try leaving it out.'],
    [
      'sessions/next?timeoutMs=abc',
      `'abc' is none of its values. Try a whole number from 0 to ${LIMITS.controlWaitMs}.`,
    ],
    [
      'sessions/next?timeoutMs=120001',
      `'120001' is none of its values. Try a whole number from 0 to ${LIMITS.controlWaitMs}.`,
    ],
    ['sessions/latest/log?follow=yes', "'yes' is none of its values. Try true or false."],
  ])('the query of %s is refused', async (path, why) => {
    const base = await serve();
    const { error } = (await ask(base, 'GET', path)).json;
    expect([error.code, error.message]).toEqual([
      'E_CONTROL_QUERY',
      `Cannot read the parameter '${error.details.path}': ${why}`,
    ]);
  });

  test.each([
    [undefined, 'it has no content type'],
    ['application/x-www-form-urlencoded', 'its content type is application/x-www-form-urlencoded'],
    ['text/plain', 'its content type is text/plain'],
    ['application/json; charset=latin1', 'its content type is application/json; charset=latin1'],
    ['application/yaml', 'its content type is application/yaml'],
  ])('a body of the type %s is refused', async (type, why) => {
    const base = await serve();
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const { status, json } = await ask(base, 'POST', 'reset', { text: '{"what":"all"}', headers });
    expect([status, json.error.message]).toEqual([
      415,
      `Cannot read the body: ${why}. Try the header content-type: application/json.`,
    ]);
  });

  test.each([
    ['{', /it is no JSON/],
    ['', /there is none. Try a JSON object such as \{\}/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /it is no UTF-8/],
    ['['.repeat(LIMITS.controlJsonDepth + 1), /it nests deeper than 64 levels/],
    [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /it nests deeper than 64 levels/],
    ['[]', /\[\] is no plain object/],
    ['null', /null is no plain object/],
    ['{"what":"all","__proto__":{}}', /there is no such key/],
  ])('a body that is malformed is refused: %.20s', async (text, message) => {
    const base = await serve();
    const headers = { 'content-type': 'application/json' };
    const { status, json } = await ask(base, 'POST', 'reset', { text, headers });
    expect([status, json.error.code]).toEqual([400, 'E_CONTROL_BODY']);
    expect(json.error.message).toMatch(message);
  });

  test('a body that may be left out may be left out', async () => {
    const base = await serve();
    expect((await ask(base, 'POST', 'verify')).status).toBe(200);
    expect(
      (await ask(base, 'POST', 'verify', { headers: { 'content-type': 'application/json' } })).status,
    ).toBe(200);
  });

  test('a body over the limit is refused, whether it says so or not, and one at the limit is not', async () => {
    const base = await serve();
    const headers = { 'content-type': 'application/json' };
    const atLimit = `{"what":"all"}${' '.repeat(LIMITS.controlBodyBytes - 14)}`;
    expect((await ask(base, 'POST', 'reset', { text: atLimit, headers })).status).toBe(200);
    const said = await ask(base, 'POST', 'reset', { text: `${atLimit} `, headers });
    expect([said.status, said.json.error.code, said.headers.connection]).toEqual([
      413,
      'E_CONTROL_TOO_LARGE',
      'close',
    ]);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    expect((await ask(base, 'POST', 'reset', { text: `${atLimit} `, headers: chunked })).status).toBe(413);
  });

  test('an endless body is answered before its end, and not read for ever', async () => {
    const base = await serve();
    const peer = new RawPeer(base);
    peer.write(
      `POST /__soundstage/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`,
    );
    await peer.saw.until('data');
    expect(peer.receivedText).toMatch(/^HTTP\/1.1 413 /);
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    const isGone = peer.saw.until('close').then(() => true);
    const write = () =>
      new Promise<boolean>((resolve) => peer.socket.write(chunk, (error) => resolve(error != null)));
    let sentBytes = 0;
    while (!(await Promise.race([isGone, write()]))) sentBytes += chunk.length;
    expect(sentBytes).toBeLessThan(8 * LIMITS.controlDiscardedBytes);
    expect((await ask(base, 'GET', 'health')).status).toBe(200);
  });

  test('a body behind an upgrade that nobody speaks is refused with a way out, not waited for', async () => {
    const base = await serve();
    const peer = new RawPeer(base);
    peer.write(
      'POST /__soundstage/reset HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"what":"all"}',
    );
    await peer.saw.until('data');
    expect(peer.receivedText).toMatch(/^HTTP\/1.1 400 [\s\S]*HttpClient\.Version\.HTTP_1_1/);
    peer.socket.destroy();
  });
});

describe('the description', () => {
  const document = JSON.parse(JSON.stringify(CONTROL_DOCUMENT)) as {
    readonly openapi: string;
    readonly paths: Record<
      string,
      Record<string, { operationId: string; parameters?: { name: string; in: string }[]; responses: object }>
    >;
  };

  test('ships as a file', () => {
    const shipped = readFileSync(new URL('../schemas/control-api.json', import.meta.url), 'utf8');
    expect(JSON.parse(shipped)).toEqual(document);
  });

  test('has every route once, under a name of its own', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    );
    const rows = CONTROL_ROUTES.map(
      ({ name, method, path }) => `${name} ${method.toLowerCase()} /__soundstage/${path}`,
    );
    expect(described.sort()).toEqual(rows.sort());
    expect(new Set(CONTROL_ROUTES.map(({ name }) => name)).size).toBe(CONTROL_ROUTES.length);
  });

  test('has every part of a path as a parameter', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const { parameters = [] } of Object.values(methods))
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
          parts,
        );
    }
  });

  test('refers only to what it holds', () => {
    const refs = new Set<string>();
    JSON.stringify(document, (key, value: unknown) => {
      if (key === '$ref') refs.add(String(value));
      return value;
    });
    expect(refs.size).toBeGreaterThan(20);
    for (const ref of refs) {
      const found = ref
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
      expect(found, ref).toBeTypeOf('object');
    }
  });

  test('documents every status of an error', () => {
    const documented = new Set(
      Object.values(document.paths).flatMap((methods) =>
        Object.values(methods).flatMap(({ responses }) => Object.keys(responses)),
      ),
    );
    for (const status of Object.keys(ERROR_STATUSES)) expect(documented).toContain(status);
  });

  test('says of no value that it can be anything, save where JSON of any kind is meant', () => {
    const { Scenario, OneShotFault } = (
      CONTROL_DOCUMENT.components as unknown as { schemas: Record<string, object> }
    ).schemas;
    expect(Object.keys((Scenario as { properties: object }).properties)).toContain('faults');
    expect((OneShotFault as { oneOf: unknown[] }).oneOf.length).toBeGreaterThan(30);
  });
});
