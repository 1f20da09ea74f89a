/**
 * The handshake over real sockets, plain and TLS: what a client reads off the wire before the first message.
 */
import { X509Certificate } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { decideHandshake, type HandshakeConfig } from '../src/mock-server/handshake.js';
import { answerPlainRequest } from '../src/mock-server/handshake-plain-http.js';
import { requestIdAt } from '../src/mock-server/handshake-request-id.js';
import { loadTlsCredentials } from '../src/mock-server/tls.js';
import type { Acceptor, Listener } from '../src/mock-server/transport/connection.js';
import { writeHttpAnswer } from '../src/mock-server/transport/http-answer.js';
import { type ListenWsOptions, listenWs } from '../src/mock-server/transport/ws-transport.js';
import { clientFrame, RawPeer, upgradeText } from './support/raw-peer.js';
import { atOnce, ScriptedServer } from './support/transport-harness.js';

const REALTIME = '/api-ws/v1/realtime?model=qwen3.5-omni-plus-realtime';
const AUTHORIZED = { headers: { Authorization: 'Bearer sk-1' } };

const listeners: Listener[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

/** A server that decides as the mock server does and says `hello` to everyone it accepts. */
async function listen(
  options: Partial<ListenWsOptions> = {},
  config: Partial<HandshakeConfig> = {},
): Promise<Listener> {
  let count = 0;
  const nextId = () => {
    count += 1;
    return requestIdAt(count);
  };
  const server = new ScriptedServer(atOnce((connection) => connection.sendText('hello')));
  const quirks = {
    unknownModel: 'created-then-close',
    selectSubprotocol: true,
    keyErrorsAsEvents: false,
  } as const;
  const accept: Acceptor = (request) => {
    const decision = decideHandshake(
      request,
      {
        quirksOf: () => quirks,
        hasScenario: (name) => name === 'barge-in',
        scenarioNames: ['barge-in'],
        ...config,
      },
      nextId(),
    );
    if (!decision.accept) return decision;
    const verdict = server.accept(request);
    return { ...verdict, subprotocol: decision.subprotocol, headers: decision.headers };
  };
  const listener = await listenWs({
    accept,
    onHttpRequest: (request, response) =>
      writeHttpAnswer(response, answerPlainRequest(request.url ?? '/', 'ws://here', nextId())),
    ...options,
  });
  listeners.push(listener);
  return listener;
}

interface Outcome {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  /** The first message of a connection, or the body of a refusal. */
  readonly text: string;
  readonly webSocket: WebSocket;
}

/** Connects and reads the first thing the server says. */
function dial(url: string, options: ClientOptions = AUTHORIZED, protocols: string[] = []): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url, protocols, options);
    let upgrade: IncomingMessage | undefined;
    webSocket.on('upgrade', (response) => {
      upgrade = response;
    });
    webSocket.on('message', (data) => {
      const status = upgrade?.statusCode;
      resolve({ status, headers: upgrade?.headers ?? {}, text: String(data), webSocket });
      webSocket.close();
    });
    webSocket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, text, webSocket }),
      );
    });
    webSocket.on('error', reject);
  });
}

