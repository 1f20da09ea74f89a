/**
 * Adds up the counts of the parts of a CI run and prints them as the last line: `N passed, N failed, N skipped`. A
 * part that left no counts did not run to its end and counts as a failure; so does a run without a passed test.
 */
import { readFileSync } from 'node:fs';

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  try {
    const part = JSON.parse(readFileSync(path, 'utf8'));
    for (const name of Object.keys(totals)) totals[name] += part[name];
  } catch {
    console.error(`${path} is missing: that part did not run to its end.`);
    totals.failed += 1;
  }
}
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
