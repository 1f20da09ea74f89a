/**
 * Ids of the events a client sends: `event_` and 32 hex digits, as the official SDKs write them (section 1.8).
 * The only file of the client that draws ambient randomness.
 */
import { randomBytes } from 'node:crypto';

/** Makes one id per call; ids of one connection must differ. */
export type EventIdSource = () => string;

/** Ids nobody can guess: the default. */
export const randomEventIds: EventIdSource = () => `event_${randomBytes(16).toString('hex')}`;

/** Ids that count from 1, so that a transcript is the same in every run. */
export function countingEventIds(): EventIdSource {
  let count = 0;
  return () => {
    count += 1;
    return `event_${count.toString(16).padStart(32, '0')}`;
  };
}
