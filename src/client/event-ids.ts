/**
 * Ids of the events a client sends: `event_` and 32 hex digits, as the official SDKs write them (section 1.8).
 * The only file of the client that draws ambient randomness.
 */
import { randomUUID } from 'node:crypto';

/** Makes one id per call; ids of one connection must differ. */
export type EventIdSource = () => string;

/** Random ids, made as the Python SDK makes them: the default. */
export const randomEventIds: EventIdSource = () => `event_${randomUUID().replaceAll('-', '')}`;

/** Ids that count from 1, so that a transcript is the same in every run. */
export function countingEventIds(): EventIdSource {
  let count = 0;
  return () => {
    count += 1;
    return `event_${count.toString(16).padStart(32, '0')}`;
  };
}
