/**
 * The scenarios of `soundstage serve`: those named on the command line, read again when their files change. A file that
 * became wrong is reported and changes nothing.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { MockServer } from '../mock-server/index.js';
import { SoundstageError } from '../protocol/index.js';
import type { Scenario } from '../scenarios/index.js';
import { type NamedScenario, readNamedScenario } from './scenario-argument.js';

/** Editors write a file in several steps; it is read when they have come to rest. */
const SETTLED_MS = 50;

/** The scenarios by name. @throws SoundstageError `E_CLI_VALUE` when two have the same name */
export function readScenarios(given: readonly string[]): NamedScenario[] {
  const read = given.map(readNamedScenario);
  for (const [index, { name, file }] of read.entries()) {
    const other = read.slice(0, index).find((earlier) => earlier.name === name);
    if (other === undefined) continue;
    throw new SoundstageError(
      'E_CLI_VALUE',
      `Cannot serve two scenarios named '${name}': ${other.file} and ${file}. Try renaming one of the files.`,
    );
  }
  return read;
}

/** The options of a server that has these scenarios, the first of them for clients that choose none. */
export function scenarioOptions(named: readonly NamedScenario[]): {
  readonly scenario?: string;
  readonly scenarios?: Readonly<Record<string, Scenario>>;
} {
  const [first] = named;
  if (first === undefined) return {};
  return {
    scenario: first.name,
    scenarios: Object.fromEntries(named.map(({ name, scenario }) => [name, scenario])),
  };
}

/**
 * Reads files again when they change; connections to come get what they say then. Returns what ends it.
 *
 * @param say told in one line about every change, good or bad
 */
export function watchScenarios(
  server: MockServer,
  named: readonly NamedScenario[],
  say: (line: string) => void,
): () => void {
  const watchers: FSWatcher[] = [];
  const timers = new Map<string, NodeJS.Timeout>();
  for (const { file, source } of named) {
    if (source !== 'file') continue;
    // The folder, since many editors replace the file by a new one.
    const watcher = watch(dirname(file), (_event, changed) => {
      if (changed !== null && changed !== basename(file)) return;
      clearTimeout(timers.get(file));
      timers.set(
        file,
        setTimeout(() => reload(server, file, say), SETTLED_MS),
      );
    });
    // A folder that goes away is no reason for the server to go, too.
    watcher.on('error', (error) => say(`Watching ${file} ended: ${error.message}`));
    watchers.push(watcher);
  }
  return () => {
    for (const watcher of watchers) watcher.close();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

function reload(server: MockServer, file: string, say: (line: string) => void): void {
  try {
    const { name, scenario } = readNamedScenario(file);
    server.addScenario(name, scenario);
    say(`Read ${file} again: new connections get it.`);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)} The scenario before stays.`);
  }
}
