/**
 * The directory of a zip file: which parts of a recording it holds and where. Must refuse whatever a packer of
 * recordings would not write and an attacker would: other names, links, bombs, overlapping or encrypted entries.
 */
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { isPartName } from './directory-parts.js';

/** A part inside a zip file. */
export interface ZipEntry {
  readonly part: string;
  readonly isDeflated: boolean;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** Where its packed bytes begin. */
  readonly offsetBytes: number;
}

/** Reads up to `lengthBytes` bytes of the file, fewer where it ends. */
export type ReadAt = (offsetBytes: number, lengthBytes: number) => Buffer;

const SIGNATURES = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
const METHODS = { stored: 0, deflated: 8 } as const;
/** Up to here any ratio is taken: silence packs a thousand to one. */
const FREE_BYTES = 16 * 1024 * 1024;
const UNIX = 3;
const TYPE_MASK = 0o170000;
const REGULAR_TYPES = [0, 0o100000, 0o040000];

/**
 * Reads the directory and checks every entry's own header.
 *
 * @param name what to call the file in errors
 * @throws SoundstageError `E_RECORDING_ZIP`
 */
export function readZipDirectory(name: string, sizeBytes: number, readAt: ReadAt): readonly ZipEntry[] {
  const found = new DirectoryReader(name, sizeBytes, readAt).read();
  checkSizes(name, found);
  return found;
}

/** What is refused of a zip file, for errors. */
export function badZip(
  name: string,
  why: string,
  advice = 'a file that soundstage pack wrote',
): SoundstageError {
  return new SoundstageError('E_RECORDING_ZIP', `Cannot read ${name}: ${why}. Try ${advice}.`, {
    details: { file: name },
  });
}

interface Central {
  readonly path: string;
  readonly isDeflated: boolean;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly localOffset: number;
}

class DirectoryReader {
  readonly #name: string;
  readonly #sizeBytes: number;
  readonly #readAt: ReadAt;

  constructor(name: string, sizeBytes: number, readAt: ReadAt) {
    this.#name = name;
    this.#sizeBytes = sizeBytes;
    this.#readAt = readAt;
  }

