/** Playing scenarios with the reference client. */
export type { DriftFinding } from './drift/drift-findings.js';
export { type DriftReport, type PlayAgainstOptions, playAgainst } from './drift/play-against.js';
export type { Heard, HeardClose, HeardEvent } from './heard.js';
export {
  type PlayedConnection,
  type PlayedStep,
  type PlayOptions,
  type PlayRecord,
  playScenario,
} from './play-scenario.js';
