/**
 * Text as WebSocket frames other than the one plain frame. Bytes only; must never decide which message is sent so.
 */
import { frameBytes, joinBytes, OPCODES } from '../../protocol/websocket-frames.js';

const UTF8 = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return UTF8.encode(text);
}

/** One whole text frame. */
export function textFrame(payload: Uint8Array): Uint8Array {
  return frameBytes({ opcode: OPCODES.text, payload });
}

/** A message in fragments that end at these byte positions; `between` is put after every fragment but the last. */
export function fragments(
  payload: Uint8Array,
  cuts: readonly number[],
  between: Uint8Array = new Uint8Array(0),
  opcode: number = OPCODES.text,
): Uint8Array {
  const edges = [0, ...cuts.map((cut) => Math.min(Math.max(0, cut), payload.length)), payload.length];
  const frames = edges.slice(1).flatMap((end, index) => {
    const isLast = index === edges.length - 2;
    const frame = frameBytes({
      opcode: index === 0 ? opcode : OPCODES.continuation,
      payload: payload.subarray(edges[index] ?? 0, end),
      fin: isLast,
    });
    return isLast ? [frame] : [frame, between];
  });
  return joinBytes(frames);
}

/** A ping or pong frame. */
export function controlFrame(kind: 'ping' | 'pong', payload = ''): Uint8Array {
  return frameBytes({ opcode: OPCODES[kind], payload: utf8(payload) });
}

/** The byte positions that cut a payload into equal pieces. */
export function evenCuts(sizeBytes: number, pieces: number): number[] {
  return Array.from({ length: pieces - 1 }, (_, index) => Math.floor((sizeBytes * (index + 1)) / pieces));
}
