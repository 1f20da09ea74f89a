/**
 * How many ended sessions a server remembers: a test reads them afterwards, and a server runs for weeks. Must never
 * forget the last one, whatever it weighs.
 */
import { LIMITS } from '../protocol/limits.js';

/** Those of the ended sessions, oldest first, that are more or heavier than the limits allow. */
export function tooMany<Session extends { readonly logBytes: number }>(
  ended: readonly Session[],
): readonly Session[] {
  let bytes = ended.reduce((sum, { logBytes }) => sum + logBytes, 0);
  let count = 0;
  for (const { logBytes } of ended.slice(0, -1)) {
    if (ended.length - count <= LIMITS.endedSessions && bytes <= LIMITS.endedSessionsBytes) break;
    bytes -= logBytes;
    count += 1;
  }
  return ended.slice(0, count);
}
