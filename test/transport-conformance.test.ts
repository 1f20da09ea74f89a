/**
 * One suite that every transport passes: what the server and a client may rely on, whatever carries the bytes.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { TransportLimits } from '../src/mock-server/transport/transport-limits.js';
import { LIMITS } from '../src/protocol/limits.js';
import {
  atOnce,
  memoryTransport,
  type RunningTransport,
  ScriptedServer,
  type TransportUnderTest,
  wsTransport,
} from './support/transport-harness.js';

const FREE_TIER =
  "The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the 'use free tier only' mode in the management console.";

describe.each([memoryTransport, wsTransport])('transport: $name', (kind: TransportUnderTest) => {
  let running: RunningTransport | undefined;
  const thrown: unknown[] = [];

  afterEach(async () => {
    await running?.close();
    expect(running?.connectionCount ?? 0).toBe(0);
    running = undefined;
    thrown.length = 0;
  });

  async function serve(server: ScriptedServer, limits?: Partial<TransportLimits>): Promise<RunningTransport> {
    running = await kind.start({
      accept: server.accept,
      ...(limits === undefined ? {} : { limits }),
      onInternalError: (error) => thrown.push(error),
    });
    return running;
  }

  test('the server speaks first, and the client has its open before it', async () => {
    const transport = await serve(new ScriptedServer(atOnce((connection) => connection.sendText('hello'))));
    const client = transport.connect();
    await client.saw.until('text');
    expect(client.saw.list).toEqual(['open', 'text hello']);
  });

  test('messages arrive whole and in order, both ways, bursts included', async () => {
    const server = new ScriptedServer((connection) => ({
      onText: (text) => connection.sendText(`re ${text}`),
    }));
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    const sent = Array.from({ length: 500 }, (_, index) => `message ${index}`);
    for (const text of sent) client.socket.send(text);
    await client.saw.untilCount('text', sent.length);
    expect(server.texts).toEqual(sent);
    expect(client.texts).toEqual(sent.map((text) => `re ${text}`));
  });

  test.each([0, 1, 125, 126, 65_535, 65_536, 1 << 20, 16 << 20])(
    'a text of %i bytes survives',
    async (sizeBytes) => {
      const server = new ScriptedServer((connection) => ({ onText: (text) => connection.sendText(text) }));
      const client = (await serve(server)).connect();
      await client.saw.until('open');
      const text = 'abcdefghij'.repeat(Math.ceil(sizeBytes / 10)).slice(0, sizeBytes);
      client.socket.send(text);
      await client.saw.until('text');
      expect(server.texts[0] === text).toBe(true);
      expect(client.texts[0] === text).toBe(true);
    },
  );

  test('every script and every plane of Unicode survives', async () => {
    const server = new ScriptedServer((connection) => ({ onText: (text) => connection.sendText(text) }));
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    const text = '你好 Ünïcödé 👩‍👩‍👧 \u0000 \u2028 𝄞';
    client.socket.send(text);
    await client.saw.until('text');
    expect([server.texts, client.texts]).toEqual([[text], [text]]);
  });

  test('a binary message is reported by its size, a ping as a ping', async () => {
    const server = new ScriptedServer();
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    client.socket.sendBinary(new Uint8Array(7));
    client.socket.ping();
    client.socket.send('end');
    await server.saw.until('text');
    expect(server.saw.list).toEqual(['open', 'binary 7', 'ping', 'text end']);
  });

  test('the acceptor sees target, headers and offered subprotocols', async () => {
    const server = new ScriptedServer();
    const client = (await serve(server)).connect('/a%20b?model=m?x=1', {
      headers: { Authorization: 'bearer K', 'X-Mixed-Case': 'v' },
      protocols: [],
    });
    await client.saw.until('open');
    const [request] = server.requests;
    expect(request?.target).toBe('/a%20b?model=m?x=1');
    expect(request?.headers).toMatchObject({ authorization: 'bearer K', 'x-mixed-case': 'v' });
  });

  test('a refusal reaches the client with its status and body, and no connection comes about', async () => {
    running = await kind.start({
      accept: () => ({ accept: false, status: 401, body: '{"code":"InvalidApiKey"}' }),
    });
    const client = running.connect();
    await client.saw.until('refused');
    expect(client.saw.list).toEqual(['refused 401 {"code":"InvalidApiKey"}']);
    expect(running.connectionCount).toBe(0);
  });

  test('an acceptor that throws is a 500 to that client and nothing to the next', async () => {
    const server = new ScriptedServer();
    let first = true;
    running = await kind.start({
      accept: (request) => {
        if (!first) return server.accept(request);
        first = false;
        throw new Error('acceptor bug');
      },
      onInternalError: (error) => thrown.push(error),
    });
    const refused = running.connect();
    expect(await refused.saw.until('refused')).toMatch(/^refused 500 /);
    expect(thrown.map(String)).toEqual(['Error: acceptor bug']);
    await running.connect().saw.until('open');
  });

  test('over the connection limit is a 503, and room is made by a close', async () => {
    const server = new ScriptedServer();
    const transport = await serve(server, { connections: 1 });
    const first = transport.connect();
    await first.saw.until('open');
    expect(await transport.connect().saw.until('refused')).toMatch(/^refused 503 .*its limit/);
    first.socket.close(1000);
    await server.saw.until('close');
    await transport.connect().saw.until('open');
  });

  test.each([
    [1000, ''],
    [1001, 'going'],
    [1007, 'Model not found (null)!'],
    [1011, 'Internal service error: null'],
    [1013, 'later'],
    [4000, 'ours'],
  ])('the server closes with %i "%s"', async (code, reason) => {
    const server = new ScriptedServer(atOnce((connection) => connection.close(code, reason)));
    const client = (await serve(server)).connect();
    await client.saw.until('close');
    await server.saw.until('close');
    expect(client.saw.list).toEqual(['open', `close ${code} ${reason}`]);
    expect(server.saw.list.at(-1)).toBe(`close ${code} server ${reason}`.trimEnd());
  });

  test.each([
    [1000, '', 'close 1000 client'],
    [1000, 'bye', 'close 1000 client bye'],
    [3456, '再见', 'close 3456 client 再见'],
    [undefined, '', 'close none client'],
  ])('the client closes with %s "%s"', async (code, reason, seen) => {
    const server = new ScriptedServer();
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    client.socket.send('last words');
    client.socket.close(code, reason);
    await server.saw.until('close');
    await client.saw.until('close');
    expect(server.saw.list).toEqual(['open', 'text last words', seen]);
    expect(server.connection.state).toBe('closed');
    // The answer repeats the code and, like the service's, never the reason.
    if (code !== undefined) expect(client.saw.list.at(-1)?.trimEnd()).toBe(`close ${code}`);
  });

  test('a reason that is too long is cut inside the limit and at a character', async () => {
    const server = new ScriptedServer(atOnce((connection) => connection.close(1007, '语'.repeat(100))));
    const client = (await serve(server)).connect();
    const seen = await client.saw.until('close');
    expect(seen).toBe(`close 1007 ${'语'.repeat(Math.floor(LIMITS.closeReasonBytes / 3))}`);
  });

  test('the over-long reason of the real service can be sent whole, and a strict client calls it an error', async () => {
    const server = new ScriptedServer(
      atOnce((connection) => connection.close(1007, FREE_TIER, { truncateReason: false })),
    );
    const client = (await serve(server)).connect();
    await client.saw.until('close');
    await server.saw.until('close');
    expect(client.saw.list.map((happening) => happening.split(' ')[0])).toEqual(['open', 'error', 'close']);
    expect(client.saw.list.at(-1)).toBe('close none ');
    expect(server.saw.list.at(-1)).toBe(`close 1007 server ${FREE_TIER}`);
  });

  test('a close while much is on its way comes after all of it', async () => {
    const large = 'x'.repeat(1 << 20);
    const server = new ScriptedServer((connection) => {
      for (let index = 0; index < 8; index += 1) connection.sendText(large);
      connection.close(1000, 'done');
      connection.sendText('never');
      return {};
    });
    const client = (await serve(server)).connect();
    await client.saw.until('close');
    expect(client.texts.map((text) => text.length)).toEqual(Array(8).fill(1 << 20));
    expect(client.saw.list.at(-1)).toBe('close 1000 done');
  });

  test('after its own close the server hears nothing but onClose, once', async () => {
    const server = new ScriptedServer((connection) => ({
      onText: () => {
        connection.close(1000, '');
        connection.close(1011, 'again');
      },
    }));
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    for (let index = 0; index < 20; index += 1) client.socket.send(`m${index}`);
    client.socket.close(1000);
    await client.saw.until('close');
    await server.saw.until('close');
    expect(server.saw.list).toEqual(['open', 'text m0', 'close 1000 server']);
  });

  test('a client that drops is reported once, without code', async () => {
    const server = new ScriptedServer();
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    client.socket.send('last');
    await server.saw.until('text');
    client.socket.terminate();
    await server.saw.until('close');
    server.connection.sendText('into the void');
    server.connection.close(1000, '');
    server.connection.terminate();
    expect(server.saw.list).toEqual(['open', 'text last', 'close none dropped']);
  });

  test('a server that drops: what it sent in the same breath arrives, then the end', async () => {
    const server = new ScriptedServer((connection) => {
      connection.sendText('one');
      connection.terminate();
      return {};
    });
    const client = (await serve(server)).connect();
    await client.saw.until('close');
    await server.saw.until('close');
    expect(client.saw.list).toEqual(['open', 'text one', 'close none ']);
    expect(server.saw.list).toEqual(['open', 'close none dropped']);
  });

  test('a message over the limit closes 1009 and is a protocol error to the server', async () => {
    const server = new ScriptedServer();
    const client = (await serve(server, { frameBytes: 1000 })).connect();
    await client.saw.until('open');
    client.socket.send('a'.repeat(1000));
    client.socket.send('b'.repeat(1001));
    client.socket.send('c');
    await server.saw.until('close');
    expect(await client.saw.until('close')).toBe('close 1009 ');
    expect(server.saw.list.map((happening) => happening.slice(0, 30))).toEqual([
      'open',
      `text ${'a'.repeat(25)}`,
      'close 1009 protocol-error Max ',
    ]);
  });

  test('paused reading holds messages back in order, resuming gives them', async () => {
    const server = new ScriptedServer((connection) => ({
      onText: (text) => {
        if (text === 'm0' || text === 'm3') connection.pauseReading();
      },
    }));
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    for (let index = 0; index < 6; index += 1) client.socket.send(`m${index}`);
    await server.saw.until('text m0');
    await server.connections[0]?.resumeReading();
    await server.saw.until('text m3');
    expect(server.texts).toEqual(['m0', 'm1', 'm2', 'm3']);
    server.connection.resumeReading();
    await server.saw.until('text m5');
    expect(server.texts).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
  });

  test('a server that closes while it had paused reading completes the handshake and hears nothing more', async () => {
    const server = new ScriptedServer((connection) => ({ onText: () => connection.pauseReading() }));
    const client = (await serve(server)).connect();
    await client.saw.until('open');
    client.socket.send('m0');
    client.socket.send('m1');
    await server.saw.until('text m0');
    server.connection.close(1000, 'enough');
    await server.saw.until('close');
    expect(await client.saw.until('close')).toBe('close 1000 enough');
    expect(server.saw.list).toEqual(['open', 'text m0', 'close 1000 server enough']);
  });

  test('a client that stops reading is no longer read from, and both go on when it reads again', async () => {
    const chunk = 'y'.repeat(256 * 1024);
    const server = new ScriptedServer((connection) => ({
      onText: (text) => {
        if (text !== 'go') return;
        for (let index = 0; index < 64; index += 1) connection.sendText(chunk);
      },
    }));
    const client = (
      await serve(server, { writeHighWaterBytes: 1 << 20, writeLowWaterBytes: 1 << 18 })
    ).connect();
    await client.saw.until('open');
    client.socket.pauseReading();
    client.socket.send('go');
    client.socket.send('later');
    await server.saw.until('text go');
    expect(server.connection.bufferedBytes).toBeGreaterThan(1 << 20);
    expect(server.texts).toEqual(['go']);
    client.socket.resumeReading();
    await server.saw.until('text later');
    expect(server.saw.list).toEqual(['open', 'text go', 'drain', 'text later']);
    await client.saw.untilCount('text', 64);
    expect(server.connection.bufferedBytes).toBe(0);
  });

  test('a client that never reads costs a bounded amount, then its connection', async () => {
    const chunk = 'z'.repeat(1 << 20);
    const server = new ScriptedServer((connection) => ({
      onText: () => {
        for (let index = 0; index < 64; index += 1) connection.sendText(chunk);
      },
    }));
    const transport = await serve(server, { writeBufferBytes: 8 << 20 });
    const client = transport.connect();
    await client.saw.until('open');
    client.socket.pauseReading();
    client.socket.send('go');
    expect(await server.saw.until('close')).toMatch(/^close none dropped the peer left more than 8388608/);
    await transport.connect().saw.until('open');
    client.socket.terminate();
  });

  test('a handler that throws costs its own connection a 1011, and is reported', async () => {
    const server = new ScriptedServer(() => ({
      onText: (text) => {
        if (text === 'bug') throw new Error('handler bug');
      },
    }));
    const transport = await serve(server);
    const [broken, healthy] = [transport.connect(), transport.connect()];
    await Promise.all([broken.saw.until('open'), healthy.saw.until('open')]);
    broken.socket.send('bug');
    expect(await broken.saw.until('close')).toMatch(/^close 1011/);
    healthy.socket.send('fine');
    await server.saw.until('text fine');
    expect(thrown.map(String)).toEqual(['Error: handler bug']);
  });

  test('an onClose that throws is reported too, and the transport still closes', async () => {
    const server = new ScriptedServer(() => ({
      onClose: () => {
        throw new Error('close bug');
      },
    }));
    const transport = await serve(server);
    const client = transport.connect();
    await client.saw.until('open');
    client.socket.close(1000);
    await client.saw.until('close');
    await server.saw.until('close');
    await transport.close();
    expect(thrown.map(String)).toEqual(['Error: close bug']);
  });

  test('closing the transport closes every client with 1001 and refuses later ones', async () => {
    const server = new ScriptedServer();
    const transport = await serve(server);
    const clients = [transport.connect(), transport.connect(), transport.connect()];
    await Promise.all(clients.map((client) => client.saw.until('open')));
    await Promise.all([transport.close(), transport.close()]);
    for (const client of clients) expect(await client.saw.until('close')).toMatch(/^close 1001/);
    expect(server.saw.list.filter((happening) => happening.startsWith('close 1001 server'))).toHaveLength(3);
    const late = transport.connect();
    await Promise.race([late.saw.until('refused 503'), late.saw.until('error')]);
  });
});
