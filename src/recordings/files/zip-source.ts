/**
 * A recording in a zip file: what is stored in it is read in place; what is deflated is inflated into memory when it is
 * asked for. Must never trust a size that the file says.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { LIMITS } from '../../protocol/limits.js';
import type { PartSource } from '../parts.js';
import { badZip, readZipDirectory, type ZipEntry } from './zip-directory.js';

/** Reads a zip file, which stays open until `close`. */
export class ZipSource implements PartSource {
  readonly name: string;
  readonly #file: number;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #inflated = new Map<string, Uint8Array>();
  #inflatedBytes = 0;

  /**
   * @param path the file, also what errors call it
   * @throws SoundstageError `E_RECORDING_ZIP` when it is no zip file of a recording
   */
  constructor(path: string) {
    this.name = path;
    this.#file = openSync(path, 'r');
    try {
      const sizeBytes = fstatSync(this.#file).size;
      const entries = readZipDirectory(path, sizeBytes, (offset, length) => this.#readAt(offset, length));
      this.#entries = new Map(entries.map((entry) => [entry.part, entry]));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  sizeOf(part: string): number | undefined {
    return this.#entries.get(part)?.sizeBytes;
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  read(part: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    const entry = this.#entryOf(part);
    const length = Math.max(0, Math.min(lengthBytes, entry.sizeBytes - offsetBytes));
    if (!entry.isDeflated) return this.#readAt(entry.offsetBytes + offsetBytes, length);
    return this.#inflate(entry).subarray(offsetBytes, offsetBytes + length);
  }

  /** How a part is packed, for those who unpack it piece by piece. */
  packed(part: string): ZipEntry {
    return this.#entryOf(part);
  }

  /** Packed bytes of a part, from one of them on. */
  readPacked(part: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    const entry = this.#entryOf(part);
    const length = Math.max(0, Math.min(lengthBytes, entry.packedBytes - offsetBytes));
    return this.#readAt(entry.offsetBytes + offsetBytes, length);
  }

  close(): void {
    closeSync(this.#file);
  }

  #entryOf(part: string): ZipEntry {
    const entry = this.#entries.get(part);
    if (entry === undefined) throw badZip(this.name, `it has no ${part}`);
    return entry;
  }

  #inflate(entry: ZipEntry): Uint8Array {
    const known = this.#inflated.get(entry.part);
    if (known !== undefined) return known;
    // An image is read once and whole: keeping it would only fill the memory.
    const isKept = !entry.part.startsWith('images/');
    if ((isKept ? this.#inflatedBytes : 0) + entry.sizeBytes > LIMITS.zipMemoryBytes) {
      throw badZip(
        this.name,
        `its parts need more than ${LIMITS.zipMemoryBytes} bytes of memory`,
        `unpacking it first: soundstage pack ${this.name} FOLDER`,
      );
    }
    const bytes = this.#inflateWhole(entry);
    if (bytes.length !== entry.sizeBytes || crc32(bytes) !== entry.crc32)
      throw badZip(this.name, `'${entry.part}' is damaged`);
    if (isKept) {
      this.#inflated.set(entry.part, bytes);
      this.#inflatedBytes += bytes.length;
    }
    return bytes;
  }

  #inflateWhole(entry: ZipEntry): Uint8Array {
    try {
      const packed = this.#readAt(entry.offsetBytes, entry.packedBytes);
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.sizeBytes) });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw badZip(this.name, `'${entry.part}' is damaged or larger than it says: ${why}`);
    }
  }

  #readAt(offsetBytes: number, lengthBytes: number): Buffer {
    const bytes = Buffer.alloc(lengthBytes);
    let filled = 0;
    while (filled < lengthBytes) {
      const count = readSync(this.#file, bytes, filled, lengthBytes - filled, offsetBytes + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }
}
