/**
 * How much one strike may say: a short line of a scenario can ask for more than a machine has memory for. Must be asked
 * before all of it is made.
 */
import type { SkippedStrike, StrikeContext } from '../fault-types.js';

/** Why so many messages of this size are not sent; undefined when they may be. */
export function tooMuch(
  times: number,
  sizeChars: number,
  { roomChars }: StrikeContext,
): SkippedStrike | undefined {
  const chars = times * sizeChars;
  if (chars <= roomChars) return undefined;
  return { skip: `it would say ${chars} characters at once, and there is room for ${roomChars}` };
}
