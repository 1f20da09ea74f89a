/** What a recording is called where names are those of scenarios. */
import { basename } from 'node:path';

/** The name of a folder or file without its ending, as a URL can hold it; `recording` where nothing of it can stay. */
export function recordingNameOf(path: string): string {
  const name = basename(path).replace(/\.(?:rec(?:\.zip)?|ya?ml)$/, '');
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return plain === '' ? 'recording' : plain;
}
