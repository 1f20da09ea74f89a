import { expect, test } from 'vitest';
import { realWallClock } from '../wall-clock.js';
import { DeliveryLane } from './delivery-lane.js';

/** A lane, what it delivered, and a way to let every pending microtask run. */
function laneWithLog() {
  const lane = new DeliveryLane(realWallClock);
  const log: string[] = [];
  const push = (name: string) => lane.push({ sizeBytes: name.length, deliver: () => log.push(name) });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { lane, log, push, settle };
}

test('nothing is delivered synchronously, everything is delivered in order', async () => {
  const { lane, log, push, settle } = laneWithLog();
  for (const name of ['a', 'bb', 'ccc']) push(name);
  expect([log, lane.bufferedBytes]).toEqual([[], 6]);
  await settle();
  expect([log, lane.bufferedBytes]).toEqual([['a', 'bb', 'ccc'], 0]);
});

test('two lanes take turns, so that both directions interleave the same way every time', async () => {
  const { log, push, settle } = laneWithLog();
  const other = new DeliveryLane(realWallClock);
  for (const name of ['a1', 'a2', 'a3']) push(name);
  for (const name of ['b1', 'b2', 'b3']) other.push({ sizeBytes: 0, deliver: () => log.push(name) });
  await settle();
  expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
});

test('a pause holds even what was already scheduled, and keeps the order', async () => {
  const { lane, log, push, settle } = laneWithLog();
  push('a');
  lane.setPaused(true);
  push('b');
  await settle();
  expect(log).toEqual([]);
  lane.setPaused(false);
  push('c');
  await settle();
  expect(log).toEqual(['a', 'b', 'c']);
});

test('a cut lane delivers nothing more, and takes nothing more', async () => {
  const { lane, log, push, settle } = laneWithLog();
  push('a');
  lane.cut();
  push('b');
  await settle();
  expect([log, lane.bufferedBytes]).toEqual([[], 0]);
});

test('whenTaken calls back after what was pushed before it, also on an empty lane', async () => {
  const { lane, log, push, settle } = laneWithLog();
  lane.whenTaken(() => log.push('taken: nothing'));
  push('a');
  lane.whenTaken(() => log.push('taken: a'));
  push('b');
  await settle();
  expect(log).toEqual(['taken: nothing', 'a', 'taken: a', 'b']);
});
