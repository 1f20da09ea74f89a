/**
 * Raw bytes of a client's frame without the mask that the frame itself carries: a secret under it is written down for
 * whoever can read RFC 6455. Must never throw.
 */

const MASK_BYTES = 4;

/** The payload of the frame that the bytes begin with, as far as it goes; undefined when it is not masked. */
export function unmasked(bytes: Uint8Array): Uint8Array | undefined {
  const second = bytes[1];
  if (second === undefined || (second & 0x80) === 0) return undefined;
  const length = second & 0x7f;
  const start = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0);
  const mask = bytes.subarray(start, start + MASK_BYTES);
  if (mask.length < MASK_BYTES) return undefined;
  return bytes.subarray(start + MASK_BYTES).map((byte, index) => byte ^ (mask[index % MASK_BYTES] ?? 0));
}
