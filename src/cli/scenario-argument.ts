/**
 * A scenario as it is named on the command line: the name of one in the library, or the path of a file. Must never guess
 * between the two by anything but how it is written.
 */
import {
  libraryFile,
  libraryNames,
  libraryScenario,
  loadScenario,
  scenarioNameOf,
} from '../scenarios/files/index.js';
import type { Scenario } from '../scenarios/index.js';

/** A scenario and where it comes from. */
export interface NamedScenario {
  readonly name: string;
  readonly scenario: Scenario;
  /** The file it was read from. */
  readonly file: string;
  readonly source: 'library' | 'file';
}

/** Whether this is the path of a file: it has a slash or the ending of one. */
export function isFileName(argument: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/i.test(argument);
}

/**
 * Reads the scenario.
 *
 * @throws SoundstageError `E_SCENARIO`, `E_SCENARIO_FILE`, `E_SCENARIO_UNKNOWN`
 */
export function readNamedScenario(argument: string): NamedScenario {
  if (isFileName(argument)) {
    return {
      name: scenarioNameOf(argument),
      scenario: loadScenario(argument),
      file: argument,
      source: 'file',
    };
  }
  return {
    name: argument,
    scenario: libraryScenario(argument),
    file: libraryFile(argument),
    source: 'library',
  };
}

/** Every scenario of the library. */
export function readLibrary(): NamedScenario[] {
  return libraryNames().map((name) => readNamedScenario(name));
}
