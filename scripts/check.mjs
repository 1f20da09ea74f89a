/**
 * `npm test`: everything that must hold, stage after stage, ended by the first that fails. `--json FILE` writes the
 * counts for a program; `--all` goes on after a failure. It must never change a file of the project.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST_REPORT = '.cache/vitest-report.json';

/** In this order: what is quick and most often wrong comes first. Pages and schemas
 * that are generated are compared by tests. */
const STAGES = [
  { title: 'Format and lint', run: ['@biomejs/biome/bin/biome', 'check', '--diagnostic-level=warn', '.'] },
  { title: 'Types', run: ['typescript/bin/tsc', '-p', 'tsconfig.json'] },
  {
    title: 'Layers',
    run: ['dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'src'],
  },
  { title: 'Unused code', run: ['knip/bin/knip.js', '--no-progress'] },
  {
    title: 'Tests',
    run: [
      'vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${VITEST_REPORT}`,
    ],
    report: VITEST_REPORT,
  },
];

const { values } = parseArgs({ options: { json: { type: 'string' }, all: { type: 'boolean' } } });
const totals = { passed: 0, failed: 0, skipped: 0 };
const failedStages = [];

for (const stage of STAGES) {
  if (runStage(stage)) continue;
  failedStages.push(stage.title);
  if (values.all !== true) break;
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(totals)}\n`);
console.log(failedStages.length === 0 ? '\nEverything holds.' : `\nFailed: ${failedStages.join(', ')}.`);
process.exitCode = failedStages.length === 0 ? 0 : 1;

/** Runs one stage, adds its counts, and says whether it passed. */
function runStage(stage) {
  console.log(`\n── ${stage.title} ${'─'.repeat(Math.max(0, 76 - stage.title.length))}`);
  if (stage.report !== undefined) prepareReport(stage.report);
  const startedMs = performance.now();
  const [program = '', ...parameters] = stage.run;
  const command = [join(ROOT, 'node_modules', program), ...parameters];
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const foundAny = count(stage, status);
  const passed = status === 0 && foundAny;
  console.log(`${passed ? 'ok' : 'FAILED'}  ${stage.title}, ${seconds} s`);
  return passed;
}

function prepareReport(path) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  rmSync(join(ROOT, path), { force: true });
}

/** A stage counts as one; the tests count one by one. False when a test run holds no test at all. */
function count(stage, status) {
  if (stage.report === undefined || !existsSync(join(ROOT, stage.report))) {
    const passed = status === 0 && stage.report === undefined;
    totals[passed ? 'passed' : 'failed'] += 1;
    return passed;
  }
  const report = JSON.parse(readFileSync(join(ROOT, stage.report), 'utf8'));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failures = report.numFailedTests + brokenFiles.length;
  // Vitest can fail without a failed test: an error outside any of them.
  totals.failed += brokenFiles.length + (status !== 0 && failures === 0 ? 1 : 0);
  return report.numTotalTests > 0;
}
