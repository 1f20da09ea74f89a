/**
 * The scenarios that come with the project, one YAML file each beside this folder. Each is read when it is asked for,
 * and once.
 */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nearestName } from '../../protocol/describe-value.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import type { Scenario } from '../scenario.js';
import { loadScenario } from './load-scenario.js';

const FOLDER = new URL('../library/', import.meta.url);
const EXTENSION = '.yaml';

const loaded = new Map<string, Scenario>();
let names: readonly string[] | undefined;

/** Every name, sorted. */
export function libraryNames(): readonly string[] {
  names ??= existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((file) => file.endsWith(EXTENSION))
        .map((file) => file.slice(0, -EXTENSION.length))
        .sort()
    : [];
  return names;
}

/** Where the file of a scenario of the library is. */
export function libraryFile(name: string): string {
  return fileURLToPath(new URL(`${name}${EXTENSION}`, FOLDER));
}

/**
 * A scenario of the library.
 *
 * @throws SoundstageError `E_SCENARIO_UNKNOWN` when there is none of that name
 */
export function libraryScenario(name: string): Scenario {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  if (!libraryNames().includes(name)) {
    throw new SoundstageError(
      'E_SCENARIO_UNKNOWN',
      `There is no scenario '${name}' in the library. Try '${nearestName(name, libraryNames())}', or soundstage scenarios list.`,
      { details: { name } },
    );
  }
  const scenario = loadScenario(libraryFile(name));
  loaded.set(name, scenario);
  return scenario;
}
