/**
 * A recording as a folder: its parts are files, written so that they survive the death of the process. Must never write
 * over what was there before unless it is told to.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { EVENTS_PART, LANE_PARTS, MANIFEST_PART, type PartSink, type PartSource } from '../parts.js';
import { readUpTo, writeAll } from './whole-io.js';

const IMAGE_PART = /^images\/[0-9a-f]{64}\.jpg$/;
const PARTS: readonly string[] = [MANIFEST_PART, EVENTS_PART, ...Object.values(LANE_PARTS)];

/** Whether a recording may have a part of this name: nothing else is read from or written to a folder. */
export function isPartName(name: string): boolean {
  return PARTS.includes(name) || IMAGE_PART.test(name);
}

/** Reads a folder. Files are opened when they are needed and stay open until `close`. */
export class DirectorySource implements PartSource {
  readonly name: string;
  readonly #folder: string;
  readonly #open: OpenFiles;

  /** @param folder its path, also what errors call it */
  constructor(folder: string) {
    this.name = folder.replace(/[\\/]+$/, '');
    this.#folder = resolve(folder);
    this.#open = new OpenFiles(this.#folder, 'r');
  }

  /** @throws SoundstageError `E_RECORDING_PART` for a link, a folder or a device in place of a file */
  sizeOf(part: string): number | undefined {
    const opened = this.#open.opened(part);
    if (opened !== undefined) return fstatSync(opened).size;
    if (!isPartName(part)) return undefined;
    if (IMAGE_PART.test(part)) this.#refuseLink('images');
    const found = lstatSync(join(this.#folder, part), { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (found.isFile()) return found.size;
    throw this.#noFile(
      part,
      found.isSymbolicLink() ? 'a link' : found.isDirectory() ? 'a folder' : 'no file',
    );
  }

  /** A link could lead anywhere on the machine, and what lies there would be served. */
  #refuseLink(folder: string): void {
    const found = lstatSync(join(this.#folder, folder), { throwIfNoEntry: false });
    if (found?.isSymbolicLink() === true) throw this.#noFile(folder, 'a link');
  }

  #noFile(part: string, what: string): SoundstageError {
    return new SoundstageError(
      'E_RECORDING_PART',
      `Cannot read ${this.name}/${part}: it is ${what}. Try putting the file itself there.`,
      { details: { recording: this.name, part } },
    );
  }

  read(part: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    const wantedBytes = Math.max(0, Math.min(lengthBytes, (this.sizeOf(part) ?? 0) - offsetBytes));
    if (wantedBytes === 0) return new Uint8Array(0);
    const bytes = readUpTo(this.#fileOf(part), offsetBytes, wantedBytes);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  names(): readonly string[] {
    this.#refuseLink('images');
    const images = join(this.#folder, 'images');
    const found = existsSync(images) ? readdirSync(images).map((file) => `images/${file}`) : [];
    return [...PARTS, ...found].filter((part) => this.sizeOf(part) !== undefined);
  }

  close(): void {
    this.#open.closeAll();
  }

  #fileOf(part: string): number {
    // Images are many and each is read once.
    if (IMAGE_PART.test(part)) this.#open.closeAll((other) => other !== part && IMAGE_PART.test(other));
    return this.#open.fileOf(part);
  }
}

/** Files of one folder that stay open. */
class OpenFiles {
  readonly #folder: string;
  readonly #flags: 'r' | 'a';
  readonly #files = new Map<string, number>();

  constructor(folder: string, flags: 'r' | 'a') {
    this.#folder = folder;
    this.#flags = flags;
  }

  /** The descriptor of a part, which is opened when it is not. */
  fileOf(part: string): number {
    const opened = this.#files.get(part);
    if (opened !== undefined) return opened;
    const file = openSync(join(this.#folder, part), this.#flags);
    this.#files.set(part, file);
    return file;
  }

  /** The descriptor of a part that is open. */
  opened(part: string): number | undefined {
    return this.#files.get(part);
  }

  closeAll(which: (part: string) => boolean = () => true): void {
    for (const [part, file] of this.#files) {
      if (!which(part)) continue;
      closeSync(file);
      this.#files.delete(part);
    }
  }
}

export interface DirectorySinkOptions {
  /** Whether a recording of that name is replaced. Default false. */
  readonly force?: boolean | undefined;
}

/** Writes a folder. */
export class DirectorySink implements PartSink {
  readonly #folder: string;
  readonly #open: OpenFiles;

  /**
   * @throws SoundstageError `E_RECORDING_EXISTS` when there is something of that name and `force` is not set,
   *   `E_RECORDING_WRITE` when the folder cannot be made
   */
  constructor(folder: string, { force = false }: DirectorySinkOptions = {}) {
    this.#folder = resolve(folder);
    this.#open = new OpenFiles(this.#folder, 'a');
    if (existsSync(this.#folder) && (!force || !isRecordingFolder(this.#folder))) {
      throw new SoundstageError(
        'E_RECORDING_EXISTS',
        force
          ? `Cannot write ${folder}: it holds files that are no recording's, and nothing of somebody else's is deleted. Try another name.`
          : `Cannot write ${folder}: there is something of that name. Try another name, or --force to replace it.`,
        { details: { folder } },
      );
    }
    try {
      rmSync(this.#folder, { recursive: true, force: true });
      mkdirSync(this.#folder, { recursive: true });
    } catch (cause) {
      throw new SoundstageError(
        'E_RECORDING_WRITE',
        `Cannot write ${folder}: ${cause instanceof Error ? cause.message : String(cause)}. Try a folder that you may write to.`,
        { cause, details: { folder } },
      );
    }
  }

  append(part: string, bytes: Uint8Array): void {
    writeAll(this.#open.fileOf(part), bytes);
  }

  /** In one step: a reader sees the old file or the new one, never half of it. */
  put(part: string, bytes: Uint8Array): void {
    const path = join(this.#folder, part);
    if (part !== MANIFEST_PART) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return;
    }
    const draft = `${path}.new`;
    writeFileSync(draft, bytes);
    renameSync(draft, path);
  }

  patch(part: string, bytes: Uint8Array): void {
    const file = openSync(join(this.#folder, part), 'r+');
    try {
      writeAll(file, bytes, 0);
    } finally {
      closeSync(file);
    }
  }

  close(): void {
    this.#open.closeAll();
  }
}

/** Whether a folder holds nothing but what a recording is made of. */
export function isRecordingFolder(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  return readdirSync(folder).every(
    (name) => PARTS.includes(name) || name === 'images' || name === `${MANIFEST_PART}.new`,
  );
}
