/**
 * Takes a recording as it is now for what it should be: hashes and counts are computed anew, and it says that a person
 * has had a hand in it. Must never touch anything but the manifest.
 */
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha256 } from '../../media/index.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import type { Side } from '../entries.js';
import { encodeManifest, type ManifestLane, type RecordingManifest } from '../manifest.js';
import { EVENTS_PART, imagePart, MANIFEST_PART } from '../parts.js';
import { Recording } from '../recording.js';
import { DirectorySource } from './directory-parts.js';
import { createNodeSha256 } from './node-sha256.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * @throws SoundstageError `E_RECORDING_ACCEPT` for what is no folder or has CRLF line ends; `E_RECORDING_…` when it cannot
 *   be read: nothing is written then
 */
export function acceptRecording(folder: string): RecordingManifest {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw refusal(folder, 'it is no folder', 'unpacking it first: soundstage pack FILE FOLDER');
  const source = new DirectorySource(folder);
  try {
    const recording = new Recording(source, { verify: false });
    const images = new Set<string>();
    let entries = 0;
    for (const entry of recording.entries()) {
      entries += 1;
      if (entry.kind !== 'text') continue;
      for (const part of entry.parts)
        if (typeof part !== 'string' && part.kind === 'image') images.add(part.sha256);
    }
    for (const sha256 of images) {
      if (hashOf(source, imagePart(sha256)) !== sha256)
        throw refusal(
          folder,
          `${imagePart(sha256)} is not the image that its name says`,
          'naming it after its SHA-256, also where lines refer to it',
        );
    }
    const { complete: _complete, lanes: _lanes, ...kept } = recording.manifest;
    const manifest: RecordingManifest = {
      ...kept,
      complete: true,
      provenance: { kind: 'handwritten' },
      events: { entries, sha256: hashOfEvents(source, folder, recording.manifest.complete) },
      lanes: { ...laneOf(recording, 'client'), ...laneOf(recording, 'server') },
      images: [...images],
      transcriptSha256: recording.transcriptHash(createNodeSha256),
    };
    const path = join(folder, MANIFEST_PART);
    writeFileSync(`${path}.new`, encodeManifest(manifest));
    renameSync(`${path}.new`, path);
    return manifest;
  } finally {
    source.close();
  }
}

function hashOfEvents(source: DirectorySource, folder: string, wasComplete: boolean): string {
  const sizeBytes = source.sizeOf(EVENTS_PART) ?? 0;
  const last = sizeBytes === 0 ? undefined : source.read(EVENTS_PART, sizeBytes - 1, 1)[0];
  if (last !== undefined && last !== 0x0a)
    throw refusal(
      folder,
      `the last line of ${EVENTS_PART} does not end`,
      wasComplete ? 'ending it' : 'removing what is torn of it, or ending it',
    );
  return hashOf(source, EVENTS_PART, (bytes) => {
    if (bytes.includes(0x0d))
      throw refusal(
        folder,
        `the lines of ${EVENTS_PART} end in CRLF, as git leaves them with core.autocrlf`,
        "a .gitattributes with '*.jsonl -text', and checking the file out again",
      );
  });
}

function hashOf(source: DirectorySource, part: string, look?: (bytes: Uint8Array) => void): string {
  const hash = createNodeSha256();
  const sizeBytes = source.sizeOf(part) ?? 0;
  for (let read = 0; read < sizeBytes; read += CHUNK_BYTES) {
    const bytes = source.read(part, read, CHUNK_BYTES);
    look?.(bytes);
    hash.update(bytes);
  }
  return hash.digestHex();
}

function laneOf(recording: Recording, side: Side): Partial<Record<Side, ManifestLane>> {
  const lane = recording.lane(side);
  if (lane === undefined) return {};
  const hash: Sha256 = createNodeSha256();
  const step = CHUNK_BYTES;
  for (let offsetSamples = 0; offsetSamples < lane.samples; offsetSamples += step) {
    const lengthSamples = Math.min(step, lane.samples - offsetSamples);
    hash.update(recording.samples({ lane: side, offsetSamples, lengthSamples }));
  }
  return { [side]: { rateHz: lane.rateHz, samples: lane.samples, sha256: hash.digestHex() } };
}

function refusal(folder: string, why: string, hint: string): SoundstageError {
  return new SoundstageError('E_RECORDING_ACCEPT', `Cannot accept ${folder}: ${why}. Try ${hint}.`, {
    details: { folder },
  });
}
