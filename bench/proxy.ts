/**
 * The benchmark of the recording proxy (`npm run bench:proxy`): nothing between client and server, a bare TCP relay, the
 * proxy passing through and the proxy recording, in one run, rounds in turn; client, server and what stands between them
 * are processes of their own. Prints ratios to the bare relay; absolute figures hold for this machine and minute.
 *
 * Needs a build in dist/. Linux only (memory and processor time are read from the process table).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
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
const KINDS = ['none', 'relay', 'passthrough', 'record'] as const;
type Kind = (typeof KINDS)[number];
type Figures = Record<Kind, Record<string, number>[]>;

const CLIENT = pathOf('delta-client.mjs');

/** What stands in front of the source; the source itself for `none`. */
async function startBetween(kind: Kind, source: ServerProcess, out: string): Promise<ServerProcess> {
  if (kind === 'none') return source;
  return startServer(['--expose-gc', pathOf('proxy-process.mjs'), kind, source.url, out]);
}

async function measure(kind: Kind, load: 'flood' | 'paced'): Promise<Record<string, number>> {
  const out = mkdtempSync(join(tmpdir(), 'soundstage-proxy-bench-'));
  const source = await startServer([pathOf('delta-server.mjs')]);
  const between = await startBetween(kind, source, out);
  const startedWithMs = cpuMs(between.process.pid);
  const counts = await runForJson([CLIENT, load, between.url, String(SESSIONS), String(SECONDS)]);
  const usedMs = cpuMs(between.process.pid) - startedWithMs;
  if (between !== source) await stopServer(between);
  await stopServer(source);
  rmSync(out, { recursive: true, force: true });
  return { ...counts, cpuMicros: kind === 'none' ? 0 : (usedMs * 1_000) / (counts['all'] ?? 1) };
}

async function rounds(load: 'flood' | 'paced'): Promise<Figures> {
  const seen: Figures = { none: [], relay: [], passthrough: [], record: [] };
  const order = [...KINDS];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of order) seen[kind].push(await measure(kind, load));
    // Whoever comes first in one round comes last in the next.
    order.reverse();
  }
  return seen;
}

function report(seen: Figures, figure: string, unit: string): void {
  for (const kind of KINDS) {
    const values = seen[kind].map((counts) => counts[figure] ?? 0);
    const ratios = values.map((value, round) => value / (seen.relay[round]?.[figure] ?? 1));
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const ratio = kind === 'relay' ? '' : `   ${median(ratios).toFixed(2)} of the bare relay (${range})`;
    console.log(`  ${kind.padEnd(12)} ${median(values).toFixed(1).padStart(8)} ${unit}${ratio}`);
  }
}

/** Two hours of a session, as fast as it goes, through one connection. */
async function measureLongSession(): Promise<void> {
  console.log(
    '\nMemory: one connection, 36 000 deltas of 9 600 bytes and 72 000 appends of 100 ms (two hours)',
  );
  for (const kind of ['passthrough', 'record'] as const) {
    const out = mkdtempSync(join(tmpdir(), 'soundstage-proxy-bench-'));
    const source = await startServer([pathOf('delta-server.mjs')]);
    const between = await startBetween(kind, source, out);
    // The first session warms the process up: what grows in the second is growth.
    const rss: number[] = [];
    const heap: number[] = [];
    for (let session = 0; session < 2; session += 1) {
      await runForJson([CLIENT, 'long', between.url, '1', '0']);
      const memory = await memoryOf(between, out);
      heap.push(memory.heapUsed / 1e6);
      rss.push(residentBytes(between.process.pid) / 1e6);
    }
    console.log(
      `  ${kind.padEnd(12)} resident ${rss.map((value) => value.toFixed(0)).join(' then ')} MB, heap ${heap.map((value) => value.toFixed(1)).join(' then ')} MB after the first and the second such session`,
    );
    await stopServer(between);
    await stopServer(source);
    rmSync(out, { recursive: true, force: true });
  }
}

async function memoryOf({ process: child }: ServerProcess, out: string): Promise<{ heapUsed: number }> {
  const path = join(out, 'memory.json');
  rmSync(path, { force: true });
  child.kill('SIGUSR2');
  while (!existsSync(path) || readFileSync(path, 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 20));
  return JSON.parse(readFileSync(path, 'utf8'));
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores for client, server and what is between them`,
);
const flood = await rounds('flood');
console.log(
  `\nThroughput: ${SESSIONS} sessions of audio deltas of 20 kB as fast as they are taken, ${ROUNDS} rounds of ${SECONDS} s each in turn`,
);
report(flood, 'messages', 'messages/s');
console.log('\nProcessor time of what is between, per message of the flood');
report({ ...flood, none: flood.relay }, 'cpuMicros', 'us');
const paced = await rounds('paced');
console.log(`\nLatency from server to client: the same at a delta every 100 ms and session`);
report(paced, 'p50Micros', 'us, median');
report(paced, 'p99Micros', 'us, 99th percentile');
await measureLongSession();
