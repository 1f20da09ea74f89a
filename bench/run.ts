/**
 * The benchmark (`npm run bench`): the mock server beside a bare ws server that sends the same bytes, in one run,
 * rounds in turn, client in a process of its own. Prints ratios; absolute figures hold for this machine and minute.
 *
 * Needs a build in dist/. Linux only (memory is read from the process table).
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { synthesizeSpeech } from '../src/media/index.js';
import { createSession, type SessionState, step } from '../src/mock-server/session/index.js';
import {
  cpuMs,
  median,
  pathOf,
  residentBytes,
  runForJson,
  type ServerProcess,
  startServer,
  stopServer,
} from './processes.js';

const SESSIONS = 50;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const IDLE_SESSIONS = 500;
const START_RUNS = 11;

const SOUNDSTAGE = [pathOf('soundstage-server.mjs')];
const CLI = [pathOf('../dist/cli/main.js'), 'serve', '--port', '0', '--json'];

/** Records one turn, so that the bare server can send the same bytes. */
function recordTurn(): string {
  const options = {
    model: 'qwen3.8-omni-flash-realtime',
    seed: 1,
    connectionKey: 'default#1',
    clock: 'auto',
    scenario: {},
  } as const;
  const session = createSession(options);
  const send = (event: object) => texts(session, { kind: 'text', text: JSON.stringify(event) });
  const open = texts(session, { kind: 'open' });
  const update = send({ type: 'session.update', session: { turn_detection: null } });
  send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(32_000, 7).toString('base64') });
  const commit = send({ type: 'input_audio_buffer.commit' });
  const create = send({ type: 'response.create' });
  const path = join(mkdtempSync(join(tmpdir(), 'soundstage-bench-')), 'turn.json');
  writeFileSync(path, JSON.stringify({ open, update, commit, create }));
  return path;
}

function texts(session: SessionState, input: Parameters<typeof step>[1]): string[] {
  return step(session, input).flatMap((operation) =>
    operation.op === 'send' && operation.text !== undefined ? [operation.text] : [],
  );
}

async function measureThroughput(turnFile: string): Promise<void> {
  const peers = { soundstage: SOUNDSTAGE, bare: [pathOf('bare-server.mjs'), turnFile] };
  const seen = { soundstage: [] as Record<string, number>[], bare: [] as Record<string, number>[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ['soundstage', 'bare'] as const) {
      const server = await startServer(peers[name]);
      const client = [pathOf('load-client.mjs'), server.url, String(SESSIONS), String(SECONDS)];
      const startedWithMs = cpuMs(server.process.pid);
      const counts = await runForJson(client);
      const usedMs = cpuMs(server.process.pid) - startedWithMs;
      seen[name].push({
        ...counts,
        cpuMicrosPerTurn: Math.round((usedMs * 1_000) / (counts['allTurns'] ?? 1)),
      });
      await stopServer(server);
    }
  }
  console.log(
    `\nThroughput: ${SESSIONS} sessions, complete text-and-audio turns, ${ROUNDS} rounds of ${SECONDS} s each in turn`,
  );
  for (const key of ['turns', 'events', 'bytes', 'cpuMicrosPerTurn'] as const) {
    const ours = seen.soundstage.map((counts) => counts[key] ?? 0);
    const bare = seen.bare.map((counts) => counts[key] ?? 0);
    const ratios = ours.map((value, index) => value / (bare[index] ?? 1));
    report(key === 'cpuMicrosPerTurn' ? 'CPU us/turn' : `${key}/s`, median(ours), median(bare), ratios);
  }
}

/** What a scenario costs that does nothing, and one whose faults never strike, beside none at all. */
async function measureScenarios(): Promise<void> {
  const kinds: ('none' | 'empty' | 'faults')[] = ['none', 'empty', 'faults'];
  const turns: Record<(typeof kinds)[number], number[]> = { none: [], empty: [], faults: [] };
  const cpu: Record<(typeof kinds)[number], number[]> = { none: [], empty: [], faults: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of kinds) {
      const server = await startServer([...SOUNDSTAGE, kind]);
      const client = [pathOf('load-client.mjs'), server.url, String(SESSIONS), String(SECONDS)];
      const startedWithMs = cpuMs(server.process.pid);
      const counts = await runForJson(client);
      const usedMs = cpuMs(server.process.pid) - startedWithMs;
      turns[kind].push(counts['turns'] ?? 0);
      cpu[kind].push(Math.round((usedMs * 1_000) / (counts['allTurns'] ?? 1)));
      await stopServer(server);
    }
    // Whoever comes first in one round comes last in the next: a machine is seldom the same for long.
    kinds.reverse();
  }
  console.log(
    `\nScenarios: turns a second, ${ROUNDS} rounds of ${SECONDS} s each in turn, beside no scenario`,
  );
  for (const kind of ['empty', 'faults'] as const) {
    const ratios = turns[kind].map((value, index) => value / (turns.none[index] ?? 1));
    const label = kind === 'empty' ? 'an empty one' : '20 faults that never strike';
    const cpuRatios = cpu[kind].map((value, index) => value / (cpu.none[index] ?? 1));
    console.log(
      `  ${label.padEnd(28)} ${median(turns[kind])} to ${median(turns.none)}   ${ratioText(ratios)}`,
    );
    console.log(
      `  ${'  CPU us/turn'.padEnd(28)} ${median(cpu[kind])} to ${median(cpu.none)}   ${ratioText(cpuRatios)}`,
    );
  }
}

