/**
 * The lines of a part, one at a time: a recording of hours is never in memory. Must never give a line that is longer
 * than its limit.
 */
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { joinBytes } from '../protocol/websocket-frames.js';
import type { PartSource } from './parts.js';

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Whether nothing comes behind it. */
  readonly isLast: boolean;
  /** Where it begins in its part, and its length without the line break: what `lineAt` reads it again by. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface LineFileOptions {
  /** Whether a last line without a line break, or one that is no UTF-8, is given as it is. */
  readonly allowsTorn: boolean;
}

const CHUNK_BYTES = 256 * 1024;
const LINE_BREAK = 0x0a;

/** A part that is read line by line. */
export class LineFile {
  readonly #source: PartSource;
  readonly #part: string;
  readonly #allowsTorn: boolean;

  constructor(source: PartSource, part: string, { allowsTorn }: LineFileOptions) {
    this.#source = source;
    this.#part = part;
    this.#allowsTorn = allowsTorn;
  }

  /** @throws SoundstageError `E_RECORDING_ENTRY` for a line that is too long, no UTF-8 or not ended */
  *lines(): Generator<Line> {
    const sizeBytes = this.#source.sizeOf(this.#part) ?? 0;
    let number = 1;
    let offsetBytes = 0;
    // Joined once: a line of megabytes comes in hundreds of pieces.
    let rest: Uint8Array[] = [];
    let restBytes = 0;
    for (let offset = 0; offset < sizeBytes; ) {
      const chunk = this.#source.read(this.#part, offset, CHUNK_BYTES);
      if (chunk.length === 0) break;
      offset += chunk.length;
      let start = 0;
      let end = chunk.indexOf(LINE_BREAK);
      while (end >= 0) {
        const isLast = offset >= sizeBytes && end === chunk.length - 1;
        const line = joinBytes([...rest, chunk.subarray(start, end)]);
        yield this.#line(line, { number, isLast, offsetBytes }, false);
        rest = [];
        restBytes = 0;
        number += 1;
        offsetBytes += line.length + 1;
        start = end + 1;
        end = chunk.indexOf(LINE_BREAK, start);
      }
      rest.push(chunk.subarray(start));
      restBytes += chunk.length - start;
      if (restBytes > LIMITS.recordingLineBytes) {
        throw this.#bad(number, `it is longer than ${LIMITS.recordingLineBytes} bytes`);
      }
    }
    if (restBytes === 0) return;
    if (!this.#allowsTorn)
      throw this.#bad(number, 'it does not end, and the manifest calls the recording complete');
    yield this.#line(joinBytes(rest), { number, isLast: true, offsetBytes }, true);
  }

  /** The text of a line that `lines` has given before. @throws SoundstageError `E_RECORDING_ENTRY` */
  lineAt({ offsetBytes, sizeBytes, number }: Omit<Line, 'text' | 'isLast'>): string {
    return this.#decode(this.#source.read(this.#part, offsetBytes, sizeBytes), number, false);
  }

  #line(bytes: Uint8Array, place: Omit<Line, 'text' | 'sizeBytes'>, isTorn: boolean): Line {
    return { ...place, text: this.#decode(bytes, place.number, isTorn), sizeBytes: bytes.length };
  }

  #decode(bytes: Uint8Array, number: number, isTorn: boolean): string {
    if (number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      throw this.#bad(number, 'it begins with a byte order mark, which an editor has put there');
    }
    if (bytes.includes(0) && !isTorn) {
      throw this.#bad(number, 'it has NUL bytes, as a file has that a crash kept from being written');
    }
    try {
      return new TextDecoder('utf-8', { fatal: !isTorn, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw this.#bad(number, 'it is no UTF-8', cause);
    }
  }

  #bad(line: number, why: string, cause?: unknown): SoundstageError {
    return new SoundstageError(
      'E_RECORDING_ENTRY',
      `Cannot read ${this.#source.name}/${this.#part}, line ${line}: ${why}. Try recording again, or getting the file back.`,
      { details: { recording: this.#source.name, line }, ...(cause === undefined ? {} : { cause }) },
    );
  }
}
