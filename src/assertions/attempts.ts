/**
 * The attempts to connect in order, each with the session it led to. Sessions and upgrades are recorded apart; here
 * they become one line. Must never judge.
 */
import type { UpgradeEvidence } from './verification.js';
import type { WireSession } from './wire-session.js';

/** One attempt to connect. */
export interface Attempt {
  readonly connection: number;
  readonly answer: UpgradeEvidence['answer'];
  /** The upgrade fault that struck. */
  readonly fault: number | undefined;
  /** The session it led to; undefined where it came to nothing. */
  readonly session: WireSession | undefined;
}

/**
 * All attempts, oldest first. A session belongs to the first accepted upgrade of its number that has none yet: names
 * count their connections apart, so a number may come more than once. Sessions whose upgrade is no longer remembered
 * are the oldest.
 */
export function attemptsOf(
  upgrades: readonly UpgradeEvidence[],
  sessions: readonly WireSession[],
): readonly Attempt[] {
  const left = [...sessions];
  const remembered = upgrades.map(({ connection, answer, fault }): Attempt => {
    const place = answer === 'accepted' ? left.findIndex((session) => session.connection === connection) : -1;
    const [session] = place < 0 ? [] : left.splice(place, 1);
    return { connection, answer, fault, session };
  });
  const forgotten = left.map(
    (session): Attempt => ({ connection: session.connection, answer: 'accepted', fault: undefined, session }),
  );
  return [...forgotten, ...remembered];
}
