/**
 * `npm run interop:library`: the official Python SDK runs every scenario of the library against one server, and what
 * came of it is written to docs/reference/sdk-outcomes.md: data about the SDK, not a verdict. What passes or fails
 * is the server: it lives, it serves after every scenario, its memory is bounded, nothing is left behind. With
 * `--check` no page is written. Exit code 0 when all of that holds, 1 when not, 2 for a wrong command line, 3 when it
 * could not run, a missing SDK included.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { libraryNames } from '../src/scenarios/files/index.js';
import { writeFixtures } from './fixtures.js';
import { OUTCOMES } from './library/outcome.js';
import { outcomesPage } from './library/page.js';
import { type LibraryRun, type Mode, runLibrary } from './library/pass.js';
import { ServerHandle } from './library/server-handle.js';
import { preparePythonSdk } from './python-sdk.js';
import { totalsLine } from './report.js';
import type { ReadySuite } from './toolchain.js';

const INTEROP = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(INTEROP);
const CACHE = join(ROOT, '.cache', 'interop');
const FIXTURES = join(CACHE, 'fixtures');
const PAGE = join(ROOT, 'docs', 'reference', 'sdk-outcomes.md');
const REQUIREMENTS = 'requirements-newest.txt';
const MODES: readonly Mode[] = ['voice', 'manual'];

/** What the server's process may grow by over a whole pass, garbage collected. */
const MOST_RSS_GROWTH_BYTES = 512 * 2 ** 20;
const MOST_HEAP_GROWTH_BYTES = 128 * 2 ** 20;

interface Options {
  readonly only: string;
  readonly modes: readonly Mode[];
  readonly check: boolean;
  readonly json: string | undefined;
}

/** The command line asks for something that is not there. */
class UsageError extends Error {}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      modes: { type: 'string', default: MODES.join(',') },
      check: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const modes = MODES.filter((mode) => values.modes.split(',').includes(mode));
  if (modes.length !== values.modes.split(',').length)
    throw new UsageError(`Bad modes '${values.modes}'. Try ${MODES.join(',')}.`);
  const partial = values.only !== '' || modes.length < MODES.length;
  if (partial && !values.check)
    throw new UsageError('The page shows the whole library in both modes. Try adding --check.');
  return { only: values.only, modes, check: values.check, json: values.json };
}

/** @throws Error when the SDK is not to be had: nothing here is worth skipping */
async function prepareSdk(): Promise<ReadySuite> {
  const sdk = await preparePythonSdk(INTEROP, CACHE, REQUIREMENTS);
  if ('missing' in sdk) throw new Error(`The Python SDK needs ${sdk.missing}`);
  writeFixtures(FIXTURES, join(ROOT, 'assets', 'speech', 'question.wav'));
  const program = join(INTEROP, 'python', 'library_run.py');
  return { command: sdk.command, args: [program, '--speech', join(FIXTURES, 'question.pcm')] };
}

function sdkVersion(): string {
  const pinned = readFileSync(join(INTEROP, 'python', REQUIREMENTS), 'utf8');
  return /^dashscope==(.+)$/m.exec(pinned)?.[1] ?? 'of an unknown version';
}

/** Whether the server left the pass as it should: one sentence for each thing it did not. */
async function findRemains(
  server: ServerHandle,
  before: Awaited<ReturnType<ServerHandle['memory']>>,
): Promise<readonly string[]> {
  if (server.end !== undefined) return [server.end];
  const { open, warnings } = await server.settle();
  const after = await server.memory();
  const rss = after.rssBytes - before.rssBytes;
  const heap = after.heapBytes - before.heapBytes;
  const sockets = after.sockets - before.sockets;
  console.log(
    `Server: ${mebibytes(rss)} more memory, ${mebibytes(heap)} more heap, ${sockets} sockets left, ${open.length} sessions open`,
  );
  return [
    ...open.map((name) => `the session of ${name} did not end after its client had gone`),
    ...(sockets > 0 ? [`${sockets} sockets are left open`] : []),
    ...warnings.map((warning) => `the server warned: ${warning}`),
    ...(server.noise === '' ? [] : [`the server wrote to its error output: ${server.noise}`]),
    ...(rss > MOST_RSS_GROWTH_BYTES ? [`the server grew by ${mebibytes(rss)}`] : []),
    ...(heap > MOST_HEAP_GROWTH_BYTES ? [`the server's heap grew by ${mebibytes(heap)}`] : []),
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function printSummary(runs: readonly LibraryRun[], modes: readonly Mode[]): void {
  for (const mode of modes) {
    const counts = Object.keys(OUTCOMES).map((outcome) => {
      const count = runs.filter((run) => run.mode === mode && run.outcome?.outcome === outcome).length;
      return `${count} ${outcome}`;
    });
    console.log(`${mode}: ${counts.join(', ')}`);
  }
}

async function main(): Promise<number> {
  const startedMs = performance.now();
  const { only, modes, check, json } = readOptions();
  const scenarios = libraryNames().filter((name) => name.includes(only));
  if (scenarios.length === 0)
    throw new UsageError(`No scenario contains '${only}'. Try soundstage scenarios list.`);
  const sdk = await prepareSdk();
  const { server, url } = await ServerHandle.start();
  try {
    const before = await server.memory();
    const runs = await runLibrary({ scenarios, modes, server, url, sdk, onRun: printRun });
    const failed = runs.filter(({ failure }) => failure !== undefined).length;
    const remains = await findRemains(server, before);
    for (const remain of remains) console.log(`FAILED ${remain}`);
    printSummary(runs, modes);
    console.log(`${scenarios.length} scenarios in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    // How the server ends the pass counts as one check.
    const passed = runs.length - failed + (remains.length === 0 ? 1 : 0);
    const totals = { passed, failed: failed + (remains.length === 0 ? 0 : 1), skipped: 0 };
    if (json !== undefined) {
      mkdirSync(dirname(json), { recursive: true });
      writeFileSync(json, `${JSON.stringify({ ...totals, remains, runs }, null, 2)}\n`);
    }
    if (!check && failed === 0) writeFileSync(PAGE, outcomesPage(runs, sdkVersion()));
    console.log(totalsLine(totals));
    return totals.failed > 0 ? 1 : 0;
  } finally {
    await server.stop();
  }
}

function printRun({ scenario, mode, outcome, failure }: LibraryRun): void {
  if (failure !== undefined) console.log(`FAILED ${scenario}, ${mode}: ${failure}`);
  else console.log(`${(outcome?.outcome ?? '').padEnd(9)}  ${mode.padEnd(6)}  ${scenario}`);
}

function isUsage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = isUsage(error) ? 2 : 3;
}
