/**
 * Finds the recordings below a path: folders with a manifest or events, and zip files that may be one. Must never follow
 * a link.
 */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { EVENTS_PART, MANIFEST_PART } from '../parts.js';

const SKIPPED: readonly string[] = ['node_modules', '.git'];

/** @throws SoundstageError `E_RECORDING_MISSING` when there is nothing of that name, or no recording below it */
export function findRecordings(path: string): readonly string[] {
  const name = path.replace(/(?<=.)[\\/]+$/, '');
  if (!existsSync(name)) throw missing(path, 'there is nothing of that name');
  if (!lstatSync(name, { throwIfNoEntry: true }).isDirectory() && name.endsWith('.zip')) return [name];
  const found = below(name);
  if (found.length === 0) throw missing(path, 'there is no recording in it or below');
  return found;
}

/** Without recursion into what is a recording already. */
function below(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  if (entries.some(({ name }) => name === MANIFEST_PART || name === EVENTS_PART)) return [folder];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : below(path);
    return entry.isFile() && entry.name.endsWith('.zip') ? [path] : [];
  });
}

function missing(path: string, why: string): SoundstageError {
  return new SoundstageError(
    'E_RECORDING_MISSING',
    `Cannot check ${path}: ${why}. Try the folder that holds manifest.json, or one above it.`,
    { details: { path } },
  );
}
