/**
 * Scenarios from files: read, parsed, checked, voices read from beside the file. The only part of scenarios that knows
 * a file system. Must never accept a file that a session could not play.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { finishScenario } from '../prepare-scenario.js';
import { checkScenario, pathText } from '../read-scenario.js';
import type { Scenario } from '../scenario.js';
import { isPlainObject } from '../schema-parts.js';
import { fileMistake, parseYaml, YamlMistake, type YamlSource } from './yaml-source.js';

/** What a scenario's name may look like. */
const NAME = /^[a-z0-9-]+$/;

/**
 * The scenario of a YAML (or JSON) file, ready to be played.
 *
 * @param file its path; WAV files it names are looked for beside it
 * @throws SoundstageError `E_SCENARIO_FILE` when the file cannot be read, `E_SCENARIO` with file, line and column for
 *   the first mistake in it, `E_SCENARIO_WAV` when a voice cannot be read
 */
export function loadScenario(file: string): Scenario {
  return loadScenarioText(readText(file), { file, directory: dirname(resolve(file)) });
}

/** The name a file gives its scenario: its own without extension. @throws SoundstageError `E_SCENARIO_FILE` */
export function scenarioNameOf(file: string): string {
  const name = basename(file).replace(/\.(ya?ml|json)$/i, '');
  if (NAME.test(name)) return name;
  throw new SoundstageError(
    'E_SCENARIO_FILE',
    `Cannot name a scenario after '${basename(file)}': names are lower-case letters, digits and hyphens. Try renaming it to ${suggestedName(name)}.yaml.`,
    { details: { file } },
  );
}

/** As `loadScenario`, for text at hand. Without a directory WAV files cannot be named. */
export function loadScenarioText(
  text: string,
  { file, directory }: { readonly file: string; readonly directory?: string },
): Scenario {
  const source = parsed(text, file);
  checkVersion(source, file);
  const value = withVoices(source.value, source, file, directory);
  const checked = checkScenario(value);
  if ('mistake' in checked) {
    const { path, isKey, why } = checked.mistake;
    throw fileMistake(file, source.placeOf(path, isKey), pathText(path), why);
  }
  try {
    return finishScenario(checked.scenario);
  } catch (cause) {
    if (!(cause instanceof SoundstageError)) throw cause;
    const path = cause.code.startsWith('E_QUIRK') ? ['quirks', String(cause.details['name'] ?? '')] : [];
    throw fileMistake(file, source.placeOf(path, true), '', cause.message, cause);
  }
}

function parsed(text: string, file: string): YamlSource {
  try {
    return parseYaml(text);
  } catch (cause) {
    if (cause instanceof YamlMistake) throw fileMistake(file, cause.place, '', cause.message, cause);
    throw fileMistake(
      file,
      { line: 1, column: 1 },
      '',
      `it cannot be read: ${String(cause)}. Try a YAML checker.`,
      cause,
    );
  }
}

/** A file says which version of the format it is written in, so that later ones can be told apart. */
function checkVersion(source: YamlSource, file: string): void {
  if (isPlainObject(source.value) && source.value['version'] === 1) return;
  const written = isPlainObject(source.value) ? source.value['version'] : undefined;
  const why = isPlainObject(source.value)
    ? `${written === undefined ? 'it is missing' : `this release reads version 1, not ${String(written)}`}. Try version: 1.`
    : 'the file holds no mapping. Try a file that begins with version: 1.';
  throw fileMistake(file, source.placeOf(['version']), 'version', why);
}

/** Puts the bytes of WAV files in place of their names. */
function withVoices(
  value: unknown,
  source: YamlSource,
  file: string,
  directory: string | undefined,
): unknown {
  if (!isPlainObject(value) || !Array.isArray(value['replies'])) return value;
  const read = (owner: unknown, path: (string | number)[]): unknown => {
    if (!isPlainObject(owner) || typeof owner['wav'] !== 'string') return owner;
    const place = source.placeOf([...path, 'wav']);
    const where = pathText([...path, 'wav']);
    if (directory === undefined) {
      throw fileMistake(
        file,
        place,
        where,
        'there is no folder to look for WAV files in. Try a scenario file.',
      );
    }
    return { ...owner, wav: readVoice(resolve(directory, owner['wav']), file, place, where) };
  };
  const replies = value['replies'].map((reply: unknown, index: number) => {
    const spoken = read(reply, ['replies', index]);
    if (!isPlainObject(spoken) || !Array.isArray(spoken['items'])) return spoken;
    const items = spoken['items'].map((item: unknown, position: number) =>
      isPlainObject(item) && 'message' in item
        ? { ...item, message: read(item['message'], ['replies', index, 'items', position, 'message']) }
        : item,
    );
    return { ...spoken, items };
  });
  return { ...value, replies };
}

function readVoice(
  path: string,
  file: string,
  place: { line: number; column: number },
  where: string,
): Uint8Array {
  try {
    if (statSync(path).size > LIMITS.wavImportBytes)
      throw new Error(`it has more than ${LIMITS.wavImportBytes} bytes`);
    return readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fileMistake(
      file,
      place,
      where,
      `the WAV file cannot be read (${why}). Try a path relative to the scenario.`,
      cause,
    );
  }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > LIMITS.scenarioFileChars * 4) throw new Error('it is too large');
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SoundstageError(
      'E_SCENARIO_FILE',
      `Cannot read the scenario '${file}': ${why}. Try the path of a YAML file, or a name that soundstage scenarios list shows.`,
      { cause, details: { file } },
    );
  }
}

function suggestedName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'my-scenario'
  );
}
