/** What whoever wants something of a session is told when its connection has ended. Must never say who ended it. */
import { SoundstageError } from '../protocol/index.js';

/** @param what what cannot be done, as a verb: `inject` */
export function sessionEnded(what: string, session: string): SoundstageError {
  return new SoundstageError(
    'E_SESSION_ENDED',
    `Cannot ${what} in session ${session}: its connection has ended. Try a session that is open.`,
    { details: { session } },
  );
}
