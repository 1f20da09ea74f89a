/**
 * What one direction of a connection says, for the recording: takes the bytes as they pass and gives facts. Lenient: it
 * takes whatever an entry can hold, and the rest as bytes. Must never judge, answer or delay anything.
 */
import { Buffer, isAscii } from 'node:buffer';
import { LIMITS } from '../protocol/limits.js';
import { type Frame, FrameReader, joinBytes, OPCODES } from '../protocol/websocket-frames.js';
import type { CloseEntry, PayloadEntry, Side } from '../recordings/index.js';

type Bare<Entry> = Omit<Entry, 'atMs' | 'from'>;

/** One thing that passed, before it has a time. Text is whole here: the recorder takes it apart. */
export type PassedThing =
  | { readonly kind: 'text'; readonly text: string; readonly frames: readonly number[] | undefined }
  | Bare<PayloadEntry>
  | Bare<CloseEntry>;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads one direction. */
export class FrameTee {
  readonly #isMasked: boolean;
  readonly #reader = new FrameReader(LIMITS.frameBytes);
  /** Frames of a message that has not ended. */
  #fragments: Frame[] = [];
  #messageBytes = 0;
  /** Something broke the protocol: from here on there are no frames, only bytes. */
  #isBroken = false;

  constructor(side: Side) {
    this.#isMasked = side === 'client';
  }

  /** Takes the next bytes and gives what they complete, in order. */
  push(bytes: Uint8Array): PassedThing[] {
    if (this.#isBroken) return rawThing(bytes);
    const things: PassedThing[] = [];
    const frames = this.#reader.push(bytes);
    for (const [index, frame] of frames.entries()) {
      const thing = this.#readFrame(frame);
      if (thing === 'illegal') {
        const rest = frames.slice(index).map(({ raw }) => raw);
        things.push(...this.#break([...rest, this.#reader.pending]));
        return things;
      }
      if (thing !== undefined) things.push(thing);
    }
    if (this.#reader.isOverLimit) things.push(...this.#break([this.#reader.pending]));
    return things;
  }

  /** Gives what had arrived of a frame or message that never got whole; the stream has ended. */
  end(): PassedThing[] {
    return this.#isBroken ? [] : this.#break([this.#reader.pending]);
  }

  #break(rest: readonly Uint8Array[]): PassedThing[] {
    this.#isBroken = true;
    const fragments = this.#fragments.map(({ raw }) => raw);
    this.#fragments = [];
    return rawThing(joinBytes([...fragments, ...rest]));
  }

  /** What a frame completes; undefined for one that completes nothing. */
  #readFrame(frame: Frame): PassedThing | 'illegal' | undefined {
    const { fin, rsv, opcode, masked, payload } = frame;
    if (rsv !== 0 || masked !== this.#isMasked) return 'illegal';
    if (opcode === OPCODES.text || opcode === OPCODES.binary || opcode === OPCODES.continuation)
      return this.#readFragment(frame);
    if (!fin) return 'illegal';
    if (opcode === OPCODES.ping) return { kind: 'ping', payload };
    if (opcode === OPCODES.pong) return { kind: 'pong', payload };
    return opcode === OPCODES.close ? readClose(payload) : 'illegal';
  }

  #readFragment(frame: Frame): PassedThing | 'illegal' | undefined {
    const isFirst = this.#fragments.length === 0;
    if (isFirst === (frame.opcode === OPCODES.continuation)) return 'illegal';
    this.#messageBytes = frame.payload.length + (isFirst ? 0 : this.#messageBytes);
    const isTooMuch =
      this.#messageBytes > LIMITS.frameBytes || this.#fragments.length >= LIMITS.messageFragments;
    if (isTooMuch) return 'illegal';
    if (!frame.fin) {
      this.#fragments.push(frame);
      return undefined;
    }
    const frames = [...this.#fragments, frame];
    this.#fragments = [];
    return messageOf(frames);
  }
}

function messageOf(frames: readonly Frame[]): PassedThing {
  const [first] = frames;
  const isOneFrame = frames.length === 1 && first !== undefined;
  const payload = isOneFrame ? first.payload : joinBytes(frames.map((frame) => frame.payload));
  if (first?.opcode === OPCODES.binary) return { kind: 'binary', payload };
  const text = decode(payload);
  if (text === undefined) return { kind: 'invalid-text', payload };
  return { kind: 'text', text, frames: isOneFrame ? undefined : frames.map((frame) => frame.payload.length) };
}

/** A close frame with half a code, or a reason that is no UTF-8, is nothing that an entry could hold. */
function readClose(payload: Uint8Array): PassedThing | 'illegal' {
  const [high, low] = payload;
  if (high === undefined) return { kind: 'close', code: undefined, reason: '' };
  const reason = decode(payload.subarray(2));
  if (low === undefined || reason === undefined) return 'illegal';
  return { kind: 'close', code: high * 256 + low, reason };
}

function rawThing(bytes: Uint8Array): PassedThing[] {
  return bytes.length === 0 ? [] : [{ kind: 'bytes', payload: bytes }];
}

/** Text that is nothing but ASCII, as most of a session is, needs no decoder. */
function decode(bytes: Uint8Array): string | undefined {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
