/**
 * Memory for outgoing frames, used again once the socket has taken them: a spoken answer is hundreds of kilobytes,
 * and fresh memory for each costs the garbage collector more than the writing.
 */

/** Pooled buffers are of this size; larger and smaller needs are not pooled. */
const BUFFER_BYTES = 512 * 1024;
const LEAST_POOLED_BYTES = 32 * 1024;
/** Buffers kept for later; with all of them in use further ones are made and dropped. */
const MOST_KEPT = 16;

const kept: Buffer[] = [];

/** A buffer of at least `sizeBytes`. */
export function takeFrameBuffer(sizeBytes: number): Buffer {
  if (sizeBytes < LEAST_POOLED_BYTES || sizeBytes > BUFFER_BYTES) return Buffer.allocUnsafe(sizeBytes);
  return kept.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

/** Gives a buffer back that nobody reads any more. */
export function giveFrameBuffer(buffer: Buffer): void {
  if (buffer.length === BUFFER_BYTES && kept.length < MOST_KEPT) kept.push(buffer);
}
