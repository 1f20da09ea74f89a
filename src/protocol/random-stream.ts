/**
 * Seeded randomness. One stream per concern, derived from (seed, label, connection key), so that drawing more
 * of one thing never shifts another. Never draws from ambient randomness.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** What a stream is for; each concern has its own. */
export type RandomLabel = 'ids' | 'content' | 'timing' | 'faults';

/** A deterministic source of integers. */
export interface RandomStream {
  /** A uniform integer in [0, `bound`). `bound` is a positive safe integer. */
  below(bound: number): number;
}

/**
 * Opens the stream for one concern of one connection.
 *
 * @param seed any safe integer; the same seed gives the same stream on every machine
 * @param connectionKey the connection's name, or its scenario and number
 */
export function openRandomStream(seed: number, label: RandomLabel, connectionKey: string): RandomStream {
  const text = `${seed}\u0000${label}\u0000${connectionKey}`;
  const generator = xoroshiro128plusFromState([
    hashText(text, 0x811c9dc5),
    hashText(text, 0x9e3779b9),
    hashText(text, 0x85ebca6b),
    hashText(text, 0xc2b2ae35),
  ]);
  for (let warmUp = 0; warmUp < 8; warmUp += 1) generator.next();
  return { below: (bound) => uniformInt(generator, 0, bound - 1) };
}

/** FNV-1a over UTF-16 code units with a final avalanche; an integer hash, equal on every engine. */
function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) | 0;
}
