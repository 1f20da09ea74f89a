/**
 * The scenarios of one server: those it was given, those added while it runs, and the library behind them. Must never
 * know a connection.
 */

import { SoundstageError } from '../protocol/index.js';
import { libraryNames, libraryScenario } from '../scenarios/files/index.js';
import { prepareScenario, type Scenario } from '../scenarios/index.js';
import type { MockServerOptions } from './server-options.js';

/** A scenario as one client gets it. */
export interface ChosenScenario {
  /** Null for the server's default behaviour. */
  readonly name: string | null;
  /** With the server's own defaults in the places that the scenario leaves open. */
  readonly scenario: Scenario;
}

export class ScenarioShelf {
  readonly #options: MockServerOptions;
  #own: Map<string, Scenario>;
  readonly #chosen = new Map<string | undefined, ChosenScenario>();
  #default: Scenario | string | undefined;

  /** @throws SoundstageError `E_SCENARIO`, `E_SCENARIO_WAV` for a script that cannot be played, under its name */
  constructor(options: MockServerOptions) {
    this.#options = options;
    this.#own = preparedOf(options);
    const { scenario } = options;
    this.#default =
      scenario === undefined || typeof scenario === 'string' ? scenario : prepareScenario(scenario);
  }

  /** Every name a client may choose: the server's own first, then the library's. */
  get names(): readonly string[] {
    return [...new Set([...this.#own.keys(), ...this.#libraryNames()])];
  }

  /** Names that do not come from the library. */
  get ownNames(): readonly string[] {
    return [...this.#own.keys()];
  }

  has(name: string): boolean {
    return this.#own.has(name) || this.#libraryNames().includes(name);
  }

  /** The scenario of a name, without the server's defaults. @throws SoundstageError `E_SCENARIO_UNKNOWN` */
  get(name: string): Scenario {
    return this.#own.get(name) ?? libraryScenario(name);
  }

  /** Adds a scenario, or replaces the one of that name, for connections to come. */
  add(name: string, scenario: Scenario): void {
    this.#own.set(name, prepareNamed(name, scenario));
    this.#chosen.clear();
  }

  /** Takes away one of the server's own; false when there is none. One of the library under that name shows again. */
  remove(name: string): boolean {
    this.#chosen.clear();
    return this.#own.delete(name);
  }

  /** Takes back what was added or replaced since the start. */
  reset(): void {
    this.#own = preparedOf(this.#options);
    this.#chosen.clear();
  }

  /** Lets clients that choose nothing have another scenario from now on. */
  setDefault(scenario: Scenario | string | undefined): void {
    this.#default = scenario;
    this.#chosen.clear();
  }

  /** What a client gets that chose this name, or none. An unknown name gets the default behaviour. */
  choose(wanted: string | undefined): ChosenScenario {
    const known = this.#chosen.get(wanted);
    if (known !== undefined) return known;
    const name = wanted ?? (typeof this.#default === 'string' ? this.#default : undefined);
    const fallback = typeof this.#default === 'object' ? this.#default : {};
    const chosen: ChosenScenario =
      name === undefined
        ? { name: null, scenario: this.#withDefaults(fallback) }
        : { name, scenario: this.#withDefaults(this.has(name) ? this.get(name) : {}) };
    if (wanted === undefined || this.has(wanted)) this.#chosen.set(wanted, chosen);
    return chosen;
  }

  #libraryNames(): readonly string[] {
    return this.#options.library === false ? [] : libraryNames();
  }

  #withDefaults(scenario: Scenario): Scenario {
    const { quirks, idleCloseMs, sessionDurationMs } = this.#options;
    return {
      ...(idleCloseMs === undefined ? {} : { idleCloseMs }),
      ...(sessionDurationMs === undefined ? {} : { sessionDurationMs }),
      ...scenario,
      quirks: { ...quirks, ...scenario.quirks },
    };
  }
}

/** The server's own scenarios as it was started with them. */
function preparedOf({ scenarios = {} }: MockServerOptions): Map<string, Scenario> {
  return new Map(
    Object.entries(scenarios).map(([name, scenario]) => [name, prepareNamed(name, scenario)] as const),
  );
}

/** Says which of several scenarios is wrong. */
function prepareNamed(name: string, scenario: Scenario): Scenario {
  try {
    return prepareScenario(scenario);
  } catch (cause) {
    if (!(cause instanceof SoundstageError)) throw cause;
    const details = { ...cause.details, scenario: name };
    throw new SoundstageError(cause.code, `Scenario '${name}': ${cause.message}`, { cause, details });
  }
}
