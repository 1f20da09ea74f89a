/**
 * What one rule about the client's messages finds in a log written by hand. Must never judge.
 */
import { verifyScenario } from '../../src/assertions/index.js';
import type { ClientRule } from '../../src/scenarios/index.js';
import { connection, server, type WrittenLine } from './written-log.js';

/** What the log shows of one rule; `kept by all …` where the rule is kept, and only there. */
export function look(keeps: ClientRule, ...lines: readonly WrittenLine[]): string {
  const scenario = { expect: [{ keeps }] };
  const { checks } = verifyScenario({ scenario, sessions: [connection(1, ...lines)], upgrades: [] });
  const check = checks.at(-1);
  const saw = check?.saw ?? '';
  if (check?.ok !== saw.startsWith('kept')) throw new Error(`the verdict ${check?.ok} contradicts '${saw}'`);
  return saw;
}

/** What a kept rule says. */
export const kept = (examined: number, what: string) => `kept by all ${what}: ${examined}`;

/** The server's `session.updated`, with a format of the client's audio. */
export function updated(format?: object): WrittenLine {
  const session = format === undefined ? {} : { audio: { input: { format } } };
  return server({ type: 'session.updated', session });
}
