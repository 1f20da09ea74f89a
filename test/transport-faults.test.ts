/**
 * Faults on a real socket, seen byte by byte by a peer that is no WebSocket library.
 */
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadTlsCredentials } from '../src/mock-server/tls.js';
import type { Connection, Listener } from '../src/mock-server/transport/connection.js';
import { type ListenWsOptions, listenWs } from '../src/mock-server/transport/ws-transport.js';
import { LIMITS } from '../src/protocol/limits.js';
import { frameBytes, OPCODES } from '../src/protocol/websocket-frames.js';
import type { Impairment } from '../src/scenarios/index.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import { Happenings } from './support/happenings.js';
import { clientFrame, RawPeer, upgradeText } from './support/raw-peer.js';
import { ScriptedServer } from './support/transport-harness.js';

const TEXT = 0x81;
const PING = 0x89;
const CLOSE = 0x88;
const CLOSE_1000 = clientFrame(CLOSE, Uint8Array.of(0x03, 0xe8));

let clock: HandWoundClock;
let server: ScriptedServer;
let listener: Listener;
let peers: RawPeer[];

beforeEach(() => {
  clock = new HandWoundClock();
  peers = [];
});

afterEach(async () => {
  for (const { socket } of peers) socket.destroy();
  await listener.close();
  expect(listener.connectionCount).toBe(0);
  await clock.untilIdle();
});

/** A server that says `act` on a connection's text of that name, and echoes every other text. */
async function listen(
  acts: Readonly<Record<string, (connection: Connection) => void>> = {},
  options: Partial<ListenWsOptions> = {},
): Promise<void> {
  server = new ScriptedServer((connection) => ({
    onText: (text) => (acts[text] === undefined ? connection.sendText(text) : acts[text](connection)),
  }));
  listener = await listenWs({ accept: server.accept, clock, ...options });
}

function impair(...impairments: Impairment[]): (connection: Connection) => void {
  return (connection) => {
    for (const impairment of impairments) connection.impair(impairment);
  };
}

function peer(keepsOpen = false): RawPeer {
  const made = new RawPeer(listener.url, keepsOpen);
  peers.push(made);
  return made;
}

const upgraded = (keepsOpen = false): Promise<RawPeer> => peer(keepsOpen).upgrade();

async function receivedBy(raw: RawPeer, sizeBytes: number): Promise<Buffer> {
  while (raw.received.length < sizeBytes) {
    await raw.saw.untilCount('data', raw.saw.list.filter((seen) => seen === 'data').length + 1);
  }
  return raw.received;
}

/** A whole conversation of another peer: what was on its way before has arrived after it. */
async function somebodyElseIsServed(): Promise<void> {
  const closes = server.saw.list.filter((seen) => seen.startsWith('close none dropped')).length;
  const other = await upgraded();
  other.write(clientFrame(TEXT, 'echo'));
  await receivedBy(other, 6);
  other.socket.resetAndDestroy();
  await server.saw.untilCount('close none dropped', closes + 1);
}

