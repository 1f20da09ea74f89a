/** The upgrade through the recording proxy: what the server is asked, and what becomes of its answer. */
import { request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadTlsCredentials } from '../src/mock-server/tls.js';
import { LIMITS } from '../src/protocol/limits.js';
import { openRecording } from '../src/recordings/files/index.js';
import { linked, proxied, rawUpstream, TARGET } from './support/proxied.js';
import type { RawPeer } from './support/raw-peer.js';
import { upgradeText } from './support/raw-peer.js';
import { entriesOf } from './support/recorded.js';

/** Asks, and gives everything that comes until the proxy closes. */
async function ask(client: RawPeer, target = TARGET, headers: readonly string[] = []): Promise<string> {
  client.write(upgradeText(target, headers));
  await client.saw.until('end');
  client.socket.end();
  return client.receivedText;
}

function bodyOf(answer: string): { code: string; message: string } {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { code: string; message: string };
}

describe('the request', () => {
  test('goes on with its own headers in order and case, but for the host and compression', async () => {
    const upstream = await rawUpstream();
    const { peer, proxy } = await proxied({ upstream: `${upstream.url}?seed=7` });
    const extra = [
      'x-ODD-case: One',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
      'X-Twice: a',
      'X-Twice: b',
      'X-Latin: caf\u00e9',
    ];
    peer().socket.write(upgradeText(`/n/mine${TARGET}`, extra), 'latin1');
    const { request } = await upstream.link();
    expect(request.split('\r\n')).toEqual([
      `GET ${TARGET}&seed=7 HTTP/1.1`,
      `Host: 127.0.0.1:${upstream.port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Authorization: Bearer sk-raw',
      'x-ODD-case: One',
      'X-Twice: a',
      'X-Twice: b',
      'X-Latin: caf\u00e9',
      '',
      '',
    ]);
    await proxy.close();
  });

  test('that asks for no WebSocket is told what this is', async () => {
    const { proxy, recording: _ } = await proxied({ upstream: 'ws://127.0.0.1:1' });
    const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      httpRequest(proxy.url.replace('ws:', 'http:'), (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve([response.statusCode, text]));
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(426);
    expect(JSON.parse(body)).toMatchObject({
      code: 'UpgradeRequired',
      message: expect.stringContaining('/n/<name>'),
    });
  });

  test.each(['/n/../x', '/n/%2Fetc/x', '/n/'])(
    'to %s is refused: no recording may have that name',
    async (target) => {
      const upstream = await rawUpstream();
      const { peer, proxy } = await proxied({ upstream: upstream.url });
      const answer = await ask(peer(), target);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toMatchObject({
        code: 'BadRecordingName',
        message: expect.stringContaining('/n/my-test'),
      });
      expect([upstream.links.length, proxy.recordings]).toEqual([0, []]);
    },
  );

  test('a client that leaves before the answer takes its request with it', async () => {
    const upstream = await rawUpstream({ answer: undefined });
    const { peer, proxy } = await proxied({ upstream: upstream.url });
    const client = peer();
    client.write(upgradeText(TARGET));
    const link = await upstream.link();
    client.socket.destroy();
    await link.saw.until('end');
    expect(proxy.recordings).toEqual([]);
  });
});

describe('the answer', () => {
  test('101 comes with its headers as they are, and is recorded', async () => {
    const upstream = await rawUpstream({ headers: ['x-Request-ID: r-1', 'X-Twice: a', 'X-Twice: b'] });
    const { peer, recording } = await proxied({ upstream: upstream.url });
    const client = peer();
    client.write(upgradeText(TARGET));
    await client.saw.until('data');
    const link = await upstream.link();
    link.socket.end();
    await client.saw.until('end');
    client.socket.end();
    expect(client.receivedText.split('\r\n').slice(0, 8)).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'x-Request-ID: r-1',
      'X-Twice: a',
      'X-Twice: b',
      '',
    ]);
    const { path, status } = await recording();
    const [asked, answered] = entriesOf(path);
    expect(status).toBe(101);
    expect(asked).toMatchObject({ kind: 'upgrade', from: 'client', method: 'GET', target: TARGET, atMs: 0 });
    expect(answered).toMatchObject({
      kind: 'answer',
      from: 'server',
      status: 101,
      reason: 'Switching Protocols',
    });
    expect(answered?.kind === 'answer' && answered.headers).toContainEqual(['x-Request-ID', 'r-1']);
  });

  test.each([
    ['with a length', 'Content-Length: 26\r\n\r\n{"code":"InvalidApiKey"}\r\n'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n1a\r\n{"code":"InvalidApiKey"}\r\n\r\n0\r\n\r\n'],
  ])('401 with a body %s is passed on and recorded', async (_, rest) => {
    const upstream = await rawUpstream({ answer: `HTTP/1.1 401 Go Away\r\nX-Why: key\r\n${rest}` });
    const { peer, recording } = await proxied({ upstream: upstream.url });
    const answer = await ask(peer());
    expect(answer).toBe(
      'HTTP/1.1 401 Go Away\r\nX-Why: key\r\nContent-Length: 26\r\nConnection: close\r\n\r\n{"code":"InvalidApiKey"}\r\n',
    );
    const { path, status, complete } = await recording();
    const [, answered] = entriesOf(path);
    expect([status, complete, entriesOf(path).length]).toEqual([401, true, 2]);
    expect(answered).toMatchObject({ kind: 'answer', status: 401, reason: 'Go Away' });
    const body = answered?.kind === 'answer' ? answered.body : undefined;
    expect(Buffer.from(body ?? []).toString()).toBe('{"code":"InvalidApiKey"}\r\n');
  });

  test('a server that is not there is a 502 in clear words, recorded as made here', async () => {
    const gone = await rawUpstream();
    const { url } = gone;
    await gone.close();
    const { peer, recording } = await proxied({ upstream: url, provenance: 'captured' });
    const answer = await ask(peer());
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(bodyOf(answer)).toMatchObject({
      code: 'UpstreamUnreachable',
      message: expect.stringMatching(/ECONNREFUSED.*Try/),
    });
    const { path, status, provenance, complete } = await recording();
    expect([status, complete, provenance.kind]).toEqual([502, true, 'simulated']);
    expect(entriesOf(path)[1]).toMatchObject({ kind: 'answer', status: 502 });
  });

  test('a server that hangs up is a 502 as well', async () => {
    const upstream = await rawUpstream({ answer: undefined });
    const { peer } = await proxied({ upstream: upstream.url });
    const client = peer();
    const answer = ask(client);
    (await upstream.link()).socket.destroy();
    expect(bodyOf(await answer).message).toMatch(/socket hang up/);
  });
});

describe('bounds', () => {
  test('a server that does not answer in time is a 504', async () => {
    const upstream = await rawUpstream({ answer: undefined });
    const { peer, recording } = await proxied({ upstream: upstream.url, answerTimeoutMs: 30 });
    const answer = await ask(peer());
    expect(answer).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    expect(bodyOf(answer).message).toMatch(/no answer within 30 ms/);
    expect((await recording()).status).toBe(504);
  });

  test('a refusal larger than the limit is a 502', async () => {
    const body = 'x'.repeat(LIMITS.proxyRefusalBodyBytes + 1);
    const upstream = await rawUpstream({
      answer: `HTTP/1.1 401 No\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    });
    const { peer } = await proxied({ upstream: upstream.url });
    expect(bodyOf(await ask(peer())).message).toMatch(/a refusal of more than/);
  });

  test('a 101 that is no upgrade is a 502', async () => {
    const upstream = await rawUpstream({ answer: 'HTTP/1.1 101 Switching\r\n\r\n' });
    const { peer } = await proxied({ upstream: upstream.url });
    expect(bodyOf(await ask(peer())).message).toMatch(/without an Upgrade header/);
  });

  test('what a client sends before the answer waits for it, and beyond the limit is not read', async () => {
    const upstream = await rawUpstream({ answer: undefined });
    const { peer } = await proxied({ upstream: upstream.url });
    const client = peer(true);
    client.write(upgradeText(TARGET));
    const link = await upstream.link();
    const piece = Buffer.alloc(1024 * 1024, 7);
    let writtenBytes = 0;
    while (client.socket.writableLength < 8 * piece.length) {
      client.write(piece);
      writtenBytes += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
      expect(writtenBytes).toBeLessThan(128 * piece.length);
    }
    link.socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
    client.socket.end();
    await link.saw.until('end');
    expect(link.received.length).toBe(writtenBytes);
  });
});

