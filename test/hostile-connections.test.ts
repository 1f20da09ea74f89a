/**
 * Peers that break the rules of HTTP or WebSocket, or none and then vanish. After each of them the server is
 * asked for a fresh connection: that, and the ending its handler saw, is what must hold.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Listener } from '../src/mock-server/transport/connection.js';
import type { TransportLimits } from '../src/mock-server/transport/transport-limits.js';
import { listenWs } from '../src/mock-server/transport/ws-transport.js';
import { LIMITS } from '../src/protocol/index.js';
import { clientFrame, RawPeer, upgradeText } from './support/raw-peer.js';
import { ScriptedServer } from './support/transport-harness.js';

const TEXT = 0x81;
const TEXT_START = 0x01;
const CONTINUATION = 0x00;
const LAST_CONTINUATION = 0x80;
const PING = 0x89;
const CLOSE = 0x88;

let server: ScriptedServer;
let listener: Listener;
let peers: RawPeer[];
const thrown: unknown[] = [];

async function listen(limits: Partial<TransportLimits> = {}): Promise<void> {
  server = new ScriptedServer((connection) => ({
    onText: (text) => {
      if (text.startsWith('flood')) connection.sendText('f'.repeat(1 << 20));
      if (text === 'echo') connection.sendText('echo');
    },
  }));
  listener = await listenWs({
    accept: server.accept,
    limits,
    onInternalError: (error) => thrown.push(error),
  });
}

function peer(keepsOpen = false): RawPeer {
  const made = new RawPeer(listener.url, keepsOpen);
  peers.push(made);
  return made;
}

async function serverStillServes(): Promise<void> {
  const fresh = await peer().upgrade();
  fresh.write(clientFrame(TEXT, 'echo'));
  await fresh.saw.until('data');
  fresh.write(clientFrame(CLOSE, ''));
  await fresh.saw.until('end');
  fresh.socket.destroy();
  expect(thrown).toEqual([]);
}

beforeEach(() => {
  peers = [];
  thrown.length = 0;
});

afterEach(async () => {
  for (const { socket } of peers) socket.destroy();
  await listener.close();
  expect(listener.connectionCount).toBe(0);
});

describe('frames that break the protocol', () => {
  const invalidUtf8 = Buffer.from([0xc3, 0x28]);
  test.each<[string, Buffer, number]>([
    ['an unmasked frame', Buffer.from([TEXT, 2, 0x68, 0x69]), 1002],
    ['invalid UTF-8', clientFrame(TEXT, invalidUtf8), 1007],
    ['UTF-8 cut off at the end', clientFrame(TEXT, Buffer.from([0xe4, 0xbd])), 1007],
    ['a UTF-16 surrogate in UTF-8', clientFrame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), 1007],
    [
      'invalid UTF-8 across fragments',
      Buffer.concat([clientFrame(TEXT_START, 'a'), clientFrame(LAST_CONTINUATION, invalidUtf8)]),
      1007,
    ],
    ['reserved bit 1 (compression nobody agreed on)', clientFrame(TEXT | 0x40, 'x'), 1002],
    ['reserved bits 2 and 3', clientFrame(TEXT | 0x30, 'x'), 1002],
    ['an unknown data opcode', clientFrame(0x83, 'x'), 1002],
    ['an unknown control opcode', clientFrame(0x8b, 'x'), 1002],
    ['a continuation of nothing', clientFrame(LAST_CONTINUATION, 'x'), 1002],
    [
      'a new message inside a message',
      Buffer.concat([clientFrame(TEXT_START, 'a'), clientFrame(TEXT, 'b')]),
      1002,
    ],
    ['a fragmented ping', clientFrame(0x09, 'x'), 1002],
    ['a ping of 126 bytes', clientFrame(PING, Buffer.alloc(126)), 1002],
    ['a close frame of one byte', clientFrame(CLOSE, Buffer.from([3])), 1002],
    ['a close frame with code 1005', clientFrame(CLOSE, Buffer.from([0x03, 0xed])), 1002],
    ['a close frame with code 65535', clientFrame(CLOSE, Buffer.from([0xff, 0xff])), 1002],
    [
      'a close reason that is not UTF-8',
      clientFrame(CLOSE, Buffer.concat([Buffer.from([0x03, 0xe8]), invalidUtf8])),
      1007,
    ],
    ['a length of 2^63', Buffer.concat([Buffer.from([TEXT, 0xff, 0x80]), Buffer.alloc(11)]), 1009],
    ['a length of 2^40', Buffer.from([TEXT, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
    ['a message one byte over the limit', clientFrame(TEXT, 'x'.repeat(1001)), 1009],
    ['HTTP where frames belong', Buffer.from(upgradeText()), 1002],
  ])('%s closes with the right code and harms nobody', async (_, bytes, code) => {
    await listen({ frameBytes: 1000 });
    const bystander = await peer().upgrade();
    const hostile = await peer().upgrade();
    hostile.write(bytes);
    await server.saw.until('close');
    await hostile.saw.until('end');
    expect(server.saw.list.at(-1)).toMatch(new RegExp(`^close ${code} protocol-error `));
    expect(hostile.closeCode).toBe(code);
    await serverStillServes();
    bystander.write(clientFrame(TEXT, 'still here'));
    await server.saw.until('text still here');
  });

  test('a message in a thousand fragments is bounded by its sum', async () => {
    await listen({ frameBytes: 1000 });
    const hostile = await peer().upgrade();
    const fragments = Array.from({ length: 20 }, () => clientFrame(CONTINUATION, 'y'.repeat(100)));
    hostile.write(Buffer.concat([clientFrame(TEXT_START, 'y'), ...fragments]));
    await server.saw.until('close 1009 protocol-error');
    await serverStillServes();
  });

  test('fragments without any bytes are bounded by their number', async () => {
    await listen();
    const hostile = await peer().upgrade();
    const empty = clientFrame(CONTINUATION, '');
    hostile.write(clientFrame(TEXT_START, ''));
    hostile.write(Buffer.concat(Array.from({ length: LIMITS.messageFragments + 1 }, () => empty)));
    await server.saw.until('close 1008 protocol-error');
    await serverStillServes();
  });
});

describe('connections that stop in the middle', () => {
  test.each([
    ['before a byte', ''],
    ['inside the request line', 'GET /api-w'],
    ['inside the headers', upgradeText().slice(0, 60)],
    ['with the request complete but for its last byte', upgradeText().slice(0, -1)],
  ])('reset %s', async (_, bytes) => {
    await listen();
    const hostile = peer();
    await hostile.saw.until('connect');
    if (bytes !== '') hostile.write(bytes);
    hostile.socket.resetAndDestroy();
    await hostile.saw.until('close');
    await serverStillServes();
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['inside a frame header', clientFrame(TEXT, 'hello').subarray(0, 3)],
    ['inside a payload', clientFrame(TEXT, 'hello').subarray(0, 8)],
    ['between fragments', clientFrame(TEXT_START, 'hello')],
    ['between messages', Buffer.alloc(0)],
  ])('a reset %s is a dropped connection', async (_, bytes) => {
    await listen();
    const hostile = await peer().upgrade();
    hostile.write(clientFrame(TEXT, 'first'));
    await server.saw.until('text first');
    hostile.write(bytes);
    hostile.socket.resetAndDestroy();
    await server.saw.until('close none dropped');
    await serverStillServes();
  });

  test('a peer that half-closes without a close frame is a dropped connection', async () => {
    await listen();
    const hostile = await peer().upgrade();
    hostile.socket.end(clientFrame(TEXT, 'hello').subarray(0, 8));
    await server.saw.until('close none dropped');
    await hostile.saw.until('end');
    await serverStillServes();
  });

  test('a peer that never sends its request is dropped in time', async () => {
    await listen({ upgradeTimeoutMs: 400 });
    const silent = peer();
    await silent.saw.until('end');
    await serverStillServes();
  });

  test('a peer that sends its headers a byte at a time is dropped in time', async () => {
    await listen({ upgradeTimeoutMs: 400 });
    const slow = peer();
    await slow.saw.until('connect');
    for (const byte of upgradeText().slice(0, 40)) {
      slow.write(byte);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await slow.saw.until('end');
    expect(slow.receivedText).toMatch(/^HTTP\/1\.1 408 /);
    await serverStillServes();
  });

  test('a peer that never answers a close frame is dropped in time', async () => {
    await listen({ closeTimeoutMs: 60 });
    const deaf = await peer(true).upgrade();
    server.connection.close(1000, 'bye');
    await server.saw.until('close 1000 server bye');
    await deaf.saw.until('end');
    await serverStillServes();
  });

  test('a peer that never takes its over-long close frame is dropped in time', async () => {
    await listen({ closeTimeoutMs: 60 });
    const deaf = await peer(true).upgrade();
    server.connection.close(1007, 'r'.repeat(200), { truncateReason: false });
    await server.saw.until('close 1007 server');
    expect(deaf.received.subarray(0, 6)).toEqual(Buffer.from([0x88, 126, 0, 202, 0x03, 0xef]));
    await serverStillServes();
  });

  test('a peer that stops reading under a flood is ended, not served without end', async () => {
    await listen({ writeHighWaterBytes: 4 << 20, writeBufferBytes: 12 << 20 });
    const greedy = await peer().upgrade();
    greedy.socket.pause();
    greedy.write(Buffer.concat(Array.from({ length: 40 }, () => clientFrame(TEXT, 'flood'))));
    await server.saw.until('text flood');
    await serverStillServes();
    expect(server.connection.bufferedBytes).toBeLessThanOrEqual(12 << 20);
    expect(server.texts.filter((text) => text === 'flood').length).toBeLessThan(40);
  });
});

describe('requests that are no upgrade', () => {
  test.each([
    ['binary garbage', Buffer.from([0, 1, 2, 0xff, 0xfe, 13, 10, 13, 10]), /^HTTP\/1\.1 400 /],
    ['a TLS hello to a plain port', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]), /^HTTP\/1\.1 400 /],
    ['headers of 64 KiB', `GET / HTTP/1.1\r\nx: ${'y'.repeat(65_536)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['a bad WebSocket key', upgradeText().replace('dGhl', '!!!!'), /^HTTP\/1\.1 400 /],
    ['WebSocket version 7', upgradeText().replace('Version: 13', 'Version: 7'), /^HTTP\/1\.1 400 /],
    ['an upgrade by POST', upgradeText().replace('GET', 'POST'), /^HTTP\/1\.1 400 /],
    [
      'an offer of h2c',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
  ])('%s gets an answer and no connection', async (_, bytes, answer) => {
    await listen();
    const odd = peer();
    odd.write(bytes);
    await odd.saw.until('end');
    expect(odd.receivedText).toMatch(answer);
    expect(server.connections).toHaveLength(0);
    await serverStillServes();
  });

  test('a refused peer that sends on and never closes is dropped in time', async () => {
    listener = await listenWs({
      accept: () => ({ accept: false, status: 401, body: '{"code":"InvalidApiKey"}' }),
      limits: { closeTimeoutMs: 60 },
    });
    const stubborn = peer(true);
    stubborn.write(upgradeText());
    stubborn.write(Buffer.alloc(100_000));
    await stubborn.saw.until('end');
    expect(stubborn.receivedText).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n.*{"code":"InvalidApiKey"}$/s);
    while (!stubborn.saw.list.some((seen) => seen.startsWith('error'))) {
      stubborn.write('still here');
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  });
});

test('a listener closes although peers hang in every stage', async () => {
  await listen({ closeTimeoutMs: 60 });
  const silent = peer();
  const halfway = peer();
  await Promise.all([silent.saw.until('connect'), halfway.saw.until('connect')]);
  halfway.write(upgradeText().slice(0, 60));
  const deaf = await peer(true).upgrade();
  await listener.close();
  await server.saw.until('close 1001 server');
  await Promise.all([silent, halfway, deaf].map(({ saw }) => saw.until('end')));
});