/** A plain HTTP request; its answer. */
function get(url: string, path: string): Promise<{ status: number | undefined; json: unknown }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url.replace('ws:', 'http:')}${path}`, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode, json: JSON.parse(text) }));
    });
    request.on('error', reject).end();
  });
}

describe('accepted', () => {
  test('101 carries x-request-id, and the server speaks first', async () => {
    const { url } = await listen();
    const first = await dial(`${url}${REALTIME}`);
    const second = await dial(`${url}/s/barge-in${REALTIME}`);
    expect([first.status, first.text]).toEqual([101, 'hello']);
    expect(first.headers['x-request-id']).toBe(requestIdAt(1));
    expect(second.headers['x-request-id']).toBe(requestIdAt(2));
  });

  test('compression is not negotiated, even when offered', async () => {
    const { url } = await listen();
    const { headers } = await dial(`${url}${REALTIME}`, { ...AUTHORIZED, perMessageDeflate: true });
    expect(headers).not.toHaveProperty('sec-websocket-extensions');
  });

  test('the subprotocol realtime is selected among others, with the key in one of them', async () => {
    const { url } = await listen();
    const offered = ['realtime', 'openai-insecure-api-key.sk-1', 'openai-beta.realtime-v1'];
    const { headers, webSocket } = await dial(`${url}${REALTIME}`, {}, offered);
    expect([headers['sec-websocket-protocol'], webSocket.protocol]).toEqual(['realtime', 'realtime']);
  });

  test('without selectSubprotocol a strict client library fails, as with the real service', async () => {
    const { url } = await listen(
      {},
      { quirksOf: () => ({ unknownModel: 'close', selectSubprotocol: false, keyErrorsAsEvents: false }) },
    );
    await expect(dial(`${url}${REALTIME}`, AUTHORIZED, ['realtime'])).rejects.toThrow(/no subprotocol/);
  });

  test('frames sent in the same packet as the upgrade request are not lost', async () => {
    const { url } = await listen();
    const eager = new RawPeer(url);
    const ping = clientFrame(0x89, '');
    eager.write(Buffer.concat([Buffer.from(upgradeText(REALTIME)), ping]));
    while (!eager.received.includes(Buffer.from([0x8a, 0]))) {
      await eager.saw.untilCount('data', eager.saw.list.filter((seen) => seen === 'data').length + 1);
    }
    eager.socket.destroy();
  });
});

describe('refused', () => {
  test('401 without a key: the body and headers of the service', async () => {
    const { url } = await listen();
    const { status, headers, text } = await dial(`${url}${REALTIME}`, {});
    expect(status).toBe(401);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': requestIdAt(1) });
    expect(JSON.parse(text)).toEqual({
      code: 'InvalidApiKey',
      message: 'Invalid API-key provided.',
      request_id: requestIdAt(1),
    });
  });

  test('403 for a denied key, 404 for a wrong path, 404 for an unknown scenario', async () => {
    const { url } = await listen({}, { keys: { denied: ['sk-1'] } });
    expect((await dial(`${url}${REALTIME}`)).status).toBe(403);
    expect((await dial(`${url}/v1/realtime`)).text).toContain('/api-ws/v1/realtime');
    const other = { headers: { Authorization: 'Bearer sk-2' } };
    const { status, text } = await dial(`${url}/s/bargein${REALTIME}`, other);
    expect([status, text]).toEqual([404, expect.stringContaining("Try 'barge-in'")]);
  });

  test('503 with Retry-After when the server is full', async () => {
    const { url } = await listen({ limits: { connections: 0 } });
    const { status, headers } = await dial(`${url}${REALTIME}`);
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });

  test('a header that would break out of its line is left out', async () => {
    const headers = { 'x-good': 'yes', 'x-bad': 'a\r\nx-injected: 1', 'bad name': 'z' };
    const { url } = await listen({ accept: () => ({ accept: false, status: 429, headers, body: '{}' }) });
    const answer = await dial(`${url}${REALTIME}`);
    expect(answer.headers).toMatchObject({ 'x-good': 'yes' });
    expect(Object.keys(answer.headers).filter((name) => /bad|injected/.test(name))).toEqual([]);
  });

  test('plain HTTP: a hint at the root, 426 at the endpoint, 404 elsewhere', async () => {
    const { url } = await listen();
    expect(await get(url, '/')).toMatchObject({ status: 200, json: { service: 'soundstage' } });
    expect(await get(url, REALTIME)).toMatchObject({ status: 426, json: { code: 'UpgradeRequired' } });
    expect(await get(url, '/x')).toMatchObject({ status: 404, json: { code: 'NotFound' } });
  });
});

describe('addresses', () => {
  test('IPv6 has brackets in the URL and works', async () => {
    const { url } = await listen({ host: '::1' });
    expect(url).toMatch(/^ws:\/\/\[::1\]:\d+$/);
    expect((await dial(`${url}${REALTIME}`)).text).toBe('hello');
  });

  test('every interface is shown as loopback, which can be dialled', async () => {
    const { url } = await listen({ host: '0.0.0.0' });
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    expect((await dial(`${url}${REALTIME}`)).text).toBe('hello');
  });

  test('a port that is taken is an error that says what to do', async () => {
    const { url } = await listen();
    const again = listen({ port: Number(new URL(url).port) });
    await expect(again).rejects.toThrow(/^Listening on 127\.0\.0\.1 port \d+ failed: .*EADDRINUSE.* Try /);
    await expect(again).rejects.toMatchObject({
      code: 'E_LISTEN',
      message: expect.stringContaining('Try port 0'),
    });
  });

  test('an address of another machine is refused with what to do about it', async () => {
    await expect(listen({ host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'E_LISTEN',
      message: expect.stringContaining('Try an address of this machine, such as 127.0.0.1'),
    });
  });
});

describe('TLS', () => {
  test.each(['127.0.0.1', 'localhost', '::1'])(
    'wss by generated certificate, trusted for %s',
    async (host) => {
      const listener = await listen({ host, tls: await loadTlsCredentials(true) });
      expect(listener.url).toMatch(/^wss:/);
      const { text } = await dial(`${listener.url}${REALTIME}`, {
        ...AUTHORIZED,
        ca: listener.certificatePem,
      });
      expect(text).toBe('hello');
    },
  );

  test('the generated certificate is a server and no authority, which strict clients refuse as a server', async () => {
    const certificate = new X509Certificate((await loadTlsCredentials(true))?.cert ?? '');
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']); // serverAuth, in Node's name for extended key usage
    const named = 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1';
    expect(certificate.subjectAltName).toBe(named);
  });

  test('a given pair is served as it is, and an untrusted certificate is refused by the client', async () => {
    const generated = await loadTlsCredentials(true);
    if (generated === undefined) throw new Error('no certificate');
    const given = { cert: Buffer.from(generated.cert), key: Buffer.from(generated.key) };
    const listener = await listen({ tls: await loadTlsCredentials(given) });
    expect(listener.certificatePem).toBe(generated.cert);
    await expect(dial(`${listener.url}${REALTIME}`)).rejects.toThrow(/self[- ]signed/);
    const { status } = await dial(`${listener.url}${REALTIME}`, { ca: listener.certificatePem });
    expect(status).toBe(401);
  });

  test('a plain client at a TLS port, and one that hangs in the TLS handshake, harm nobody', async () => {
    const listener = await listen({ tls: await loadTlsCredentials(true), limits: { upgradeTimeoutMs: 400 } });
    const plain = new RawPeer(listener.url);
    plain.write(upgradeText(REALTIME));
    const silent = new RawPeer(listener.url);
    await Promise.all([plain.saw.until('close'), silent.saw.until('close')]);
    const { text } = await dial(`${listener.url}${REALTIME}`, { ...AUTHORIZED, ca: listener.certificatePem });
    expect(text).toBe('hello');
  });
});
