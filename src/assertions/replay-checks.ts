/**
 * Whether each client of a recording did what was recorded. Must never compare anything itself: the session did.
 */
import type { NoteEntry } from '../session-log/index.js';
import type { Check } from './verification.js';
import type { WireSession } from './wire-session.js';

/** One check for each session that followed a recording. */
export function replayChecks(sessions: readonly WireSession[]): readonly Check[] {
  return sessions.flatMap((session) => {
    const started = noteOf(session, 'replay-started');
    if (started === undefined) return [];
    const what = `connection ${session.connection} follows ${started.details['recording']}`;
    return [{ what, place: 'recording', ...verdictOn(session) }];
  });
}

function verdictOn(session: WireSession): { readonly ok: boolean; readonly saw: string } {
  const mismatch = noteOf(session, 'replay-mismatch');
  if (mismatch !== undefined) return { ok: false, saw: String(mismatch.details['message']) };
  const leftovers = noteOf(session, 'replay-leftovers');
  if (leftovers !== undefined) {
    const isIgnored = leftovers.details['ignored'] === true;
    return { ok: isIgnored, saw: `${leftovers.details['message']}${isIgnored ? ' (ignored)' : ''}` };
  }
  return noteOf(session, 'replay-complete') === undefined
    ? { ok: false, saw: 'the connection is still open: whether all of it comes is not known yet' }
    : { ok: true, saw: 'everything that was recorded, and nothing else' };
}

function noteOf({ notes }: WireSession, code: NoteEntry['code']): NoteEntry | undefined {
  return notes.find(({ note }) => note.code === code)?.note;
}
