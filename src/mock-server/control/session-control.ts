/**
 * What every request that changes a session has in common: it is carried out at once, and the answer says what the log
 * made of it. Must never add to a session without an end.
 */
import { LIMITS, SoundstageError } from '../../protocol/index.js';
import type { LogEntry } from '../../session-log/index.js';
import type { RunningSession } from '../running-session.js';
import type { Happened, SessionJson } from './answer-schemas.js';
import { countEntries, showEntry } from './log-entries.js';

const EVERYTHING = { kinds: undefined, types: undefined, isWhole: false } as const;

/** Faults and holds that were added to a session from outside. */
const additions = new WeakMap<RunningSession, number>();

/** Carries out and reports: the entries that the log gained meanwhile. */
export function act(session: RunningSession, carryOut: () => void): Happened {
  const happened: { readonly number: number; readonly entry: LogEntry }[] = [];
  const stopListening = session.onEntry((entry) => {
    if (happened.length === LIMITS.controlHappenedEntries) return;
    happened.push({ number: countEntries(session.entries) - 1, entry });
  });
  try {
    carryOut();
  } finally {
    stopListening();
  }
  return {
    nowMs: session.nowMs,
    entries: happened.flatMap(({ entry, number }) => showEntry(entry, number, EVERYTHING) ?? []),
  };
}

/** Counts one more fault or hold. @throws SoundstageError `E_CONTROL_LIMIT` */
export function countAddition(session: RunningSession): void {
  const count = additions.get(session) ?? 0;
  if (count >= LIMITS.controlAdditions) {
    throw new SoundstageError(
      'E_CONTROL_LIMIT',
      `Cannot add to session ${session.id}: it was given ${count} faults and holds already. Try a new session.`,
    );
  }
  additions.set(session, count + 1);
}

/** A session in a few words. */
export function showSession(session: RunningSession): SessionJson {
  const { id, model, scenario, connectionKey, connection, seed, close, replay } = session;
  const { clock, nowMs } = session.clock;
  return {
    id,
    model,
    scenario,
    connectionKey,
    connection,
    seed,
    clock,
    nowMs,
    entries: countEntries(session.entries),
    close: close === undefined ? null : { ...close, code: close.code ?? null },
    ...(replay === undefined ? {} : { replay }),
  };
}
