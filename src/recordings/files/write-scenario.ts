/**
 * A scenario as a YAML file with its voices as WAV files beside it. Must never write over anything unless it is told to.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import type { Scenario } from '../../scenarios/index.js';

export interface WriteScenarioOptions {
  /** Whether files of those names are replaced. Default false. */
  readonly force?: boolean | undefined;
  /** Lines above the scenario, without `#`. */
  readonly comments?: readonly string[] | undefined;
}

/**
 * Writes the files and returns their paths, the scenario first. Voices must be the bytes of WAV files.
 *
 * @throws SoundstageError `E_SCENARIO_EXISTS` when one of them is there, `E_SCENARIO_WRITE` when one cannot be written
 */
export function writeScenario(
  scenario: Scenario,
  file: string,
  { force = false, comments = [] }: WriteScenarioOptions = {},
): readonly string[] {
  const base = basename(file).replace(/\.ya?ml$/i, '');
  const voices: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  const value = withNames(scenario, (bytes) => {
    const name = `${base}-${voices.length + 1}.wav`;
    voices.push({ path: join(dirname(file), name), bytes });
    return name;
  });
  const text = comments.map((line) => `# ${line}\n`).join('') + stringify(value, { lineWidth: 100 });
  const files = [{ path: file, bytes: new TextEncoder().encode(text) }, ...voices];
  const taken = force ? undefined : files.find(({ path }) => existsSync(path));
  if (taken !== undefined) {
    throw new SoundstageError(
      'E_SCENARIO_EXISTS',
      `Cannot write ${taken.path}: there is something of that name. Try another --out, or --force to replace it.`,
      { details: { path: taken.path } },
    );
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    for (const { path, bytes } of files) writeFileSync(path, bytes, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    throw new SoundstageError(
      'E_SCENARIO_WRITE',
      `Cannot write ${file}: ${cause instanceof Error ? cause.message : String(cause)}. Try a place that you may write to.`,
      { cause, details: { file } },
    );
  }
  return files.map(({ path }) => path);
}

/** A copy with a name in place of the bytes of each voice. */
function withNames(value: unknown, nameOf: (bytes: Uint8Array) => string): unknown {
  if (value instanceof Uint8Array) return nameOf(value);
  if (Array.isArray(value)) return value.map((element) => withNames(element, nameOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNames(inner, nameOf)]));
}
