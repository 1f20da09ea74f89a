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
}

const UTF8 = new TextEncoder();

/** The SHA-256 of `data` (text as UTF-8) as 64 lower-case hex digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(toBytes(data)));
}

/** Opens a digest that is fed piece by piece; how the data is cut does not matter. */
export function createSha256(): Sha256 {
  const hash = sha256.create();
  return {
    update: (data) => {
      hash.update(toBytes(data));
    },
    digestHex: () => bytesToHex(hash.clone().digest()),
  };
}

function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? UTF8.encode(data) : data;
}