describe('endings', () => {
  test('a reset is a reset, after all that was sent', async () => {
    await listen({
      go: (connection) => {
        connection.sendText('x'.repeat(300_000));
        connection.sendBytes(Uint8Array.of(TEXT, 9, 0x61));
        connection.reset();
      },
    });
    const raw = await upgraded();
    raw.write(clientFrame(TEXT, 'go'));
    const received = await receivedBy(raw, 10 + 300_000 + 3);
    await clock.fireNext(LIMITS.resetGraceMs);
    await raw.saw.until('close');
    expect(raw.saw.list.filter((seen) => seen !== 'data')).toEqual(['connect', 'error ECONNRESET', 'close']);
    expect(received.subarray(-3)).toEqual(Buffer.from([TEXT, 9, 0x61]));
    expect(raw.received).toHaveLength(received.length);
    await server.saw.until('close none dropped');
  });

  test('an end is a FIN without a close frame, and waits for the peer’s', async () => {
    await listen({
      go: (connection) => {
        connection.sendText('bye');
        connection.end();
      },
    });
    const raw = await upgraded(true);
    raw.write(clientFrame(TEXT, 'go'));
    await raw.saw.until('end');
    expect(raw.receivedText).toBe('\x81\x03bye');
    // Not even the close and the ping of a peer that goes on talking are answered.
    raw.write(Buffer.concat([clientFrame(PING, 'p'), CLOSE_1000]));
    raw.socket.end();
    await server.saw.until('close none dropped');
    expect(raw.receivedText).toBe('\x81\x03bye');
  });

  test('a peer that does not follow an end is dropped in time', async () => {
    await listen({ go: (connection) => connection.end() }, { limits: { closeTimeoutMs: 4_321 } });
    const raw = await upgraded(true);
    raw.write(clientFrame(TEXT, 'go'));
    await raw.saw.until('end');
    clock.fire(4_321);
    await server.saw.until('close none dropped');
  });

  test.each<[string, (connection: Connection) => void, string]>([
    ['without a code', (connection) => connection.close(undefined, ''), '\x88\x00'],
    ['with code 5000', (connection) => connection.close(5000, 'x'), '\x88\x03\x13\x88x'],
    [
      'with a reason of 200 bytes',
      (connection) => connection.close(1007, 'r'.repeat(200), { truncateReason: false }),
      `\x88\x7e\x00\xca\x03\xef${'r'.repeat(200)}`,
    ],
  ])('a close frame %s, once, and nothing behind it', async (_, close, bytes) => {
    await listen({
      go: (connection) => {
        close(connection);
        connection.sendText('never');
      },
    });
    const raw = await upgraded();
    raw.write(Buffer.concat([clientFrame(TEXT, 'go'), clientFrame(PING, 'p'), CLOSE_1000]));
    await raw.saw.until('end');
    expect(raw.receivedText).toBe(bytes);
  });

  test('raw bytes stand exactly where they were sent', async () => {
    const ping = frameBytes({ opcode: OPCODES.ping, payload: Uint8Array.of(1) });
    await listen({
      go: (connection) => {
        connection.sendText('a');
        connection.sendBytes(ping);
        connection.sendText(['b', 'c']);
        connection.sendBytes(Uint8Array.of(0xff));
        connection.close(1000, '');
      },
    });
    const raw = await upgraded();
    raw.write(clientFrame(TEXT, 'go'));
    await receivedBy(raw, 15);
    expect(raw.receivedText).toBe('\x81\x01a\x89\x01\x01\x81\x02bc\xff\x88\x02\x03\xe8');
    raw.write(CLOSE_1000);
    await raw.saw.until('end');
  });
});

