/**
 * Looks for secrets in all that was written of a recording: names, lines, entries, samples, images, and files that lie
 * beside them. Must never print what it finds.
 */
import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { decodeEntryLine } from '../entry-lines.js';
import { LineFile } from '../line-file.js';
import { decodeManifest } from '../manifest.js';
import { EVENTS_PART, MANIFEST_PART, type PartSource } from '../parts.js';
import { type FoundSecret, SecretScan } from '../redaction/secret-scan.js';
import type { SecretSearch } from '../redaction/secret-search.js';
import { latin1 } from '../redaction/text-view.js';

/** Where a secret lies. */
export interface SecretPlace {
  readonly place: string;
  readonly rule: string;
  readonly lengthChars: number;
  /** To tell values apart, never to be shown. */
  readonly value: string;
}

const CHUNK_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 64 * 1024;

/** Every place of a recording that holds a secret. */
export function scanRecording(source: PartSource, search: SecretSearch): readonly SecretPlace[] {
  const places = new Map<string, SecretPlace>();
  const scan = new SecretScan(search, placeholdersOf(source));
  const add = (place: string, found: FoundSecret) => {
    const full = `${source.name}/${place}`;
    places.set([full, found.rule, found.value.toLowerCase()].join('\0'), { ...found, place: full });
  };
  for (const found of scan.text(basename(source.name))) add('', found);
  for (const part of source.names()) {
    for (const found of scan.text(part)) add(part, found);
    if (part === EVENTS_PART)
      for (const { line, ...found } of linesOf(source, scan)) add(`${part}:${line}`, found);
    else for (const found of bytesOf(source, part, scan)) add(part, found);
  }
  return [...places.values()];
}

/** A manifest that cannot be read has no placeholders that could be believed. */
function placeholdersOf(source: PartSource): readonly string[] {
  try {
    const sizeBytes = source.sizeOf(MANIFEST_PART) ?? 0;
    const text = new TextDecoder().decode(source.read(MANIFEST_PART, 0, sizeBytes));
    return decodeManifest(text, source.name).redactions.placeholders.map(({ placeholder }) => placeholder);
  } catch {
    return [];
  }
}

function* linesOf(source: PartSource, scan: SecretScan) {
  const lines = new LineFile(source, EVENTS_PART, { allowsTorn: true }).lines();
  try {
    for (const { text, number } of lines) {
      // As it stands as well as what it says: a line that is wrong may hold a secret, too.
      for (const found of scan.text(text)) yield { ...found, line: number };
      try {
        yield* scan.entry(decodeEntryLine(text, 0, { recording: source.name, line: number }), number);
      } catch (error) {
        if (!(error instanceof SoundstageError)) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof SoundstageError)) throw error;
    // No lines of text: then as bytes.
    for (const found of bytesOf(source, EVENTS_PART, scan)) yield { ...found, line: 1 };
  }
  yield* scan.end();
}

function* bytesOf(source: PartSource, part: string, scan: SecretScan): Generator<FoundSecret> {
  const sizeBytes = source.sizeOf(part) ?? 0;
  for (let offset = 0; offset < sizeBytes; offset += CHUNK_BYTES)
    yield* scan.text(latin1(source.read(part, offset, CHUNK_BYTES + OVERLAP_BYTES)));
}

/** All files of a folder, whatever they are called, as parts: what lies beside a recording was written, too. */
export class AllFilesSource implements PartSource {
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  names(): readonly string[] {
    return filesBelow(this.name, '');
  }

  sizeOf(part: string): number | undefined {
    return lstatSync(join(this.name, part), { throwIfNoEntry: false })?.size;
  }

  read(part: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    const file = openSync(join(this.name, part), 'r');
    try {
      const bytes = Buffer.alloc(lengthBytes);
      return bytes.subarray(0, readSync(file, bytes, 0, lengthBytes, offsetBytes));
    } finally {
      closeSync(file);
    }
  }
}

function filesBelow(folder: string, prefix: string): readonly string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, `${name}/`);
    return entry.isFile() ? [name] : [];
  });
}
