import { createHash } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { createSha256, sha256Hex } from './sha256.js';

test('the digest of "abc" is the one of FIPS 180-4', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a digest can be read in between and goes on', () => {
  const hash = createSha256();
  hash.update('a');
  expect(hash.digestHex()).toBe(sha256Hex('a'));
  hash.update('bc');
  expect(hash.digestHex()).toBe(sha256Hex('abc'));
});

property.prop([fc.array(fc.oneof(fc.uint8Array(), fc.string({ unit: 'grapheme' })))], {
  seed: PROPERTY_SEED,
})('piece by piece it is what the platform computes', (pieces) => {
  const ours = createSha256();
  const platform = createHash('sha256');
  for (const piece of pieces) {
    ours.update(piece);
    platform.update(piece);
  }
  expect(ours.digestHex()).toBe(platform.digest('hex'));
});
