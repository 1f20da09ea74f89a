/**
 * A recording from folder to zip file and back, part by part and piece by piece: hours of sound are never in memory.
 * The same recording makes the same zip file, byte for byte. Must never leave half of anything behind.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { EVENTS_PART, LANE_PARTS, MANIFEST_PART, type PartSource } from '../parts.js';
import { DirectorySink, DirectorySource } from './directory-parts.js';
import { type ReplaceOptions, writeBeside } from './write-beside.js';
import { badZip } from './zip-directory.js';
import { ZipSource } from './zip-source.js';

const CHUNK_BYTES = 256 * 1024;
const FIRST_PARTS: readonly string[] = [MANIFEST_PART, EVENTS_PART, LANE_PARTS.client, LANE_PARTS.server];
/** Sound and pictures hardly shrink, and stored they can be read where they are. */
const DEFLATED_PARTS: readonly string[] = [MANIFEST_PART, EVENTS_PART];
const LEVEL = 6;

/**
 * Packs a folder into a zip file. Fixed order, times and level: packed twice it is the same bytes.
 *
 * @throws SoundstageError `E_RECORDING_EXISTS` without `force` when there is something of that name, `E_RECORDING_MISSING`
 *   for a folder without manifest or events, `E_PACK_SIZE` when it is more than a zip file can hold
 */
export async function packRecording(
  folder: string,
  file: string,
  options: ReplaceOptions = {},
): Promise<void> {
  const source = new DirectorySource(folder);
  try {
    const parts = partsInOrder(source);
    checkSize(folder, source, parts);
    const { Zip, ZipDeflate, ZipPassThrough } = await import('fflate');
    await writeBeside(file, options, async (draft) => {
      const target = openSync(draft, 'wx');
      try {
        const zip = new Zip((error, bytes) => {
          if (error !== null) throw error;
          writeAll(target, bytes);
        });
        for (const part of parts) {
          const isDeflated = DEFLATED_PARTS.includes(part);
          const entry = isDeflated ? new ZipDeflate(part, { level: LEVEL }) : new ZipPassThrough(part);
          // In parts of the local time: the same bytes in every zone.
          entry.mtime = new Date(1980, 0, 1);
          zip.add(entry);
          for await (const { bytes, isLast } of pieces(source, part)) entry.push(bytes, isLast);
        }
        zip.end();
      } finally {
        closeSync(target);
      }
    });
  } finally {
    source.close();
  }
}

/**
 * Unpacks a zip file into a folder.
 *
 * @throws SoundstageError `E_RECORDING_EXISTS`, `E_RECORDING_ZIP`
 */
export async function unpackRecording(
  file: string,
  folder: string,
  options: ReplaceOptions = {},
): Promise<void> {
  const source = new ZipSource(file);
  try {
    const parts = partsInOrder(source);
    const { Inflate } = await import('fflate');
    await writeBeside(folder, options, async (draft) => {
      const sink = new DirectorySink(draft);
      try {
        for (const part of parts) {
          const write = checkedWriter(source, part, sink);
          const isStreamed = source.packed(part).isDeflated && !part.startsWith('images/');
          if (isStreamed) await inflate(source, part, new Inflate(write));
          else for await (const { bytes, isLast } of pieces(source, part)) write(bytes, isLast);
        }
      } finally {
        sink.close();
      }
    });
  } finally {
    source.close();
  }
}

/** Takes the bytes of a part as they come, and refuses them as soon as they are not what the file says. */
function checkedWriter(source: ZipSource, part: string, sink: DirectorySink) {
  const { sizeBytes, crc32: wanted } = source.packed(part);
  let [written, sum] = [0, 0];
  return (bytes: Uint8Array, isLast: boolean): void => {
    written += bytes.length;
    sum = crc32(bytes, sum);
    if (written > sizeBytes) throw badZip(source.name, `'${part}' is larger than it says`);
    if (isLast && (written !== sizeBytes || sum !== wanted))
      throw badZip(source.name, `'${part}' is damaged`);
    if (part.startsWith('images/')) sink.put(part, bytes);
    else sink.append(part, bytes);
  };
}

/** Small pieces: one that holds a bomb inflates to a thousand times its size before anybody can look. */
const PACKED_PIECE_BYTES = 16 * 1024;

async function inflate(
  source: ZipSource,
  part: string,
  stream: { push(bytes: Uint8Array, isLast: boolean): void },
): Promise<void> {
  const { packedBytes } = source.packed(part);
  for (let offset = 0; offset < packedBytes; offset += PACKED_PIECE_BYTES) {
    const bytes = source.readPacked(part, offset, PACKED_PIECE_BYTES);
    await othersTurn();
    try {
      stream.push(bytes, offset + PACKED_PIECE_BYTES >= packedBytes);
    } catch (error) {
      if (error instanceof SoundstageError) throw error;
      throw badZip(
        source.name,
        `'${part}' is damaged: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

function partsInOrder(source: PartSource): readonly string[] {
  const names = source.names();
  for (const part of [MANIFEST_PART, EVENTS_PART]) {
    if (names.includes(part)) continue;
    throw new SoundstageError(
      'E_RECORDING_MISSING',
      `Cannot read ${source.name}: it has no ${part}. Try the folder that holds manifest.json.`,
      { details: { recording: source.name, part } },
    );
  }
  const images = names.filter((name) => !FIRST_PARTS.includes(name));
  return [...FIRST_PARTS.filter((part) => names.includes(part)), ...images.sort()];
}

/** A part piece by piece; an empty one is one empty piece. */
async function* pieces(
  source: PartSource,
  part: string,
): AsyncGenerator<{ bytes: Uint8Array; isLast: boolean }> {
  const sizeBytes = source.sizeOf(part) ?? 0;
  // An image is put in one piece, and is small.
  const length = part.startsWith('images/') ? Math.max(1, sizeBytes) : CHUNK_BYTES;
  let offset = 0;
  do {
    const bytes = source.read(part, offset, length);
    offset += length;
    await othersTurn();
    yield { bytes, isLast: offset >= sizeBytes };
  } while (offset < sizeBytes);
}

/** Lets signals and whatever else waits be heard in between. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function checkSize(folder: string, source: PartSource, parts: readonly string[]): void {
  const sizeBytes = parts.reduce((sum, part) => sum + (source.sizeOf(part) ?? 0), 0);
  if (sizeBytes <= LIMITS.zipFileBytes && parts.length <= LIMITS.zipEntries) return;
  throw new SoundstageError(
    'E_PACK_SIZE',
    `Cannot pack ${folder}: it has ${sizeBytes} bytes in ${parts.length} files, and a zip file holds ${LIMITS.zipFileBytes} in ${LIMITS.zipEntries}. Try keeping the folder.`,
    { details: { folder, sizeBytes, files: parts.length } },
  );
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(file, bytes, written, bytes.length - written);
}
