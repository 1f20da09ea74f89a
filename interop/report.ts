/**
 * Shows what the suites found: a table of cases by SDK, every failure in full, the totals as the last line.
 * Must never decide what counts as a failure.
 */
import pc from 'picocolors';
import type { CaseVerdict } from './suite-process.js';

/** The outcome of one SDK. */
export interface SuiteReport {
  /** Shown at the head of its column. */
  readonly title: string;
  /** Short name for `--sdk`. */
  readonly sdk: string;
  readonly verdicts: readonly CaseVerdict[];
  readonly wallMs: number;
}

/** Counts over all SDKs. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const SHORT = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;
const COLORS = { passed: pc.green, failed: pc.red, skipped: pc.yellow } as const;

/** Adds up the verdicts of all SDKs. */
export function countTotals(reports: readonly SuiteReport[]): Totals {
  const all = reports.flatMap((report) => report.verdicts);
  const count = (status: CaseVerdict['status']) => all.filter((verdict) => verdict.status === status).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** The closing line that CI reads. */
export function totalsLine(totals: Totals): string {
  return `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;
}

/** The table, without the totals. */
export function renderTable(reports: readonly SuiteReport[], caseNames: readonly string[]): string {
  const nameWidth = Math.max(...caseNames.map((name) => name.length), 4);
  const widths = reports.map((report) => Math.max(report.title.length, 12));
  const head = reports.map((report, column) => report.title.padStart(widths[column] ?? 0)).join('  ');
  const lines = caseNames.map((name) => {
    const cells = reports.map((report, column) => renderCell(report, name, widths[column] ?? 0));
    return `${name.padEnd(nameWidth)}  ${cells.join('  ')}`;
  });
  return [pc.bold(`${'case'.padEnd(nameWidth)}  ${head}`), ...lines].join('\n');
}

function renderCell(report: SuiteReport, name: string, width: number): string {
  const verdict = report.verdicts.find((one) => one.case === name);
  if (verdict === undefined) return pc.dim('-'.padStart(width));
  const text = verdict.status === 'passed' ? `${SHORT.passed} ${verdict.ms} ms` : SHORT[verdict.status];
  return COLORS[verdict.status](text.padStart(width));
}

/** Every failure with the command that repeats it, equal ones of one SDK together; empty when there is none. @param script the npm script of the suite */
export function renderFailures(reports: readonly SuiteReport[], script = 'interop'): string {
  return reports.flatMap((report) => renderSuiteFailures(report, script)).join('\n');
}

function renderSuiteFailures(report: SuiteReport, script: string): readonly string[] {
  const byDetail = new Map<string, string[]>();
  for (const { case: name, status, detail } of report.verdicts) {
    if (status !== 'failed') continue;
    const names = byDetail.get(detail) ?? [];
    byDetail.set(detail, [...names, name]);
  }
  return [...byDetail].map(([detail, [first = '', ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [
      pc.red(`${report.title}: ${first}${more}`),
      `  ${detail.replaceAll('\n', '\n  ')}`,
      `  npm run ${script} -- --sdk ${report.sdk} --only ${first}`,
    ].join('\n');
  });
}
