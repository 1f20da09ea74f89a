/**
 * One expectation of a scenario: which kind it is, and who judges that kind. Must never judge one itself.
 */
import type { Expectation } from '../scenarios/index.js';
import type { Attempt } from './attempts.js';
import { connectsCheck, endsCheck } from './connection-checks.js';
import { ruleCheck } from './rules/rule-check.js';
import { sendsCheck } from './sends-check.js';
import type { Check } from './verification.js';
import type { WireSession } from './wire-session.js';

/** What one expectation comes to, without its place and its reason. */
export type Finding = Pick<Check, 'what' | 'ok' | 'saw'>;

export function expectationCheck(
  expectation: Expectation,
  attempts: readonly Attempt[],
  sessions: readonly WireSession[],
): Finding {
  if ('sends' in expectation) return sendsCheck(expectation, sessions);
  if ('connects' in expectation) return connectsCheck(expectation, attempts);
  if ('ends' in expectation) return endsCheck(expectation, sessions);
  return ruleCheck(expectation.keeps, sessions);
}
