/**
 * The probe: after the last fault a clean turn must complete. Whatever went wrong, a client that then gets an answer
 * whole has survived it. Must never ask what the answer says.
 */
import { readPath, type Scenario } from '../scenarios/index.js';
import type { Attempt } from './attempts.js';
import type { Check } from './verification.js';
import { responseIdOf, type WireMessage, type WireSession } from './wire-session.js';
import { listed, momentText } from './words.js';

/** Where the last fault struck: the attempt by its place, and the place in that attempt's log; -1 for the upgrade. */
interface LastFault {
  readonly attempt: number;
  readonly at: number;
  readonly text: string;
}

/**
 * Some response that was created after the last fault went out whole: `response.done` with status `completed`, and
 * every message of it as the service meant it. Connections count as one after the other in the order of their upgrades;
 * an upgrade that was refused, dropped or slowed down is a fault before its connection. In a verbatim scenario nothing
 * is meant beyond what goes out, so only created and done are asked for.
 */
export function probeCheck(scenario: Scenario, attempts: readonly Attempt[]): Check {
  const last = lastFault(attempts);
  const connections = attempts.length;
  const check = {
    what: last === undefined ? 'a clean turn completes' : 'a clean turn completes after the last fault',
    place: 'probe',
  };
  const failures: string[] = [];
  for (const [index, { session }] of attempts.entries()) {
    if (session === undefined || index < (last?.attempt ?? 0)) continue;
    const from = last?.attempt === index ? last.at : -1;
    for (const created of session.messages) {
      if (created.type !== 'response.created' || created.from !== 'server' || created.at < from) continue;
      const moment = momentText({ connection: session.connection, atMs: created.atMs }, connections);
      const wrong = whatIsWrong(session, created, scenario.verbatim !== undefined);
      if (wrong === undefined) return { ...check, ok: true, saw: `the response created ${moment}` };
      failures.push(`the one created ${moment} ${wrong}`);
    }
  }
  const when = last === undefined ? '' : ` after ${last.text}`;
  const saw =
    failures.length === 0 ? `no response was created${when}` : `none${when}: ${listed(failures, '; ')}`;
  return { ...check, ok: false, saw };
}

function lastFault(attempts: readonly Attempt[]): LastFault | undefined {
  let last: LastFault | undefined;
  for (const [attempt, { answer, fault, connection, session }] of attempts.entries()) {
    if (answer !== 'accepted' || fault !== undefined) {
      const how = answer === 'accepted' ? 'struck' : answer;
      last = { attempt, at: -1, text: `the upgrade of connection ${connection} was ${how}` };
    }
    const fired = session?.notes.findLast(({ note }) => note.code === 'fault-fired');
    if (fired === undefined) continue;
    const { details, atMs } = fired.note;
    const moment = momentText({ connection, atMs }, attempts.length);
    last = { attempt, at: fired.at, text: `faults[${details['fault']}] struck ${moment}` };
  }
  return last;
}

/** Why a response is no clean one; undefined when it is. */
function whatIsWrong(session: WireSession, created: WireMessage, isVerbatim: boolean): string | undefined {
  const id = responseIdOf(created.event);
  if (id === undefined) return 'has no id';
  const done = session.messages.find(
    ({ type, from, event, at }) =>
      at > created.at && from === 'server' && type === 'response.done' && responseIdOf(event) === id,
  );
  if (done === undefined) return 'had no response.done';
  const status = readPath(done.event, 'response.status');
  if (status !== 'completed') return `ended as ${typeof status === 'string' ? status : 'nothing'}`;
  if (isVerbatim) return undefined;
  const odd = session.served.find(
    ({ disposition, sent, meant }) =>
      disposition !== 'forwarded' && (responseIdOf(sent) === id || responseIdOf(meant) === id),
  );
  return odd === undefined ? undefined : `had a message that was ${odd.disposition}`;
}
