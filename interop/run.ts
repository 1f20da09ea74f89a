/**
 * `npm run interop`: drives the mock server with the official Python and Java SDKs, unmodified, through every case
 * of `interop/cases/`. Exit code 0 when nothing failed, 1 for failures, 2 for a wrong command line, 3 when it could not
 * run; a missing tool is skipped, or failed with CI=true or --require-all. Must never change an SDK and never reach
 * anything but the servers it starts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createMockServer, type MockServer } from '../src/index.js';
import { findTableProblems, type InteropCase, readCases, type SdkLanguage } from './cases.js';
import { writeFixtures } from './fixtures.js';
import { prepareJavaSdk } from './java-sdk.js';
import { preparePythonSdk } from './python-sdk.js';
import { countTotals, renderFailures, renderTable, type SuiteReport, totalsLine } from './report.js';
import { INTEROP_SERVERS } from './scenarios.js';
import { checkCloses } from './server-side.js';
import { type CaseVerdict, runSuite } from './suite-process.js';
import type { MissingTool, ReadySuite } from './toolchain.js';

const INTEROP = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(INTEROP);
const CACHE = join(ROOT, '.cache', 'interop');
const FIXTURES = join(CACHE, 'fixtures');
const CASES = join(INTEROP, 'cases');

interface Sdk {
  readonly sdk: string;
  readonly title: string;
  readonly language: SdkLanguage;
  readonly prepare: () => Promise<ReadySuite | MissingTool>;
}

/** Versions are those of requirements-*.txt and pom.xml. */
const SDKS: readonly Sdk[] = [
  {
    sdk: 'python-1-26-2',
    title: 'Python 1.26.2',
    language: 'python',
    prepare: () => preparePythonSdk(INTEROP, CACHE, 'requirements-1.26.2.txt'),
  },
  {
    sdk: 'python-newest',
    title: 'Python 2.0.2',
    language: 'python',
    prepare: () => preparePythonSdk(INTEROP, CACHE, 'requirements-newest.txt'),
  },
  {
    sdk: 'java',
    title: 'Java 2.22.13',
    language: 'java',
    prepare: () => prepareJavaSdk(INTEROP),
  },
];

interface Options {
  readonly only: string;
  readonly sdk: string | undefined;
  readonly speech: string;
  readonly json: string | undefined;
  readonly requireAll: boolean;
}

/** The command line asks for something that is not there. */
class UsageError extends Error {}

function isUsage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      sdk: { type: 'string' },
      speech: { type: 'string', default: join(ROOT, 'assets', 'speech', 'question.wav') },
      json: { type: 'string' },
      'require-all': { type: 'boolean', default: process.env['CI'] === 'true' },
    },
  });
  if (values.sdk !== undefined && !SDKS.some((one) => one.sdk === values.sdk))
    throw new UsageError(`No SDK '${values.sdk}'. Try one of: ${SDKS.map((one) => one.sdk).join(', ')}.`);
  return { ...values, sdk: values.sdk, json: values.json, requireAll: values['require-all'] };
}

function casesFor(sdk: Sdk, cases: readonly InteropCase[]): readonly InteropCase[] {
  return cases.filter((one) => one.sdks === undefined || one.sdks.includes(sdk.language));
}

async function prepare(sdk: Sdk): Promise<ReadySuite | MissingTool | { readonly broken: string }> {
  try {
    return await sdk.prepare();
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }
}

async function runSdk(
  sdk: Sdk,
  cases: readonly InteropCase[],
  servers: ReadonlyMap<string, MockServer>,
  options: Options,
): Promise<SuiteReport> {
  const startedMs = performance.now();
  const names = cases.map((one) => one.case);
  const ready = await prepare(sdk);
  if ('missing' in ready || 'broken' in ready) {
    const missing = 'missing' in ready;
    const detail = missing ? `needs ${ready.missing}` : ready.broken;
    const status = missing && !options.requireAll ? 'skipped' : 'failed';
    console.log(`${sdk.title}: ${status}: ${detail}`);
    const verdicts = names.map((name): CaseVerdict => ({ case: name, status, detail, ms: 0 }));
    return { title: sdk.title, sdk: sdk.sdk, verdicts, wallMs: 0 };
  }
  const origins = Object.fromEntries(
    [...servers].map(([name, server]) => [name, new URL(server.url).origin]),
  );
  const args = [
    '--servers',
    JSON.stringify(origins),
    '--sdk',
    sdk.sdk,
    '--fixtures',
    FIXTURES,
    '--cases',
    CASES,
  ];
  if (options.only !== '') args.push('--only', options.only);
  const seenByClient = await runSuite(ready, args, names);
  const verdicts = [...servers.values()].reduce(
    (seen, server) => checkCloses(seen, cases, server.sessions, sdk.sdk),
    seenByClient,
  );
  for (const { case: name, status, detail } of verdicts)
    if (status === 'failed') console.log(`${sdk.title}: ${name} failed: ${detail}`);
  const wallMs = Math.round(performance.now() - startedMs);
  const passed = verdicts.filter((verdict) => verdict.status === 'passed').length;
  console.log(`${sdk.title}: ${passed} of ${names.length} cases passed in ${(wallMs / 1000).toFixed(1)} s`);
  return { title: sdk.title, sdk: sdk.sdk, verdicts, wallMs };
}

async function startServers(): Promise<ReadonlyMap<string, MockServer>> {
  const started = new Map<string, MockServer>();
  for (const [name, options] of Object.entries(INTEROP_SERVERS))
    started.set(name, await createMockServer(options));
  return started;
}

/** Runs the chosen SDKs one after the other against the same servers. */
async function runSdks(cases: readonly InteropCase[], options: Options): Promise<readonly SuiteReport[]> {
  const servers = await startServers();
  try {
    const reports: SuiteReport[] = [];
    for (const sdk of SDKS.filter((one) => options.sdk === undefined || one.sdk === options.sdk))
      reports.push(await runSdk(sdk, casesFor(sdk, cases), servers, options));
    return reports;
  } finally {
    for (const server of servers.values()) await server.close();
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  const all = readCases(CASES);
  const problems = findTableProblems(all);
  for (const problem of problems) console.log(`case tables: ${problem}`);
  const cases = all.filter((one) => one.case.includes(options.only));
  if (cases.length === 0)
    throw new UsageError(`No case contains '${options.only}'. Try a name from interop/cases/.`);
  writeFixtures(FIXTURES, options.speech);
  const reports = await runSdks(cases, options);
  const counted = countTotals(reports);
  const totals = { ...counted, failed: counted.failed + problems.length };
  const names = cases.map((one) => one.case);
  console.log(`\n${renderTable(reports, names)}\n`);
  const failures = renderFailures(reports);
  if (failures !== '') console.log(`${failures}\n`);
  if (options.json !== undefined) {
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify({ ...totals, suites: reports }, null, 2)}\n`);
  }
  console.log(totalsLine(totals));
  return totals.failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = isUsage(error) ? 2 : 3;
}
