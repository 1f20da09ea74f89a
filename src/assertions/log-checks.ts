/**
 * Whether the log can be judged at all: somebody connected, nothing has left memory, no session was ended because the
 * scenario itself came to a stop. Must never look at a message.
 */
import type { Scenario } from '../scenarios/index.js';
import type { NoteEntry } from '../session-log/index.js';
import type { Attempt } from './attempts.js';
import type { Check } from './verification.js';
import type { WireSession } from './wire-session.js';
import { counted, listed, moments } from './words.js';

/** Remarks of a session that was cut off by soundstage, not by what is tested. */
const STANDSTILLS = {
  'verbatim-timed-out': 'the client sends in time what the verbatim sequence waits for',
  'session-stuck': 'no session runs in circles',
  'session-failed': 'nothing is thrown inside a session',
} as const;

export function logChecks(
  scenario: Scenario,
  attempts: readonly Attempt[],
  sessions: readonly WireSession[],
): readonly Check[] {
  const standstills = Object.entries(STANDSTILLS).flatMap(([code, what]) =>
    standstillChecks(code, what, sessions),
  );
  return [completeness(scenario, attempts, sessions), ...standstills];
}

function completeness(
  scenario: Scenario,
  attempts: readonly Attempt[],
  sessions: readonly WireSession[],
): Check {
  const check = { what: 'the log holds everything that happened', place: 'log' };
  const cut = sessions.flatMap(({ connection, notes }) =>
    notes
      .filter(({ note }) => note.code === 'entries-evicted')
      .map(({ note }) => `${note.details['entries'] ?? 'some'} entries of connection ${connection}`),
  );
  if (cut.length > 0) {
    const saw = `${listed(cut)} have left memory: raise sessionLogBytes, or end sessions earlier`;
    return { ...check, ok: false, saw };
  }
  if (attempts.length > 0) return { ...check, ok: true, saw: counted(attempts.length, 'connection') };
  // Without a client most expectations hold by themselves; only one about connecting can mean that.
  const judgedElsewhere = scenario.expect?.some((expectation) => 'connects' in expectation) ?? false;
  return { ...check, ok: judgedElsewhere, saw: 'nobody has connected to this scenario' };
}

function standstillChecks(code: string, what: string, sessions: readonly WireSession[]): readonly Check[] {
  const seen = sessions.flatMap(({ connection, notes }) =>
    notes
      .filter(({ note }) => note.code === code)
      .map(({ note }) => ({ connection, atMs: note.atMs, what: detailsOf(note) })),
  );
  if (seen.length === 0) return [];
  return [{ what, ok: false, saw: `it stood still ${moments(seen, sessions.length)}`, place: 'log' }];
}

function detailsOf({ details }: NoteEntry): string {
  return Object.entries(details)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}