/** Loading and checking the whole library, in a process of its own each time. */
async function measureLibrary(): Promise<void> {
  const ms: number[] = [];
  let scenarios = 0;
  for (let run = 0; run < ROUNDS; run += 1) {
    const counts = await runForJson([pathOf('library-load.mjs')]);
    ms.push(counts['ms'] ?? 0);
    scenarios = counts['scenarios'] ?? 0;
  }
  console.log(`\nThe whole library, ${scenarios} scenarios read, parsed and checked: ${ROUNDS} processes`);
  console.log(`  ${median(ms)} ms (${Math.min(...ms)} to ${Math.max(...ms)})`);
}

async function measureIdleMemory(turnFile: string): Promise<void> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    ours.push(await idleBytesPerSession(SOUNDSTAGE));
    bare.push(await idleBytesPerSession([pathOf('bare-server.mjs'), turnFile]));
  }
  console.log(`\nResident memory per idle session: ${IDLE_SESSIONS} sessions opened, 3 rounds`);
  report(
    'bytes',
    median(ours),
    median(bare),
    ours.map((value, index) => value / (bare[index] ?? 1)),
  );
}

async function idleBytesPerSession(args: readonly string[]): Promise<number> {
  const server = await startServer(args);
  const before = residentBytes(server.process.pid);
  const sockets = await Promise.all(Array.from({ length: IDLE_SESSIONS }, () => openIdle(server)));
  const after = residentBytes(server.process.pid);
  for (const socket of sockets) socket.terminate();
  await stopServer(server);
  return Math.round((after - before) / IDLE_SESSIONS);
}

function openIdle(server: ServerProcess): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const url = `${server.url}?model=qwen3.8-omni-flash-realtime`;
    const socket = new WebSocket(url, {
      headers: { authorization: 'Bearer bench' },
      perMessageDeflate: false,
    });
    socket.once('message', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function measureStart(turnFile: string): Promise<void> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < START_RUNS; run += 1) {
    for (const [list, args] of [
      [ours, CLI],
      [bare, [pathOf('bare-server.mjs'), turnFile]],
    ] as const) {
      const server = await startServer(args);
      list.push(Math.round(server.startedInMs));
      await stopServer(server);
    }
  }
  console.log(`\nProcess start to listening: ${START_RUNS} runs each in turn`);
  report(
    'ms',
    median(ours),
    median(bare),
    ours.map((value, index) => value / (bare[index] ?? 1)),
  );
}

/** An hour of voice activity without a socket: an utterance every 20 s, answered each time. */
function measureVirtualHour(): void {
  const options = {
    model: 'qwen3.8-omni-flash-realtime',
    seed: 1,
    connectionKey: 'hour',
    clock: 'media',
    scenario: {},
  } as const;
  const session = createSession(options);
  step(session, { kind: 'open' });
  const packets = packetsOf(20);
  const startedAtMs = performance.now();
  let events = 0;
  for (let index = 0; index < 36_000; index += 1) {
    events += step(session, { kind: 'text', text: packets[index % packets.length] ?? '' }).length;
  }
  const elapsedMs = performance.now() - startedAtMs;
  console.log('\nVirtual hour in process: 36,000 packets of 100 ms, an utterance every 20 s');
  console.log(
    `  ${Math.round(elapsedMs)} ms, ${Math.round(3_600_000 / elapsedMs)} times real time, ${events} server events`,
  );
}

function packetsOf(seconds: number): string[] {
  const samples = new Int16Array(seconds * 16_000);
  samples.set(
    synthesizeSpeech('Tell me when the next train leaves.', { sampleRateHz: 16_000 }).samples,
    16_000,
  );
  const packets: string[] = [];
  for (let from = 0; from < samples.length; from += 1_600) {
    const packet = Buffer.from(samples.buffer, from * 2, 3_200).toString('base64');
    packets.push(JSON.stringify({ type: 'input_audio_buffer.append', audio: packet }));
  }
  return packets;
}

function report(unit: string, ours: number, bare: number, ratios: readonly number[]): void {
  console.log(
    `  ${unit.padEnd(11)} soundstage ${String(ours).padStart(10)}   bare ws ${String(bare).padStart(10)}   ${ratioText(ratios)}`,
  );
}

function ratioText(ratios: readonly number[]): string {
  return `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
}

/** Parts by name: `npm run bench -- scenarios library` runs only these. */
const turnFile = recordTurn();
const parts = {
  throughput: () => measureThroughput(turnFile),
  scenarios: measureScenarios,
  library: measureLibrary,
  memory: () => measureIdleMemory(turnFile),
  start: () => measureStart(turnFile),
  hour: async () => measureVirtualHour(),
};
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!Object.hasOwn(parts, name))
    throw new Error(`No part '${name}'. Try ${Object.keys(parts).join(', ')}.`);
}
for (const [name, measure] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) await measure();