  read(): readonly ZipEntry[] {
    const { count, offset, bytes } = this.#findEnd();
    const central = this.#readCentral(count, bytes);
    const top = topFolder(central.map(({ path }) => path));
    const files = central.filter(({ path }) => !path.endsWith('/'));
    const entries = files.map((entry) => this.#locate(entry, entry.path.slice(top.length), offset));
    this.#checkOverlaps(entries);
    const names = new Set(entries.map(({ part }) => part));
    if (names.size !== entries.length) throw this.#bad('it holds two entries of one name');
    return entries;
  }

  /** The record at the end of the file, behind which only a comment may stand. */
  #findEnd(): { count: number; offset: number; bytes: Buffer } {
    const tailBytes = Math.min(this.#sizeBytes, END_BYTES + MAX_COMMENT_BYTES);
    const tail = this.#readAt(this.#sizeBytes - tailBytes, tailBytes);
    for (let index = tail.length - END_BYTES; index >= 0; index -= 1) {
      if (tail.readUInt32LE(index) !== SIGNATURES.end) continue;
      if (index + END_BYTES + tail.readUInt16LE(index + 20) !== tail.length) continue;
      return this.#readEnd(tail.subarray(index), this.#sizeBytes - tailBytes + index);
    }
    throw this.#bad('it is no zip file, or its end is missing');
  }

  #readEnd(end: Buffer, endOffset: number): { count: number; offset: number; bytes: Buffer } {
    const count = end.readUInt16LE(10);
    const bytes = end.readUInt32LE(12);
    const offset = end.readUInt32LE(16);
    if (count === 0xffff || offset === 0xffff_ffff) throw this.#bad('it is in the large form (zip64)');
    if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(8) !== count)
      throw this.#bad('it is one of several volumes');
    if (count > LIMITS.zipEntries || bytes > LIMITS.zipDirectoryBytes)
      throw this.#bad(
        `it has ${count} entries in ${bytes} bytes, and ${LIMITS.zipEntries} in ${LIMITS.zipDirectoryBytes} are allowed`,
      );
    if (offset + bytes > endOffset) throw this.#bad('its directory does not fit into it');
    return { count, offset, bytes: this.#readAt(offset, bytes) };
  }

  #readCentral(count: number, bytes: Buffer): Central[] {
    const found: Central[] = [];
    let at = 0;
    for (let index = 0; index < count; index += 1) {
      if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== SIGNATURES.central)
        throw this.#bad(`entry ${index + 1} of its directory is cut off`);
      const end = at + CENTRAL_BYTES + bytes.readUInt16LE(at + 28);
      const next = end + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
      if (next > bytes.length) throw this.#bad(`entry ${index + 1} of its directory is cut off`);
      found.push(this.#readEntry(bytes.subarray(at, end)));
      at = next;
    }
    if (at !== bytes.length) throw this.#bad('its directory holds more than it says');
    return found;
  }

  #readEntry(entry: Buffer): Central {
    const path = entry.toString('utf8', CENTRAL_BYTES);
    const flags = entry.readUInt16LE(8);
    const method = entry.readUInt16LE(10);
    const type = entry.readUInt8(5) === UNIX ? (entry.readUInt32LE(38) >>> 16) & TYPE_MASK : 0;
    if ((flags & 0x2041) !== 0) throw this.#bad(`'${shown(path)}' is encrypted`);
    if (!REGULAR_TYPES.includes(type)) throw this.#bad(`'${shown(path)}' is a link or a device, and no file`);
    if (method !== METHODS.stored && method !== METHODS.deflated)
      throw this.#bad(`'${shown(path)}' is packed by method ${method}`);
    const [packedBytes, sizeBytes] = [entry.readUInt32LE(20), entry.readUInt32LE(24)];
    if (method === METHODS.stored && packedBytes !== sizeBytes)
      throw this.#bad(`'${shown(path)}' says two sizes`);
    return {
      path,
      isDeflated: method === METHODS.deflated,
      crc32: entry.readUInt32LE(16),
      packedBytes,
      sizeBytes,
      localOffset: entry.readUInt32LE(42),
    };
  }

  /** Checks the entry's name and its own header, which must say the same. */
  #locate(entry: Central, part: string, directoryOffset: number): ZipEntry {
    if (!isPartName(part)) throw this.#bad(`'${shown(entry.path)}' is no part of a recording`);
    const local = this.#readAt(entry.localOffset, LOCAL_BYTES + 0xffff);
    if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== SIGNATURES.local)
      throw this.#bad(`'${part}' is not where its directory says`);
    const nameEnd = LOCAL_BYTES + local.readUInt16LE(26);
    if (local.toString('utf8', LOCAL_BYTES, nameEnd) !== entry.path)
      throw this.#bad(`'${part}' has two names`);
    const offsetBytes = entry.localOffset + nameEnd + local.readUInt16LE(28);
    if (offsetBytes + entry.packedBytes > directoryOffset) throw this.#bad(`'${part}' is cut off`);
    const { path: _path, localOffset: _offset, ...rest } = entry;
    return { ...rest, part, offsetBytes };
  }

  #checkOverlaps(entries: readonly ZipEntry[]): void {
    const sorted = [...entries].sort((a, b) => a.offsetBytes - b.offsetBytes);
    for (const [index, entry] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next !== undefined && entry.offsetBytes + entry.packedBytes > next.offsetBytes)
        throw this.#bad(`'${entry.part}' and '${next.part}' overlap`);
    }
  }

  #bad(why: string): SoundstageError {
    return badZip(this.#name, why);
  }
}

/** The one folder that all entries are in, with its slash; empty when there is none. */
function topFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  const top = first.slice(0, first.indexOf('/') + 1);
  if (top === '' || top === 'images/' || /^\.{1,2}\/$/.test(top)) return '';
  return paths.every((path) => path.startsWith(top)) ? top : '';
}

function checkSizes(name: string, entries: readonly ZipEntry[]): void {
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const packedBytes = entries.reduce((sum, entry) => sum + entry.packedBytes, 0);
  if (sizeBytes > LIMITS.zipInflatedBytes)
    throw badZip(name, `its parts have ${sizeBytes} bytes, and ${LIMITS.zipInflatedBytes} are allowed`);
  if (sizeBytes > FREE_BYTES && sizeBytes > packedBytes * LIMITS.zipInflatedRatio) {
    throw badZip(
      name,
      `its parts are ${Math.round(sizeBytes / Math.max(1, packedBytes))} times as large as packed, and ${LIMITS.zipInflatedRatio} times are allowed`,
      'unpacking it by other means, if it is known where it comes from',
    );
  }
}

/** A name that is not to be trusted, short and on one line. */
function shown(path: string): string {
  return JSON.stringify(path.slice(0, 80)).slice(1, -1);
}
