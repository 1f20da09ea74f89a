/**
 * Takes a recording as somebody has edited it: new hashes, and a provenance that says so. Must never touch anything but
 * the manifest.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeManifest, type ManifestLane } from '../manifest.js';
import { EVENTS_PART } from '../parts.js';
import type { Recording } from '../recording.js';
import { createNodeSha256 } from './node-sha256.js';
import { openRecording } from './open-recording.js';

const CHUNK_SAMPLES = 512 * 1024;

/**
 * Makes the manifest of a folder fit its parts, and the recording `handwritten`.
 *
 * @throws SoundstageError `E_RECORDING_…` for what cannot be read at all
 */
export function acceptEdits(folder: string): void {
  const recording = openRecording(folder, { verify: false });
  const images = new Set<string>();
  let entries = 0;
  for (const entry of recording.entries()) {
    entries += 1;
    if (entry.kind !== 'text') continue;
    for (const part of entry.parts)
      if (typeof part !== 'string' && part.kind === 'image') images.add(part.sha256);
  }
  const hash = createNodeSha256();
  hash.update(readFileSync(join(folder, EVENTS_PART)));
  const lanes = Object.fromEntries(
    (['client', 'server'] as const).flatMap((side) => {
      const lane = laneOf(recording, side);
      return lane === undefined ? [] : [[side, lane]];
    }),
  );
  const manifest = encodeManifest({
    ...recording.manifest,
    complete: true,
    provenance: { kind: 'handwritten' },
    events: { entries, sha256: hash.digestHex() },
    lanes,
    images: [...images],
    transcriptSha256: recording.transcriptHash(createNodeSha256),
  });
  const path = join(folder, 'manifest.json');
  writeFileSync(`${path}.new`, manifest);
  renameSync(`${path}.new`, path);
}

function laneOf(recording: Recording, side: 'client' | 'server'): ManifestLane | undefined {
  const lane = recording.lane(side);
  if (lane === undefined) return undefined;
  const hash = createNodeSha256();
  for (let offsetSamples = 0; offsetSamples < lane.samples; offsetSamples += CHUNK_SAMPLES) {
    const lengthSamples = Math.min(CHUNK_SAMPLES, lane.samples - offsetSamples);
    hash.update(recording.samples({ lane: side, offsetSamples, lengthSamples }));
  }
  return { rateHz: lane.rateHz, samples: lane.samples, sha256: hash.digestHex() };
}
