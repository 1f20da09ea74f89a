/**
 * Request ids in the shape of a UUID, counted instead of drawn, so that two runs of a server give the same.
 */

/** The UUID-shaped id of the `count`-th request of a server, counted from 1. */
export function requestIdAt(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0').slice(-12)}`;
}