describe('TLS', () => {
  test('a server of an own authority is trusted with its certificate, and says nothing of itself', async () => {
    const tls = await loadTlsCredentials(true);
    const { recording, client, server } = await linked({ ca: tls?.cert }, { tls });
    server.socket.end();
    client.socket.end();
    const { path, provenance } = await recording();
    expect(provenance).toEqual({ kind: 'undeclared' });
    expect(openRecording(path).manifest.upstream).toMatch(/^wss:/);
  });

  test('without it, it is not', async () => {
    const upstream = await rawUpstream({ tls: await loadTlsCredentials(true) });
    const { peer } = await proxied({ upstream: upstream.url });
    expect(bodyOf(await ask(peer())).message).toMatch(/self-signed certificate.*--ca/);
  });

  test('a reset crosses TLS', async () => {
    const tls = await loadTlsCredentials(true);
    const first = await linked({ ca: tls?.cert }, { tls });
    first.client.socket.resetAndDestroy();
    expect(await first.server.saw.until('error')).toBe('error ECONNRESET');
  });
});

async function credentialsOf(host: string): Promise<{ cert: string; key: string }> {
  const pems = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  });
  return { cert: pems.cert, key: pems.private };
}

describe('a proxy that the environment names', () => {
  /** A proxy that connects everything to one port and keeps what it was asked. */
  async function connectProxy(port: number): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', (head) => {
        asked.push(head.toString('latin1').split('\r\n', 1)[0] ?? '');
        const inner = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          socket.pipe(inner).pipe(socket);
        });
        sockets.add(inner);
        inner.on('error', () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const address = server.address();
    return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
  }

  test.each([false, true])('is gone through with CONNECT (TLS: %s)', async (isSecure) => {
    const host = 'service.test';
    const tls = isSecure ? await credentialsOf(host) : undefined;
    const upstream = await rawUpstream({ tls });
    const between = await connectProxy(upstream.port);
    const { peer, recording } = await proxied({
      upstream: `${isSecure ? 'wss' : 'ws'}://${host}:444`,
      env: { ALL_PROXY: between.url },
      ca: tls?.cert,
    });
    const client = peer(true);
    client.write(upgradeText(TARGET));
    const link = await upstream.link();
    expect(link.request).toMatch(/Host: service\.test:444/);
    link.socket.end();
    await client.saw.until('end');
    client.socket.end();
    expect((await recording()).complete).toBe(true);
    expect(between.asked).toEqual([`CONNECT ${host}:444 HTTP/1.1`]);
  });

  test('that refuses is no answer of the service', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    const address = server.address();
    const env = { ALL_PROXY: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` };
    const { peer } = await proxied({ upstream: 'ws://service.test', env, provenance: 'captured' });
    expect(bodyOf(await ask(peer())).message).toMatch(/the proxy in between answered 407/);
  });
});
