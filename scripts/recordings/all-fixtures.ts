/** Every fixture that ships with the repository, and where it lies. */
import { fileURLToPath } from 'node:url';
import type { Fixture } from './fixture.js';
import { FLOW_FIXTURES } from './flows.js';
import { REFUSAL_FIXTURES } from './refusals.js';

export const RECORDINGS_FOLDER = fileURLToPath(new URL('../../recordings', import.meta.url));

export const FIXTURES: readonly Fixture[] = [...FLOW_FIXTURES, ...REFUSAL_FIXTURES];

/** The folder of a fixture's recording. */
export function folderOf({ name }: Fixture): string {
  return `${RECORDINGS_FOLDER}/${name}.rec`;
}
