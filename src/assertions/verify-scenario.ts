/**
 * Whether the logs of a scenario's sessions show what the scenario expects. A pure function of its input, and total: it
 * never throws, whatever a client has sent. It must never change what it is given.
 */
import { attemptsOf } from './attempts.js';
import { expectationCheck } from './expectation-check.js';
import { faultChecks } from './fault-checks.js';
import { holdChecks } from './hold-checks.js';
import { logChecks } from './log-checks.js';
import { probeCheck } from './probe-check.js';
import { replayChecks } from './replay-checks.js';
import type { Check, Evidence, Verification } from './verification.js';
import { readSession } from './wire-session.js';

/**
 * Checks, in this order: that the log is complete; that every fault struck and every hold was reached, unless it is
 * `optional`; that what replays a recording followed it; what the scenario expects; the probe. Only what went over the wire counts: server messages that a fault
 * dropped do not, client messages do as they were sent.
 */
export function verifyScenario({ scenario, sessions, upgrades }: Evidence): Verification {
  const read = sessions.map(readSession);
  const attempts = attemptsOf(upgrades, read);
  const checks: Check[] = [
    ...logChecks(scenario, attempts, read),
    ...faultChecks(scenario.faults ?? [], attempts, read),
    ...holdChecks(scenario.holds ?? [], read),
    ...replayChecks(read),
    ...(scenario.expect ?? []).map((expectation, index) => ({
      ...expectationCheck(expectation, attempts, read),
      ...(expectation.because === undefined ? {} : { because: expectation.because }),
      place: `expect[${index}]`,
    })),
    ...(scenario.probe === true ? [probeCheck(scenario, attempts)] : []),
  ];
  return { ok: checks.every(({ ok }) => ok), checks };
}
