/**
 * Faults that every transport carries out alike: bytes in place of frames, endings without manners, bad links.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../src/mock-server/transport/connection.js';
import type { TransportLimits } from '../src/mock-server/transport/transport-limits.js';
import { LIMITS } from '../src/protocol/limits.js';
import { closePayload, type FrameParts, frameBytes, OPCODES } from '../src/protocol/websocket-frames.js';
import type { Impairment } from '../src/scenarios/index.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import {
  atOnce,
  type Client,
  memoryTransport,
  type RunningTransport,
  ScriptedServer,
  type TransportUnderTest,
  wsTransport,
} from './support/transport-harness.js';

/** Longer than a test may take: whoever waits for it fails. */
const NEVER_MS = 24 * 60 * 60_000;

function frame(opcode: number, payload: string | Uint8Array, rest: Partial<FrameParts> = {}): Uint8Array {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return frameBytes({ opcode, payload: bytes, ...rest });
}

describe.each([memoryTransport, wsTransport])('faults over $name', (kind: TransportUnderTest) => {
  let running: RunningTransport;
  let clock: HandWoundClock;
  const clients: Client[] = [];
  const thrown: unknown[] = [];

  beforeEach(() => {
    clock = new HandWoundClock();
    clients.length = 0;
    thrown.length = 0;
  });

  afterEach(async () => {
    await running.close();
    expect(running.connectionCount).toBe(0);
    await clock.untilIdle();
    expect(thrown).toEqual([]);
    for (const { socket } of clients) socket.terminate();
  });

  async function serve(server: ScriptedServer, limits: Partial<TransportLimits> = {}): Promise<Client> {
    running = await kind.start({
      accept: server.accept,
      limits,
      clock,
      onInternalError: (error) => thrown.push(error),
    });
    const client = running.connect();
    clients.push(client);
    await client.saw.until('open');
    return client;
  }

  /** A server that impairs each connection when it is told `go`, and echoes what it hears. */
  function impairing(...impairments: Impairment[]): ScriptedServer {
    return new ScriptedServer((connection) => ({
      onText: (text) => {
        connection.sendText(`re ${text}`);
        if (text === 'go') for (const impairment of impairments) connection.impair(impairment);
      },
    }));
  }

  describe('bytes in place of frames', () => {
    test('a fragmented text is one message, in order with the others', async () => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.sendText('one');
          connection.sendBytes(frame(OPCODES.text, Uint8Array.of(0x61, 0xc3), { fin: false }));
          connection.sendBytes(frame(OPCODES.ping, 'are you there'));
          connection.sendBytes(frame(OPCODES.continuation, Uint8Array.of(0xa9)));
          connection.sendBytes(frame(OPCODES.binary, 'xyz'));
          connection.sendText('two');
          connection.close(1000, '');
        }),
      );
      const client = await serve(server);
      await client.saw.until('close');
      expect(client.saw.list).toEqual(['open', 'text one', 'text aé', 'binary 3', 'text two', 'close 1000 ']);
    });

    test.each<[string, Uint8Array, number]>([
      ['text that is not UTF-8', frame(OPCODES.text, Uint8Array.of(0xc3, 0x28)), 1007],
      ['a character cut in two', frame(OPCODES.text, Uint8Array.of(0xe4, 0xbd)), 1007],
      ['an opcode of nobody', frame(0xb, ''), 1002],
      ['compression that nobody agreed on', frame(OPCODES.text, 'x', { rsv1: true }), 1002],
      ['a masked frame', frame(OPCODES.text, 'x', { mask: [1, 2, 3, 4] }), 1002],
      ['a continuation of nothing', frame(OPCODES.continuation, 'x'), 1002],
      ['a close frame of one byte', frame(OPCODES.close, 'x'), 1002],
      ['a length that nobody can mean', frame(OPCODES.text, 'x', { declaredBytes: 2 ** 50 }), 1009],
    ])('%s: the client closes', async (_, bytes, code) => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.sendText('before');
          connection.sendBytes(bytes);
          connection.sendText('after');
        }),
      );
      const client = await serve(server);
      await client.saw.until('close');
      await server.saw.until('close');
      expect(client.saw.list.map((seen) => seen.replace(/^error .*/, 'error'))).toEqual([
        'open',
        'text before',
        'error',
        'close none ',
      ]);
      expect(server.saw.list).toEqual(['open', `close ${code} client`]);
    });

    test('a whole message inside an unfinished one', async () => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.sendBytes(frame(OPCODES.text, 'half', { fin: false }));
          connection.sendText('whole');
        }),
      );
      await serve(server);
      expect(await server.saw.until('close')).toBe('close 1002 client');
    });

    test('a message that is announced longer than it is swallows what follows', async () => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.sendBytes(frame(OPCODES.text, 'abc', { declaredBytes: 7 }));
          connection.sendText('de');
          connection.sendText('last');
          connection.close(1000, '');
        }),
      );
      const client = await serve(server);
      await client.saw.until('close');
      // The header of the swallowed message is no UTF-8.
      expect(await server.saw.until('close')).toBe('close 1000 server');
      expect(client.saw.list.slice(0, 2)).toEqual(['open', expect.stringContaining('error')]);
    });

    test('half a frame and a reset: the client never sees the message', async () => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.sendText('whole');
          connection.sendBytes(frame(OPCODES.text, 'half').subarray(0, 4));
        }),
      );
      const client = await serve(server);
      await client.saw.until('text whole');
      server.connection.reset();
      if (kind === wsTransport) await clock.fireNext(LIMITS.resetGraceMs);
      await client.saw.until('close');
      await server.saw.until('close');
      expect(client.saw.list).toEqual(['open', 'text whole', 'close none ']);
      expect(server.saw.list).toEqual(['open', 'close none dropped']);
    });
  });

  describe('endings', () => {
    test('a close frame without a code', async () => {
      const server = new ScriptedServer(atOnce((connection) => connection.close(undefined, '')));
      const client = await serve(server);
      await client.saw.until('close');
      await server.saw.until('close');
      expect(client.saw.list).toEqual(['open', 'close none ']);
      expect(server.saw.list).toEqual(['open', 'close none server']);
    });

    test.each([
      [5000, 'no such code'],
      [1006, ''],
      [0, ''],
      [65_535, ''],
      [1000, 'r'.repeat(70_000)],
    ])('a close frame with code %i that no client accepts', async (code, reason) => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.close(code, reason, { truncateReason: false });
          connection.sendText('never');
        }),
      );
      const client = await serve(server);
      await client.saw.until('close');
      await server.saw.until('close');
      expect(client.saw.list).toEqual(['open', expect.stringMatching(/^error /), 'close none ']);
      expect(server.saw.list).toEqual(['open', `close ${code} server ${reason}`.trimEnd()]);
    });

    test.each(['end', 'reset'] as const)('%s: everything sent arrives, then the end', async (how) => {
      const server = new ScriptedServer();
      const client = await serve(server);
      const large = 'x'.repeat(1 << 20);
      server.connection.sendText(large);
      server.connection.sendText('last');
      server.connection[how]();
      server.connection.sendText('never');
      server.connection.sendBytes(frame(OPCODES.text, 'never'));
      client.socket.send('into the void');
      await client.saw.until('text last');
      if (how === 'reset' && kind === wsTransport) await clock.fireNext(LIMITS.resetGraceMs);
      await client.saw.until('close');
      await server.saw.until('close');
      expect(client.texts[0]).toHaveLength(large.length);
      expect(client.saw.list.slice(2)).toEqual(['text last', 'close none ']);
      expect(server.saw.list).toEqual(['open', 'close none dropped']);
    });

    test('an end after a close does not wait for the answer, and stays a close', async () => {
      const server = new ScriptedServer(
        atOnce((connection) => {
          connection.close(1000, 'bye');
          connection.end();
        }),
      );
      const client = await serve(server);
      expect(await client.saw.until('close')).toBe('close 1000 bye');
      expect(await server.saw.until('close')).toBe('close 1000 server bye');
    });

    test('nothing throws in any state, and onClose comes once', async () => {
      const everything = (connection: Connection): void => {
        connection.sendText('t');
        connection.sendBytes(Uint8Array.of());
        for (const kind of ['mute', 'stop-reading', 'half-open', 'ignore-close', 'no-pong'] as const) {
          connection.impair({ kind });
        }
        for (const bytesPerSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
          connection.impair({ kind: 'throttle', bytesPerSecond });
        }
        connection.impair({ kind: 'stop-reading', forMs: -1 });
        connection.pauseReading();
        connection.resumeReading();
        connection.close(Number.NaN, '');
        connection.close(undefined, '');
        connection.end();
        connection.reset();
        connection.terminate();
      };
      const server = new ScriptedServer();
      await serve(server);
      everything(server.connection);
      everything(server.connection);
      await server.saw.until('close');
      everything(server.connection);
      await running.close();
      everything(server.connection);
      expect(server.saw.list.filter((seen) => seen.startsWith('close'))).toHaveLength(1);
    });
  });

  describe('bad links', () => {
    test('mute: reads on, writes nothing, and the client’s close is never answered', async () => {
      const server = impairing({ kind: 'mute' });
      const client = await serve(server);
      for (const text of ['go', 'a', 'b']) client.socket.send(text);
      client.socket.ping();
      client.socket.close(1000, 'bye');
      await server.saw.until('close');
      expect(server.saw.list).toEqual([
        'open',
        'text go',
        'text a',
        'text b',
        'ping',
        'close 1000 client bye',
      ]);
      expect(running.connectionCount).toBe(1);
      await running.close();
      await client.saw.until('close');
      expect(client.saw.list).toEqual(['open', 'text re go', 'close none ']);
    });

    test('mute: a close of our own is not sent either, and ends in time', async () => {
      const server = impairing({ kind: 'mute' });
      const client = await serve(server, { closeTimeoutMs: 5_000 });
      client.socket.send('go');
      await client.saw.until('text re go');
      server.connection.close(1000, 'unheard');
      clock.fire(5_000);
      expect(await server.saw.until('close')).toBe('close 1000 server unheard');
      await client.saw.until('close');
      expect(client.saw.list).toEqual(['open', 'text re go', 'close none ']);
    });

    test('stop-reading for a time: nothing is lost, and writing goes on', async () => {
      const server = impairing({ kind: 'stop-reading', forMs: 700 });
      const client = await serve(server);
      for (const text of ['go', 'a', 'b']) client.socket.send(text);
      await client.saw.until('text re go');
      server.connection.sendText('meanwhile');
      await client.saw.until('text meanwhile');
      server.connection.resumeReading();
      expect(server.texts).toEqual(['go']);
      clock.fire(700);
      await client.saw.until('text re b');
      expect(client.texts).toEqual(['re go', 'meanwhile', 're a', 're b']);
    });

    test('stop-reading for good ends in time, and what was not read is never heard', async () => {
      const server = impairing({ kind: 'stop-reading' });
      const client = await serve(server);
      for (const text of ['go', 'a']) client.socket.send(text);
      await client.saw.until('text re go');
      clock.fire(LIMITS.impairedConnectionMs);
      expect(await server.saw.until('close')).toBe('close none dropped impaired for 120000 ms');
      expect(await client.saw.until('close')).toBe('close none ');
      expect(server.texts).toEqual(['go']);
    });

    test('ignore-close: the handler hears the close at once, the client waits until it leaves', async () => {
      const server = impairing({ kind: 'ignore-close' });
      const client = await serve(server);
      for (const text of ['go', 'a']) client.socket.send(text);
      client.socket.close(1000, 'bye');
      expect(await server.saw.until('close')).toBe('close 1000 client bye');
      expect(server.connection.state).toBe('closed');
      await client.saw.until('text re a');
      expect([running.connectionCount, clock.waitingMs]).toEqual([1, [LIMITS.impairedConnectionMs]]);
      expect(client.saw.list).toEqual(['open', 'text re go', 'text re a']);
      client.socket.terminate();
      await client.saw.until('close');
    });

    test('ignore-close: a client that waits is dropped in time', async () => {
      const server = impairing({ kind: 'ignore-close' });
      const client = await serve(server, { impairedConnectionMs: 1_234 });
      client.socket.send('go');
      client.socket.close(1000);
      await server.saw.until('close');
      await clock.fireNext(1_234);
      expect(await client.saw.until('close')).toMatch(/^close none/);
      expect(server.saw.list.filter((seen) => seen.startsWith('close'))).toEqual(['close 1000 client']);
    });

    test('ignore-close: a close of our own is as good as ever', async () => {
      const server = impairing({ kind: 'ignore-close' });
      const client = await serve(server);
      client.socket.send('go');
      await client.saw.until('text re go');
      server.connection.close(1001, 'going');
      expect(await server.saw.until('close')).toBe('close 1001 server going');
      expect(await client.saw.until('close')).toBe('close 1001 going');
    });

    test('half-open: nobody hears of anybody, and the end comes in time', async () => {
      const server = impairing({ kind: 'half-open' });
      const client = await serve(server);
      client.socket.send('go');
      await client.saw.until('text re go');
      client.socket.send('unheard');
      server.connection.sendText('unheard');
      server.connection.reset();
      expect(await server.saw.until('close')).toBe('close none dropped');
      expect(running.connectionCount).toBe(1);
      clock.fire(LIMITS.impairedConnectionMs);
      await client.saw.until('close');
      expect(client.saw.list).toEqual(['open', 'text re go', 'close none ']);
      expect(server.texts).toEqual(['go']);
    });

    test('half-open: a handler that does nothing hears of the end in time', async () => {
      const server = impairing({ kind: 'half-open' });
      const client = await serve(server);
      client.socket.send('go');
      await client.saw.until('text re go');
      clock.fire(LIMITS.impairedConnectionMs);
      expect(await server.saw.until('close')).toBe('close none dropped impaired for 120000 ms');
      await client.saw.until('close');
    });

    test('no-pong: all else is as ever', async () => {
      const server = impairing({ kind: 'no-pong' });
      const client = await serve(server);
      client.socket.send('go');
      client.socket.ping();
      client.socket.send('a');
      await client.saw.until('text re a');
      client.socket.close(1000);
      await client.saw.until('close 1000');
      expect(server.saw.list).toEqual(['open', 'text go', 'ping', 'text a', 'close 1000 client']);
    });

    test.each(['to-client', 'to-server', 'both'] as const)(
      'throttled %s: all arrives in order',
      async (direction) => {
        const server = new ScriptedServer((connection) => {
          connection.impair({ kind: 'throttle', bytesPerSecond: 2_000, direction });
          return { onText: (text) => connection.sendText(`re ${text}`) };
        });
        const client = await serve(server);
        const texts = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(100));
        for (const text of texts) client.socket.send(text);
        client.socket.close(1000);
        let [isClosed, fired] = [false, 0];
        const closed = client.saw.until('close').then(() => {
          isClosed = true;
        });
        for (;;) {
          await Promise.race([closed, clock.untilTimer()]);
          if (isClosed) break;
          const [delayMs = 0] = clock.waitingMs;
          expect(delayMs).toBeLessThanOrEqual(60);
          fired += 1;
          clock.fire(delayMs);
        }
        expect(fired).toBeGreaterThanOrEqual(8);
        expect(server.texts).toEqual(texts);
        expect(client.texts).toEqual(texts.map((text) => `re ${text}`));
        expect(client.saw.list.at(-1)?.trimEnd()).toBe('close 1000');
      },
    );

    test.each<Impairment>([
      { kind: 'mute' },
      { kind: 'stop-reading' },
      { kind: 'stop-reading', forMs: 10 },
      { kind: 'half-open' },
      { kind: 'ignore-close' },
      { kind: 'throttle', bytesPerSecond: 1 },
    ])('closing the transport does not wait for $kind', async (impairment) => {
      const server = impairing(impairment);
      const client = await serve(server, { closeTimeoutMs: NEVER_MS });
      client.socket.send('go');
      await server.saw.until('text go');
      await running.close();
      expect(server.saw.list.at(-1)).toBe('close 1001 server The server is shutting down.');
      expect(running.connectionCount).toBe(0);
    });
  });

  test('a close frame from raw bytes is a close of the server’s', async () => {
    const server = new ScriptedServer(
      atOnce((connection) => connection.sendBytes(frame(OPCODES.close, closePayload(4001, 'raw')))),
    );
    const client = await serve(server);
    expect(await client.saw.until('close')).toBe('close 4001 raw');
    // Nobody told the connection what its bytes meant: to it, the client closed first.
    expect(await server.saw.until('close')).toMatch(/^close 4001 client/);
  });
});
