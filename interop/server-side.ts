/**
 * Looks at the interop cases from the server's side, where an SDK cannot tell: how a connection that the client
 * closed really ended. Must never change what a suite found, only add failures.
 */
import type { ServerSession } from '../src/index.js';
import type { InteropCase } from './cases.js';
import type { CaseVerdict } from './suite-process.js';

/** Fails passed cases that end with a `close` step and whose session did not end with the client's code 1000. */
export function checkCloses(
  verdicts: readonly CaseVerdict[],
  cases: readonly InteropCase[],
  sessions: readonly ServerSession[],
  sdk: string,
): readonly CaseVerdict[] {
  const closing = new Set(cases.filter((one) => one.steps.at(-1)?.[0] === 'close').map((one) => one.case));
  return verdicts.map((verdict) => {
    if (verdict.status !== 'passed' || !closing.has(verdict.case)) return verdict;
    const session = sessions.findLast((one) => one.connectionKey === `${sdk}-${verdict.case}`);
    if (session === undefined) return verdict;
    const { close } = session;
    if (close?.code === 1000 && close.by === 'client') return verdict;
    const detail = `the server saw the connection end with ${JSON.stringify(close) ?? 'nothing yet'}`;
    return { ...verdict, status: 'failed', detail };
  });
}
