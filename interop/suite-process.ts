/**
 * Runs one suite as a process of its own and reads its verdicts, one JSON line per case. A suite that dies or
 * hangs costs its remaining cases, never the run.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ReadySuite } from './toolchain.js';

/** What a suite says about one case. */
export interface CaseVerdict {
  readonly case: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; empty when it passed. */
  readonly detail: string;
  /** Wall milliseconds. */
  readonly ms: number;
}

/** Failures in a row after which the rest of a suite is not worth its time-outs. */
const FAILURES_IN_A_ROW = 8;

/** Wall milliseconds one suite may take as a whole. */
const SUITE_WATCHDOG_MS = 300_000;

/** Runs the suite; cases it said nothing about are failed. */
export async function runSuite(
  suite: ReadySuite,
  args: readonly string[],
  expected: readonly string[],
): Promise<readonly CaseVerdict[]> {
  const verdicts: CaseVerdict[] = [];
  const noise: string[] = [];
  const child = spawn(suite.command, [...suite.args, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`exit code ${code ?? signal}`));
  });
  const watchdog = setTimeout(() => child.kill('SIGKILL'), SUITE_WATCHDOG_MS);
  createInterface({ input: child.stderr }).on('line', (line) => noise.push(line));
  for await (const line of createInterface({ input: child.stdout })) {
    const verdict = readVerdict(line);
    if (verdict === undefined) noise.push(line);
    else {
      verdicts.push(verdict);
      const last = verdicts.slice(-FAILURES_IN_A_ROW);
      if (last.length === FAILURES_IN_A_ROW && last.every((one) => one.status === 'failed'))
        child.kill('SIGKILL');
    }
  }
  const end = await ended;
  clearTimeout(watchdog);
  const reported = new Set(verdicts.map((verdict) => verdict.case));
  const detail = `the suite ended (${end}) without a verdict\n${noise.slice(-8).join('\n')}`;
  const lost = expected.filter((name) => !reported.has(name));
  return [...verdicts, ...lost.map((name) => ({ case: name, status: 'failed' as const, detail, ms: 0 }))];
}

function readVerdict(line: string): CaseVerdict | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const found = typeof value === 'object' && value !== null && 'case' in value && 'status' in value;
    return found ? (value as CaseVerdict) : undefined;
  } catch {
    return undefined;
  }
}
