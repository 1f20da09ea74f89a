/**
 * The header by which a stand-in says that it is one, in every answer to an upgrade request: whoever records the traffic
 * can tell it from the service's. Must never be left out.
 */
import { packageVersion } from './control/package-version.js';

export const STAND_IN_HEADER = 'x-soundstage';

/** What a connection plays, as far as it is known. */
export interface StandInChoice {
  readonly scenario: string | null;
  readonly seed: number;
}

/** `x-soundstage: 0.1.0; scenario=barge-in; seed=7`, and the version alone where nothing was chosen. */
export function standInHeader(choice?: StandInChoice): Record<string, string> {
  const scenario = choice === undefined || choice.scenario === null ? [] : [`scenario=${choice.scenario}`];
  const seed = choice === undefined ? [] : [`seed=${choice.seed}`];
  return { [STAND_IN_HEADER]: [packageVersion(), ...scenario, ...seed].join('; ') };
}
