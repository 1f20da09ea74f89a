/**
 * SHA-256 of bytes and text, in one call or piece by piece. Runs in a browser; must never reach for a
 * platform's own crypto, so that every room gets the same digest from the same code.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** A digest under construction. Text is hashed as UTF-8. */
export interface Sha256 {
  /** Appends bytes or text. */
  update(data: Uint8Array | string): void;
  /** The digest of everything so far as 64 lower-case hex digits; more may be appended afterwards. */
  digestHex(): string;
  /** An independent digest that starts from everything so far. */
  clone(): Sha256;
}

const UTF8 = new TextEncoder();

/** The SHA-256 of `data` (text as UTF-8) as 64 lower-case hex digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(toBytes(data)));
}

/** Opens a digest that is fed piece by piece; how the data is cut does not matter. */
export function createSha256(): Sha256 {
  return wrap(sha256.create());
}

function wrap(hash: ReturnType<typeof sha256.create>): Sha256 {
  return {
    update: (data) => {
      hash.update(toBytes(data));
    },
    digestHex: () => bytesToHex(hash.clone().digest()),
    clone: () => wrap(hash.clone()),
  };
}

function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? UTF8.encode(data) : data;
}
