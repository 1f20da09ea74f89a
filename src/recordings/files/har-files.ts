/**
 * HAR files on disk, both ways: written message by message, read whole within a limit. Must never leave half of anything
 * behind.
 */
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { type HarImportOptions, type HarWebSocket, readHar, writeHar } from '../har/index.js';
import type { Recording } from '../recording.js';
import { DirectorySink } from './directory-parts.js';
import { createNodeSha256 } from './node-sha256.js';
import { type ReplaceOptions, writeBeside } from './write-beside.js';

/** @throws SoundstageError `E_RECORDING_EXISTS`, `E_RECORDING_WRITE` */
export async function exportHar(
  recording: Recording,
  file: string,
  { by, ...options }: ReplaceOptions & { readonly by: { readonly name: string; readonly version: string } },
): Promise<void> {
  await writeBeside(file, options, (draft) => {
    const target = openSync(draft, 'wx');
    try {
      for (const text of writeHar(recording, by)) writeWhole(target, Buffer.from(text));
    } finally {
      closeSync(target);
    }
  });
}

/**
 * The WebSockets of a HAR file.
 *
 * @throws SoundstageError `E_HAR`
 */
export function openHar(file: string): readonly HarWebSocket[] {
  const sizeBytes = statSync(file).size;
  if (sizeBytes > LIMITS.harFileBytes) {
    throw new SoundstageError(
      'E_HAR',
      `Cannot read ${file}: it has ${sizeBytes} bytes, and ${LIMITS.harFileBytes} are allowed. Try exporting only the WebSocket.`,
      { details: { file, sizeBytes } },
    );
  }
  return readHar(readFileSync(file, 'utf8'), file);
}

/**
 * Writes one WebSocket of a HAR file as a recording's folder.
 *
 * @throws SoundstageError `E_HAR`, `E_RECORDING_EXISTS`, `E_RECORDING_WRITE`
 */
export async function importHar(
  webSocket: HarWebSocket,
  folder: string,
  { force, ...options }: ReplaceOptions & Omit<HarImportOptions, 'sink' | 'createHash'>,
): Promise<void> {
  await writeBeside(folder, { force }, (draft) => {
    const sink = new DirectorySink(draft);
    try {
      webSocket.write({ ...options, sink, createHash: createNodeSha256 });
    } finally {
      sink.close();
    }
  });
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(file, bytes, written, bytes.length - written);
}
