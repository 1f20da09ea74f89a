/**
 * `npm run interop`: drives the mock server with the official Python and Java SDKs, unmodified, through every case
 * of `interop/cases/`. Exit code 0 when nothing failed, 1 for failures, 2 for a wrong command line, 3 when it could not
 * run; a missing tool is skipped, or failed with CI=true or --require-all. Must never change an SDK and never reach
 * anything but the servers it starts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMockServer, type MockServer } from '../src/index.js';
import { findTableProblems, type InteropCase, readCases } from './cases.js';
import { writeFixtures } from './fixtures.js';
import { countTotals, renderFailures, renderTable, type SuiteReport, totalsLine } from './report.js';
import { INTEROP_SERVERS } from './scenarios.js';
import {
  CACHE,
  CASES,
  casesFor,
  isUsage,
  prepareSdk,
  SDKS,
  type Sdk,
  SPEECH,
  sdkNamed,
  UsageError,
} from './sdks.js';
import { checkCloses } from './server-side.js';
import { type CaseVerdict, runSuite } from './suite-process.js';

const FIXTURES = join(CACHE, 'fixtures');

interface Options {
  readonly only: string;
  readonly sdk: string | undefined;
  readonly speech: string;
  readonly json: string | undefined;
  readonly requireAll: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      sdk: { type: 'string' },
      speech: { type: 'string', default: SPEECH },
      json: { type: 'string' },
      'require-all': { type: 'boolean', default: process.env['CI'] === 'true' },
    },
  });
  if (values.sdk !== undefined) sdkNamed(values.sdk);
  return { ...values, sdk: values.sdk, json: values.json, requireAll: values['require-all'] };
}

async function runSdk(
  sdk: Sdk,
  cases: readonly InteropCase[],
  servers: ReadonlyMap<string, MockServer>,
  options: Options,
): Promise<SuiteReport> {
  const startedMs = performance.now();
  const names = cases.map((one) => one.case);
  const ready = await prepareSdk(sdk);
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
