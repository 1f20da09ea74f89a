/**
 * SHA-256 by the platform, for the logs of a server: the same digests as the pure rooms' own, many times faster.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Sha256 } from '../../media/index.js';

/** Opens a digest that Node computes. */
export function createNodeSha256(): Sha256 {
  return wrap(createHash('sha256'));
}

function wrap(hash: Hash): Sha256 {
  return {
    update: (data) => {
      hash.update(data);
    },
    digestHex: () => hash.copy().digest('hex'),
    clone: () => wrap(hash.copy()),
  };
}
