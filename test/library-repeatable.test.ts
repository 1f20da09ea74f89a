/**
 * Races that strike at the same place in every run: each scenario about turns, cancels and barge-in gives one transcript
 * in thirty runs over TCP, while both cores are busy with something else.
 */
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { libraryNames, libraryScenario } from '../src/scenarios/files/index.js';
import { playFromLibrary } from './support/library.js';

const RUNS = 30;
const AT_ONCE = 6;
const BUSY_THREADS = 2;
/**
 * Wall time to wait for what may never come, and for audio before a media clock runs by itself: long, since on a busy
 * machine the client must not look as if it had stopped to speak.
 */
const WAIT_MS = 20_000;
const GROUPS: readonly (string | undefined)[] = ['Responses and turns', 'Barge-in and playback'];

const RACES = libraryNames().filter((name) => {
  const { group, clock } = libraryScenario(name);
  return GROUPS.includes(group) && clock !== 'paced';
});

let busy: Worker[] = [];

beforeAll(() => {
  const source = 'const end = Date.now() + 600_000; while (Date.now() < end) Math.sqrt(end);';
  busy = Array.from({ length: BUSY_THREADS }, () => new Worker(source, { eval: true }));
});

afterAll(async () => {
  await Promise.all(busy.map((worker) => worker.terminate()));
});

/** The hashes of all connections of one run. */
async function hashesOf(name: string): Promise<string> {
  const { sessions } = await playFromLibrary(name, { waitMs: WAIT_MS, mediaGraceMs: WAIT_MS });
  return sessions.map((session) => session.transcriptHash()).join(' ');
}

test('there are races to look at', () => {
  expect(RACES.length).toBeGreaterThan(25);
});

test.each(RACES)(
  '%s',
  async (name) => {
    const seen = new Set<string>();
    for (let run = 0; run < RUNS; run += AT_ONCE) {
      const hashes = await Promise.all(Array.from({ length: AT_ONCE }, () => hashesOf(name)));
      for (const hash of hashes) seen.add(hash);
    }
    expect([...seen]).toHaveLength(1);
  },
  300_000,
);