describe('bad links', () => {
  test('pings are answered until they are not, and all else goes on', async () => {
    await listen({ go: impair({ kind: 'no-pong' }) });
    const raw = await upgraded();
    const ping = clientFrame(PING, 'p');
    raw.write(Buffer.concat([ping, clientFrame(TEXT, 'go'), ping, clientFrame(TEXT, 'a'), ping, CLOSE_1000]));
    await raw.saw.until('end');
    expect(raw.receivedText).toBe('\x8a\x01p\x81\x01a\x88\x02\x03\xe8');
    await server.saw.untilCount('ping', 3);
  });

  test.each(['mute', 'ignore-close'] as const)(
    '%s: no close frame, and no FIN before the peer’s',
    async (kind) => {
      await listen({ go: impair({ kind }) });
      const raw = await upgraded();
      raw.write(Buffer.concat([clientFrame(TEXT, 'go'), CLOSE_1000, clientFrame(TEXT, 'late')]));
      await server.saw.until('close 1000 client');
      await somebodyElseIsServed();
      expect([raw.received.length, raw.saw.list.includes('end'), listener.connectionCount]).toEqual([
        0,
        false,
        1,
      ]);
      raw.socket.end();
      await raw.saw.until('end');
      await raw.saw.until('close');
      expect(raw.received).toHaveLength(0);
    },
  );

  test('ignore-close: a peer that broke the protocol is not answered either', async () => {
    await listen({ go: impair({ kind: 'ignore-close' }) });
    const raw = await upgraded();
    raw.write(Buffer.concat([clientFrame(TEXT, 'go'), clientFrame(0x83, 'x')]));
    await server.saw.until('close 1002 protocol-error');
    await somebodyElseIsServed();
    expect([raw.received.length, raw.saw.list.includes('end')]).toEqual([0, false]);
  });

  test('half-open: no byte and no FIN, though the peer closes and ends', async () => {
    await listen({ go: impair({ kind: 'half-open' }) });
    const raw = await upgraded(true);
    raw.write(Buffer.concat([clientFrame(TEXT, 'go'), clientFrame(PING, 'p')]));
    await server.saw.until('text go');
    server.connection.sendText('unheard');
    raw.write(CLOSE_1000);
    raw.socket.end();
    server.connection.terminate();
    await server.saw.until('close none dropped');
    await somebodyElseIsServed();
    expect(raw.saw.list).not.toContain('end');
    expect([raw.received.length, listener.connectionCount]).toEqual([0, 1]);
    clock.fire(LIMITS.impairedConnectionMs);
    await raw.saw.until('close');
    expect(raw.received).toHaveLength(0);
  });

  test('half-open: what a peer sends stays where it is, and a peer that goes is not missed', async () => {
    await listen({ go: impair({ kind: 'half-open' }) });
    const raw = await upgraded();
    raw.write(clientFrame(TEXT, 'go'));
    await server.saw.until('text go');
    raw.write(Buffer.alloc(32 << 20));
    await somebodyElseIsServed();
    expect(raw.socket.writableLength).toBeGreaterThan(0);
    raw.socket.resetAndDestroy();
    await raw.saw.until('close');
    await somebodyElseIsServed();
    expect([listener.connectionCount, server.connection.state]).toEqual([1, 'open']);
  });

  test('half-open: a close in the same packet is not answered', async () => {
    await listen({ go: impair({ kind: 'half-open' }) });
    const raw = await upgraded(true);
    raw.write(Buffer.concat([clientFrame(TEXT, 'go'), CLOSE_1000]));
    raw.socket.end();
    await server.saw.until('close');
    await somebodyElseIsServed();
    expect([raw.received.length, raw.saw.list.includes('end')]).toEqual([0, false]);
  });

  test('stop-reading: the peer’s bytes stay where they are until the time is over', async () => {
    await listen({ go: impair({ kind: 'stop-reading', forMs: 900 }) });
    const raw = await upgraded();
    raw.write(clientFrame(TEXT, 'go'));
    await server.saw.until('text go');
    const flood = Buffer.concat(Array.from({ length: 150 }, () => clientFrame(TEXT, 'z'.repeat(20_000))));
    raw.write(flood);
    await somebodyElseIsServed();
    expect(server.texts.filter((text) => text.startsWith('z'))).toHaveLength(0);
    clock.fire(900);
    await receivedBy(raw, 150 * 20_004);
    expect(server.texts.filter((text) => text.startsWith('z'))).toHaveLength(150);
  });

  test('throttled to the client: slice by slice, all of it, the pong and the close in their places', async () => {
    await listen({ go: impair({ kind: 'throttle', bytesPerSecond: 1_000, direction: 'to-client' }) });
    const raw = await upgraded();
    raw.write(
      Buffer.concat([
        clientFrame(TEXT, 'go'),
        clientFrame(TEXT, 'a'.repeat(101)),
        clientFrame(PING, 'p'),
        clientFrame(TEXT, 'b'),
        CLOSE_1000,
      ]),
    );
    const whole = `\x81\x65${'a'.repeat(101)}\x8a\x01p\x81\x01b\x88\x02\x03\xe8`;
    for (const sizeBytes of [50, 100]) {
      expect(raw.received.length).toBe(sizeBytes - 50);
      await clock.fireNext(50);
      await receivedBy(raw, sizeBytes);
      await somebodyElseIsServed();
    }
    expect(raw.receivedText).toBe(whole.slice(0, 100));
    await clock.fireNext(whole.length - 100);
    await raw.saw.until('end');
    expect(raw.receivedText).toBe(whole);
    await server.saw.until('close 1000 client');
  });

  test('throttled to the server: what a peer sent and its end come in their time', async () => {
    await listen();
    const raw = await upgraded();
    await server.saw.until('open');
    server.connection.impair({ kind: 'throttle', bytesPerSecond: 1_000, direction: 'to-server' });
    raw.write(Buffer.concat([clientFrame(TEXT, 'a'.repeat(42)), clientFrame(TEXT, 'b'.repeat(84))]));
    raw.socket.end();
    await clock.saw.until('timer');
    await somebodyElseIsServed();
    expect(server.texts).toEqual(['echo']);
    await clock.fireNext(50);
    await server.saw.until('text aaa');
    expect(server.saw.list.filter((seen) => seen.startsWith('text b'))).toEqual([]);
    await clock.fireNext(50);
    await clock.fireNext(38);
    await server.saw.until('text bbb');
    await server.saw.untilCount('close none dropped', 2);
  });

  test('a flood of pings whose answers nobody reads is held up, not buffered', async () => {
    const [count, highBytes, pongBytes] = [100_000, 1 << 20, 127];
    const saw = new Happenings();
    let peakBytes = 0;
    const handler = (connection: Connection) => ({
      onText: () => {},
      onBinary: () => {},
      onPing: () => {
        peakBytes = Math.max(peakBytes, connection.bufferedBytes);
        if (peakBytes > highBytes && saw.list.length === 0) saw.add('high');
      },
      onDrain: () => saw.add('drain'),
      onClose: () => {},
    });
    const limits = { writeHighWaterBytes: highBytes, writeLowWaterBytes: 1 << 18 };
    await listen({}, { accept: () => ({ accept: true, handler }), limits });
    const raw = await upgraded();
    raw.socket.removeAllListeners('data').pause();
    const pings = Buffer.concat(Array.from({ length: count / 10 }, () => clientFrame(PING, 'p'.repeat(125))));
    for (let index = 0; index < 10; index += 1) raw.write(pings);
    await saw.until('high');
    let receivedBytes = 0;
    await new Promise<void>((resolve) => {
      raw.socket.on('data', (chunk) => {
        receivedBytes += chunk.length;
        if (receivedBytes === count * pongBytes) resolve();
      });
      raw.socket.resume();
    });
    expect(saw.list[1]).toBe('drain');
    // What was read in one go when the water was high.
    expect(peakBytes).toBeLessThan(highBytes + (1 << 18));
  });
});

