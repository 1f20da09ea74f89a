/**
 * What the recorder left of a run: one recording a case, found by the name of its connection. Must never take a
 * recording for complete that is not.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording } from '../../src/recordings/files/index.js';

export interface MadeRecording {
  readonly path: string;
  /** What is wrong with it. */
  readonly problem?: string;
}

/** The newest recording of each case: one that had to be repeated leaves two. */
export function findRecordings(folder: string, sdk: string): ReadonlyMap<string, MadeRecording> {
  const found = new Map<string, MadeRecording>();
  if (!existsSync(folder)) return found;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.rec'))
    .map((path) => join(folder, path))
    .sort();
  for (const path of paths) {
    const recording = openRecording(path);
    const name = caseOf(recording.entries(), sdk);
    if (name === undefined) continue;
    const problem = recording.manifest.complete ? {} : { problem: `${path} is not complete` };
    found.set(name, { path, ...problem });
  }
  return found;
}

/** `/s/<scenario>/<sdk>-<case>/api-ws/…` */
function caseOf(entries: Iterable<{ readonly kind: string }>, sdk: string): string | undefined {
  for (const entry of entries) {
    if (!('target' in entry)) continue;
    const [, , , name = ''] = String(entry.target).split('/');
    return name.startsWith(`${sdk}-`) ? name.slice(sdk.length + 1) : undefined;
  }
  return undefined;
}
