/**
 * Upgrades that are answered late or not at all, the same on every transport.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UpgradeRequest, UpgradeVerdict } from '../src/mock-server/transport/connection.js';
import type { TransportLimits } from '../src/mock-server/transport/transport-limits.js';
import { LIMITS } from '../src/protocol/limits.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import { Happenings } from './support/happenings.js';
import {
  type Client,
  memoryTransport,
  type RunningTransport,
  ScriptedServer,
  type TransportUnderTest,
  wsTransport,
} from './support/transport-harness.js';

const DELAY_MS = 3_000;

describe.each([memoryTransport, wsTransport])('late upgrades over $name', (kind: TransportUnderTest) => {
  let running: RunningTransport;
  let clock: HandWoundClock;
  let server: ScriptedServer;
  /** `asked`, once for each request that was judged. */
  let saw: Happenings;

  beforeEach(() => {
    clock = new HandWoundClock();
    server = new ScriptedServer();
    saw = new Happenings();
  });

  afterEach(async () => {
    await running.close();
    expect(running.connectionCount).toBe(0);
    await clock.untilIdle();
  });

  async function dial(
    judge: (request: UpgradeRequest) => UpgradeVerdict,
    limits: Partial<TransportLimits> = {},
  ): Promise<Client> {
    const accept = (request: UpgradeRequest): UpgradeVerdict => {
      saw.add('asked');
      return judge(request);
    };
    running = await kind.start({ accept, limits, clock });
    const client = running.connect();
    await saw.until('asked');
    return client;
  }

  const late = (request: UpgradeRequest): UpgradeVerdict => ({
    ...server.accept(request),
    delayMs: DELAY_MS,
  });

  test('a delayed 101 is decided at once and given later', async () => {
    const client = await dial(late);
    expect([client.saw.list, server.connections, running.connectionCount]).toEqual([[], [], 0]);
    await clock.fireNext(DELAY_MS);
    await client.saw.until('open');
    client.socket.send('hello');
    await server.saw.until('text hello');
    expect(saw.list).toEqual(['asked']);
  });

  test('a delayed refusal is still a refusal', async () => {
    const client = await dial(() => ({
      accept: false,
      status: 429,
      body: '{"code":"Throttling"}',
      delayMs: DELAY_MS,
    }));
    expect(client.saw.list).toEqual([]);
    await clock.fireNext(DELAY_MS);
    await client.saw.until('refused');
    expect(client.saw.list).toEqual(['refused 429 {"code":"Throttling"}']);
  });

  test('no delay is no delay', async () => {
    for (const delayMs of [0, -1, Number.NaN, undefined]) {
      const client = await dial((request) => ({ ...server.accept(request), delayMs }));
      await client.saw.until('open');
      await running.close();
    }
  });

  test('a delay has a bound', async () => {
    const client = await dial((request) => ({
      ...server.accept(request),
      delayMs: Number.POSITIVE_INFINITY,
    }));
    await clock.fireNext(LIMITS.impairedConnectionMs);
    await client.saw.until('open');
  });

  test.each<[string, UpgradeVerdict]>([
    ['a 101', { accept: true, handler: () => expect.fail('no connection'), delayMs: DELAY_MS }],
    ['a refusal', { accept: false, status: 401, body: '', delayMs: DELAY_MS }],
    ['a reset', { accept: false, drop: 'reset', delayMs: DELAY_MS }],
    ['nothing', { accept: false, drop: 'silence' }],
  ])('a peer that leaves before %s is forgotten', async (_, verdict) => {
    const client = await dial(() => verdict);
    await clock.saw.until('timer');
    client.socket.terminate();
    await client.saw.until('close');
    await clock.untilIdle();
    expect(client.saw.list.filter((seen) => !seen.startsWith('error'))).toEqual(['close none ']);
  });

  test('a delayed 101 holds its room', async () => {
    await dial(late, { connections: 1 });
    await clock.saw.until('timer');
    expect(await running.connect().saw.until('refused')).toMatch(/^refused 503 .*its limit/);
    clock.fire(DELAY_MS);
    await server.saw.until('open');
  });

  test.each<[string, UpgradeVerdict]>([
    ['a 101', { accept: true, handler: () => expect.fail('no connection'), delayMs: DELAY_MS }],
    ['a refusal', { accept: false, status: 401, body: '', delayMs: DELAY_MS }],
    ['nothing', { accept: false, drop: 'silence' }],
  ])('closing the transport does not wait for %s', async (_, verdict) => {
    const client = await dial(() => verdict);
    await clock.saw.until('timer');
    await running.close();
    await client.saw.until('close');
    expect(client.saw.list).toEqual([expect.stringMatching(/^error /), 'close none ']);
  });

  test.each(['end', 'reset'] as const)('%s instead of an answer', async (drop) => {
    const client = await dial(() => ({ accept: false, drop }));
    await client.saw.until('close');
    expect(client.saw.list).toEqual([expect.stringMatching(/^error /), 'close none ']);
    expect(running.connectionCount).toBe(0);
  });

  test('an end that takes its time', async () => {
    const client = await dial(() => ({ accept: false, drop: 'end', delayMs: DELAY_MS }));
    expect(client.saw.list).toEqual([]);
    await clock.fireNext(DELAY_MS);
    expect(await client.saw.until('close')).toBe('close none ');
  });

  test('silence ends in time', async () => {
    const client = await dial(() => ({ accept: false, drop: 'silence', delayMs: DELAY_MS }));
    await clock.fireNext(LIMITS.impairedConnectionMs);
    expect(await client.saw.until('close')).toBe('close none ');
  });
});
