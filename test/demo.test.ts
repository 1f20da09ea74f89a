/**
 * The demo's promises: what each session shows is true, and its transcript is the same over both transports, in
 * every run, however busy the machine is.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoMaterial } from '../src/demo/demo-material.js';
import { DEMO_SESSIONS } from '../src/demo/demo-sessions.js';
import { computeDemoHashes, type GoldenHashes } from '../src/demo/golden-hashes.js';
import { createDemoServer, runDemoSession } from '../src/demo/run-demo-session.js';

const GOLDEN_FILE = new URL('golden/demo-hashes.json', import.meta.url);
const RUNS = 30;
const material = loadDemoMaterial();

function goldenHashes(): GoldenHashes {
  return JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as GoldenHashes;
}

describe('the demo', () => {
  it('gives the golden hashes over memory and over a socket', async () => {
    const overMemory = await computeDemoHashes(material, 'memory');
    if (process.env['SOUNDSTAGE_UPDATE_GOLDEN'] === '1') {
      mkdirSync(new URL('golden/', import.meta.url), { recursive: true });
      writeFileSync(GOLDEN_FILE, `${JSON.stringify(overMemory, undefined, 2)}\n`);
    }
    expect(overMemory, 'run with SOUNDSTAGE_UPDATE_GOLDEN=1 if the change is meant').toEqual(goldenHashes());
    expect(await computeDemoHashes(material, 'socket')).toEqual(overMemory);
  });

  it.each(DEMO_SESSIONS)('shows only what is true: $name', async (session) => {
    const server = await createDemoServer();
    try {
      const run = await runDemoSession(session, server, material, { transport: 'memory', seed: 7 });
      expect(run.claims.filter(({ holds }) => !holds)).toEqual([]);
      expect(run.answers).toHaveLength(session.answerNames.length);
    } finally {
      await server.close();
    }
  });

  it.each(['voice-turn', 'barge-in', 'refusals'])('generates other answers from another seed: %s', (name) => {
    const hashes = Object.values(goldenHashes()).map((bySession) => bySession[name]);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each(['manual-turn', 'tool-call'])('says what is scripted whatever the seed: %s', (name) => {
    const hashes = Object.values(goldenHashes()).map((bySession) => bySession[name]);
    expect(new Set(hashes).size).toBe(1);
  });
});

describe(`the demo with every core busy, ${RUNS} times over a socket`, () => {
  const busy: ChildProcess[] = [];

  beforeAll(() => {
    for (let core = 0; core < availableParallelism(); core += 1) {
      busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    }
  });

  afterAll(() => {
    for (const child of busy) child.kill('SIGKILL');
  });

  it.each(DEMO_SESSIONS)(
    '$name gives one hash',
    async (session) => {
      const server = await createDemoServer();
      const hashes = new Set<string>();
      try {
        for (let count = 0; count < RUNS; count += 1) {
          const run = await runDemoSession(session, server, material, { transport: 'socket', seed: 7 });
          hashes.add(run.transcriptHash);
        }
      } finally {
        await server.close();
      }
      expect([...hashes]).toEqual([goldenHashes()['7']?.[session.name]]);
    },
    120_000,
  );
});
