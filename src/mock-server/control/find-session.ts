/**
 * The session that a path means: by its id, `latest`, or the name of its connection. Must never guess: what is unknown
 * is refused with the nearest names.
 */
import { SoundstageError } from '../../protocol/index.js';
import type { RunningSession } from '../running-session.js';
import { sessionEnded } from '../session-ended.js';
import type { SessionHost } from '../session-host.js';
import { unknownName } from './control-error.js';

/** The word for the newest session. */
export const LATEST = 'latest';

/** @throws SoundstageError `E_SESSION_UNKNOWN` */
export function findSession({ sessions }: SessionHost, wanted: string): RunningSession {
  const found =
    sessions.find(({ id }) => id === wanted) ??
    (wanted === LATEST
      ? sessions.at(-1)
      : sessions.findLast(({ connectionKey }) => connectionKey === wanted));
  if (found !== undefined) return found;
  if (wanted === LATEST && sessions.length === 0) {
    throw new SoundstageError(
      'E_SESSION_UNKNOWN',
      'There is no latest session: nobody has connected. Try sessions/next, which waits for the first.',
    );
  }
  const names = [...new Set(sessions.flatMap(({ id, connectionKey }) => [id, connectionKey]))];
  throw unknownName(
    'E_SESSION_UNKNOWN',
    'session',
    wanted,
    names,
    'sessions/next, which waits for the first',
  );
}

/** As `findSession`, for what only an open session can do. @throws SoundstageError `E_SESSION_ENDED` as well */
export function findOpenSession(host: SessionHost, wanted: string, what: string): RunningSession {
  const session = findSession(host, wanted);
  if (!session.isEnding) return session;
  throw sessionEnded(what, session.id);
}