describe('instead of an answer to the upgrade', () => {
  test.each([
    ['end', 'end', false],
    ['reset', 'error ECONNRESET', true],
  ] as const)('%s', async (drop, seen, isReset) => {
    await listen({}, { accept: () => ({ accept: false, drop }) });
    const raw = peer();
    raw.write(upgradeText());
    await raw.saw.until(seen);
    await raw.saw.until('close');
    expect(raw.received).toHaveLength(0);
    expect(raw.saw.list.includes('end')).toBe(!isReset);
  });

  test('silence, until the peer leaves', async () => {
    await listen({}, { accept: () => ({ accept: false, drop: 'silence' }) });
    const raw = peer();
    raw.write(upgradeText());
    await clock.saw.until(`timer ${LIMITS.impairedConnectionMs}`);
    raw.write('are you there?');
    raw.socket.end();
    await raw.saw.until('close');
    expect(raw.received).toHaveLength(0);
  });

  test('what an eager peer sends during a delay is read after it', async () => {
    const echo = new ScriptedServer((connection) => ({ onText: (text) => connection.sendText(text) }));
    await listen({}, { accept: (request) => ({ ...echo.accept(request), delayMs: 800 }) });
    const raw = peer();
    raw.write(Buffer.concat([Buffer.from(upgradeText()), clientFrame(TEXT, 'first')]));
    await clock.saw.until('timer 800');
    raw.write(clientFrame(TEXT, 'second'));
    clock.fire(800);
    await echo.saw.until('text second');
    expect(echo.texts).toEqual(['first', 'second']);
  });
});

describe('over TLS', () => {
  /** Asks for a WebSocket, sends `go`, and tells what happened. */
  function tlsPeer(): { saw: Happenings; text: () => string } {
    const { hostname: host, port } = new URL(listener.url);
    const saw = new Happenings();
    let text = '';
    const socket = connectTls({ host, port: Number(port), ca: listener.certificatePem ?? '' });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.endsWith('!')) saw.add('all');
    });
    socket.on('end', () => saw.add('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => saw.add(`error ${error.code}`));
    socket.on('close', () => saw.add('close'));
    socket.write(Buffer.concat([Buffer.from(upgradeText()), clientFrame(TEXT, 'go')]));
    return { saw, text: () => text };
  }

  test('reset works, after all that was sent', async () => {
    const go = (connection: Connection): void => {
      connection.sendText(`${'x'.repeat(100_000)}!`);
      connection.reset();
    };
    await listen({ go }, { tls: await loadTlsCredentials(true) });
    const { saw, text } = tlsPeer();
    await saw.until('all');
    await clock.fireNext(LIMITS.resetGraceMs);
    await saw.until('close');
    expect(saw.list).toEqual(['all', 'error ECONNRESET', 'close']);
    expect(text()).toContain('x'.repeat(100_000));
    await server.saw.until('close none dropped');
  });

  test('an upgrade can be reset', async () => {
    const tls = await loadTlsCredentials(true);
    await listen({}, { tls, accept: () => ({ accept: false, drop: 'reset' }) });
    const { saw } = tlsPeer();
    await saw.until('close');
    expect(saw.list).toEqual(['error ECONNRESET', 'close']);
  });

  test('silence, throttle and close work as they do without it', async () => {
    const go = (connection: Connection): void => {
      connection.impair({ kind: 'throttle', bytesPerSecond: 1_000, direction: 'to-client' });
      connection.sendText('b'.repeat(70));
      connection.sendText('!');
      connection.impair({ kind: 'mute' });
      connection.sendText('unheard');
    };
    await listen({ go }, { tls: await loadTlsCredentials(true) });
    const { saw, text } = tlsPeer();
    await clock.fireNext(50);
    await clock.fireNext(25);
    await saw.until('all');
    expect(text().endsWith(`${'b'.repeat(70)}\x81\x01!`)).toBe(true);
    await listener.close();
    await saw.until('close');
  });
});
