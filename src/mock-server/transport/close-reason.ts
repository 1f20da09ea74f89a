/**
 * Close frames by hand: cutting a reason to what RFC 6455 allows, and building the frames it does not allow,
 * because the real service sends one (§1.5). Must never decide when a connection closes.
 */
import { Buffer } from 'node:buffer';
import { LIMITS } from '../../protocol/limits.js';

/** Cuts `reason` to at most `LIMITS.closeReasonBytes` UTF-8 bytes, never inside a character. */
export function truncateCloseReason(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8');
  if (bytes.length <= LIMITS.closeReasonBytes) return reason;
  let end: number = LIMITS.closeReasonBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** Whether a close frame with this code and reason is legal, so that a WebSocket library agrees to send it. */
export function isLegalClose(code: number, reason: string): boolean {
  const legalCode =
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999);
  return Number.isInteger(code) && legalCode && Buffer.byteLength(reason, 'utf8') <= LIMITS.closeReasonBytes;
}

/** An unmasked close frame holding any 16-bit code and a reason of any length up to 65,533 bytes. */
export function rawCloseFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason, 'utf8').subarray(0, 0xffff - 2);
  const sizeBytes = text.length + 2;
  const header =
    sizeBytes < 126
      ? Buffer.from([0x88, sizeBytes])
      : Buffer.from([0x88, 126, sizeBytes >> 8, sizeBytes & 0xff]);
  const body = Buffer.alloc(2);
  body.writeUInt16BE(code & 0xffff);
  return Buffer.concat([header, body, text]);
}
