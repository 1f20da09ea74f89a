/**
 * `npm run interop:recordings`: the official SDKs through the recorder, then the same programs against the recordings
 * without any mismatch, then changed programs whose mismatch must name the change, then the Python programs of the guide.
 * Exit code 0 when nothing failed, 1 for failures, 2 for a wrong command line, 3 when it could not run.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCases } from './cases.js';
import { writeFixtures } from './fixtures.js';
import { followGuide, guideCases } from './recordings/guide.js';
import { recordAndReplay } from './recordings/pass.js';
import { countTotals, renderFailures, renderTable, type SuiteReport, totalsLine } from './report.js';
import {
  CACHE,
  CASES,
  casesFor,
  isUsage,
  prepareSdk,
  type Sdk,
  SPEECH,
  sdkNamed,
  UsageError,
} from './sdks.js';

/** The newest of each language. */
const RECORDED_SDKS = ['python-newest', 'java'];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      sdk: { type: 'string', multiple: true, default: RECORDED_SDKS },
      json: { type: 'string' },
      'require-all': { type: 'boolean', default: process.env['CI'] === 'true' },
    },
  });
  const fixtures = join(CACHE, 'fixtures');
  writeFixtures(fixtures, SPEECH);
  const reports: SuiteReport[] = [];
  for (const sdk of values.sdk.map(sdkNamed))
    reports.push(...(await runSdk(sdk, values.only, fixtures, values['require-all'])));
  const totals = countTotals(reports);
  for (const report of reports) {
    const names = report.verdicts.map((verdict) => verdict.case);
    console.log(`\n${renderTable([report], names)}`);
  }
  const failures = renderFailures(reports, 'interop:recordings');
  if (failures !== '') console.log(`\n${failures}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...totals, suites: reports })}\n`);
  console.log(`\n${totalsLine(totals)}`);
  return totals.failed > 0 ? 1 : 0;
}

async function runSdk(
  sdk: Sdk,
  only: string,
  fixtures: string,
  requireAll: boolean,
): Promise<readonly SuiteReport[]> {
  const cases = casesFor(sdk, readCases(CASES)).filter((one) => one.case.includes(only));
  const guide = guideCases(sdk, only);
  const names = [...cases.map((one) => one.case), ...guide];
  if (names.length === 0) throw new UsageError(`No case contains '${only}'. Try a name from interop/cases/.`);
  const ready = await prepareSdk(sdk);
  if ('missing' in ready || 'broken' in ready) {
    const isMissing = 'missing' in ready;
    const detail = isMissing ? `needs ${ready.missing}` : ready.broken;
    const status = isMissing && !requireAll ? 'skipped' : 'failed';
    const verdicts = names.map((name) => ({ case: name, status, detail, ms: 0 }) as const);
    return [{ title: sdk.title, sdk: sdk.sdk, verdicts, wallMs: 0 }];
  }
  const reports = cases.length === 0 ? [] : await recordAndReplay({ sdk, ready, cases, fixtures });
  return guide.length === 0 ? reports : [...reports, await followGuide(sdk, ready.command, guide)];
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = isUsage(error) ? 2 : 3;
}
