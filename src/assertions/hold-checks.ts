/**
 * Whether the holds of the scenario came about and ended as meant. Must never judge what happened while one lasted.
 */
import type { Hold } from '../scenarios/index.js';
import type { NoteCode } from '../session-log/index.js';
import type { Check } from './verification.js';
import type { WireSession } from './wire-session.js';
import { counted, type Moment, moments, ordinal } from './words.js';

/**
 * One check for each hold of the scenario, and one for each hold put on a running session that timed out. A hold has no
 * connection of its own: it is reached when one connection reaches it.
 */
export function holdChecks(holds: readonly Hold[], sessions: readonly WireSession[]): readonly Check[] {
  const own = holds.map((hold, index): Check => {
    const { ok, saw } = judge(hold, index, sessions);
    const optional = hold.optional === true ? ' (optional)' : '';
    return {
      what: `${holdText(hold)} is reached and let go in time${optional}`,
      ok,
      saw,
      place: `holds[${index}]`,
    };
  });
  return [...own, ...addedHolds(holds.length, sessions)];
}

function judge(
  hold: Hold,
  index: number,
  sessions: readonly WireSession[],
): { readonly ok: boolean; readonly saw: string } {
  const timedOut = remarks('hold-timed-out', index, sessions);
  if (timedOut.length > 0) return { ok: false, saw: `waited in vain ${moments(timedOut, sessions.length)}` };
  const started = remarks('hold-started', index, sessions);
  if (started.length > 0) return { ok: true, saw: `began ${moments(started, sessions.length)}` };
  const optional = hold.optional === true;
  const unreached = remarks('hold-unreached', index, sessions).length;
  if (unreached > 0) return { ok: optional, saw: `never reached on ${counted(unreached, 'connection')}` };
  if (sessions.length === 0) return { ok: optional, saw: 'never reached: there was no session' };
  return { ok: true, saw: 'not reached yet' };
}

function addedHolds(known: number, sessions: readonly WireSession[]): readonly Check[] {
  const indexes = sessions.flatMap(({ notes }) =>
    notes
      .filter(({ note }) => note.code === 'hold-timed-out' && Number(note.details['hold']) >= known)
      .map(({ note }) => Number(note.details['hold'])),
  );
  return [...new Set(indexes)].map((index) => ({
    what: 'a hold that was put on a running session is let go in time',
    ok: false,
    saw: `waited in vain ${moments(remarks('hold-timed-out', index, sessions), sessions.length)}`,
    place: `holds[${index}]`,
  }));
}

function remarks(code: NoteCode, hold: number, sessions: readonly WireSession[]): readonly Moment[] {
  return sessions.flatMap(({ connection, notes }) =>
    notes
      .filter(({ note }) => note.code === code && note.details['hold'] === hold)
      .map(({ note }) => ({ connection, atMs: note.atMs })),
  );
}

function holdText({ after, until }: Hold): string {
  const { event, nth = 1, response } = after;
  const which = nth === 1 ? event : `the ${ordinal(nth)} ${event}`;
  const owner = response === undefined ? '' : ` of response ${response}`;
  const end = [until.event, until.ms === undefined ? undefined : `${until.ms} ms`].filter(
    (part) => part !== undefined,
  );
  return `the hold after ${which}${owner} until ${end.join(' or ')}`;
}
