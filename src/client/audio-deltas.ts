/**
 * Turns `response.audio.delta` events into samples. A server may cut between the two bytes of a sample: the
 * dangling byte waits for the next delta of its item. Pure but for that memory, which is bounded.
 */
import { decodeBase64 } from '../media/index.js';
import { LIMITS } from '../protocol/index.js';
import { ownString, type ReceivedEvent } from './received-frame.js';

/** A piece of a spoken answer. */
export interface AudioDelta {
  /** Whole samples, PCM16 mono at the session's output rate (24 kHz unless set otherwise). Can be empty. */
  readonly samples: Int16Array;
  readonly responseId: string | undefined;
  readonly itemId: string | undefined;
}

/** Joins the deltas of each item. */
export class AudioDeltas {
  readonly #danglingBytes = new Map<string, number>();

  /** Reads one `response.audio.delta`; undefined when it carries no base64. */
  read(event: ReceivedEvent): AudioDelta | undefined {
    const text = ownString(event, 'delta');
    const bytes = text === undefined ? undefined : decodeBase64(padded(text));
    if (bytes === undefined) return undefined;
    const responseId = ownString(event, 'response_id');
    const itemId = ownString(event, 'item_id');
    return { samples: this.#wholeSamples(itemId ?? responseId ?? '', bytes), responseId, itemId };
  }

  /** Forgets what dangles of an item that is complete. */
  finish(event: ReceivedEvent): void {
    this.#danglingBytes.delete(ownString(event, 'item_id') ?? ownString(event, 'response_id') ?? '');
  }

  #wholeSamples(key: string, bytes: Uint8Array): Int16Array {
    const carried = this.#danglingBytes.get(key);
    this.#danglingBytes.delete(key);
    const offset = carried === undefined ? 0 : 1;
    const samples = new Int16Array((bytes.length + offset) >> 1);
    for (let index = 0; index < samples.length; index += 1) {
      const position = index * 2 - offset;
      const low = position < 0 ? (carried ?? 0) : (bytes[position] ?? 0);
      samples[index] = low | ((bytes[position + 1] ?? 0) << 8);
    }
    if ((bytes.length + offset) % 2 === 1) this.#remember(key, bytes.at(-1) ?? carried ?? 0);
    return samples;
  }

  #remember(key: string, byte: number): void {
    for (const oldest of this.#danglingBytes.keys()) {
      if (this.#danglingBytes.size < LIMITS.clientDanglingBytes) break;
      this.#danglingBytes.delete(oldest);
    }
    this.#danglingBytes.set(key, byte);
  }
}

/** Some servers leave the padding out. */
function padded(text: string): string {
  return text.length % 4 === 0 ? text : text.padEnd(text.length + 4 - (text.length % 4), '=');
}
