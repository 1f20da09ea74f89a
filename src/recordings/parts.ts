/**
 * The parts of a recording as named runs of bytes: what a folder, a zip file or memory can hold. The only way this room
 * reaches its bytes. Must never interpret them.
 */

export const MANIFEST_PART = 'manifest.json';
export const EVENTS_PART = 'events.jsonl';
export const LANE_PARTS = { client: 'client.wav', server: 'server.wav' } as const;

/** The part of an image. */
export function imagePart(sha256: string): string {
  return `images/${sha256}.jpg`;
}

/** Where parts are read from. */
export interface PartSource {
  /** What to call the recording in errors. */
  readonly name: string;
  /** Bytes of a part; undefined when there is none of that name. */
  sizeOf(part: string): number | undefined;
  /** Up to `lengthBytes` bytes of a part, fewer where it ends. @throws when there is no such part */
  read(part: string, offsetBytes: number, lengthBytes: number): Uint8Array;
  /** The names of all parts. */
  names(): readonly string[];
}

/** Where parts are written to. Every method may throw what the storage throws. */
export interface PartSink {
  /** Adds bytes to the end of a part, which is created by the first. They survive the death of the process. */
  append(part: string, bytes: Uint8Array): void;
  /** Writes a whole part, in place of what was there. */
  put(part: string, bytes: Uint8Array): void;
  /** Writes over the beginning of a part. */
  patch(part: string, bytes: Uint8Array): void;
  /** Frees what the sink holds open. */
  close(): void;
}

/** Parts in memory, both ways. */
export class MemoryParts implements PartSource, PartSink {
  readonly name: string;
  readonly #parts: Map<string, Uint8Array>;
  /** Bytes used of each buffer, which grows by doubling. */
  readonly #sizes = new Map<string, number>();

  constructor(name: string, parts: Readonly<Record<string, Uint8Array>> = {}) {
    this.name = name;
    this.#parts = new Map(Object.entries(parts));
    for (const [part, bytes] of this.#parts) this.#sizes.set(part, bytes.length);
  }

  sizeOf(part: string): number | undefined {
    return this.#sizes.get(part);
  }

  read(part: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    const bytes = this.#parts.get(part);
    if (bytes === undefined) throw new Error(`no part ${part}`);
    return bytes.slice(offsetBytes, Math.min(offsetBytes + lengthBytes, this.#sizes.get(part) ?? 0));
  }

  names(): readonly string[] {
    return [...this.#parts.keys()];
  }

  append(part: string, bytes: Uint8Array): void {
    const used = this.#sizes.get(part) ?? 0;
    let buffer = this.#parts.get(part) ?? new Uint8Array(0);
    if (used + bytes.length > buffer.length) {
      const grown = new Uint8Array(Math.max(2 * buffer.length, used + bytes.length));
      grown.set(buffer.subarray(0, used));
      buffer = grown;
    }
    buffer.set(bytes, used);
    this.#parts.set(part, buffer);
    this.#sizes.set(part, used + bytes.length);
  }

  put(part: string, bytes: Uint8Array): void {
    this.#parts.set(part, bytes.slice());
    this.#sizes.set(part, bytes.length);
  }

  patch(part: string, bytes: Uint8Array): void {
    this.#parts.get(part)?.set(bytes);
  }

  close(): void {}

  /** A copy of every part. */
  toObject(): Record<string, Uint8Array> {
    return Object.fromEntries(
      this.names().map((part) => [part, this.read(part, 0, this.#sizes.get(part) ?? 0)]),
    );
  }
}
