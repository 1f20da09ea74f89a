/**
 * Reading and writing until it is done: the system may take or give less than it was asked for. Must never give up before
 * the end.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Up to `lengthBytes` bytes of an open file, fewer where it ends. */
export function readUpTo(file: number, offsetBytes: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const count = readSync(file, bytes, filled, lengthBytes - filled, offsetBytes + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Writes all of it: at a place, or (null) where the file stands. */
export function writeAll(file: number, bytes: Uint8Array, position: number | null = null): void {
  let written = 0;
  while (written < bytes.length) {
    const at = position === null ? null : position + written;
    written += writeSync(file, bytes, written, bytes.length - written, at);
  }
}

/** Writes a new file piece by piece. @throws when there is one of that name */
export function writeTexts(path: string, texts: Iterable<string>): void {
  const file = openSync(path, 'wx');
  try {
    for (const text of texts) writeAll(file, Buffer.from(text));
  } finally {
    closeSync(file);
  }
}
