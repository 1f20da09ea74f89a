/**
 * Opens a recording by its path: a folder, or the zip file that `soundstage pack` makes of one.
 */
import { statSync } from 'node:fs';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { type ReadOptions, Recording } from '../recording.js';
import { DirectorySource } from './directory-parts.js';
import { createNodeSha256 } from './node-sha256.js';
import { ZipSource } from './zip-source.js';

/**
 * @param path a folder with `manifest.json`, or a zip file of one
 * @throws SoundstageError `E_RECORDING_MISSING` when there is nothing of that name;
 *   `E_RECORDING_ZIP` for a file that is no zip file of a recording; `E_RECORDING_…` as `Recording`
 */
export function openRecording(path: string, options: ReadOptions = {}): Recording {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new SoundstageError(
      'E_RECORDING_MISSING',
      `Cannot read ${path}: there is nothing of that name. Try the folder that holds manifest.json.`,
      { details: { path } },
    );
  }
  const source = found.isDirectory() ? new DirectorySource(path) : new ZipSource(path);
  return new Recording(source, { createHash: createNodeSha256, ...options });
}
