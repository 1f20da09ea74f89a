/**
 * Close frames by hand: cutting a reason to what RFC 6455 allows, and building the frames it does not allow,
 * because the real service sends one (§1.5). Must never decide when a connection closes.
 */
import { Buffer } from 'node:buffer';
import { LIMITS } from '../../protocol/limits.js';
import { closePayload, frameBytes, OPCODES } from '../../protocol/websocket-frames.js';
import { isLegalCloseCode } from '../../protocol/websocket-messages.js';

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
  return isLegalCloseCode(code) && Buffer.byteLength(reason, 'utf8') <= LIMITS.closeReasonBytes;
}

/** An unmasked close frame holding any 16-bit code, or none, and a reason of any length. */
export function rawCloseFrame(code: number | undefined, reason: string): Uint8Array {
  return frameBytes({ opcode: OPCODES.close, payload: closePayload(code, reason) });
}
