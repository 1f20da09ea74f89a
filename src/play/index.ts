/** Playing scenarios with the reference client. */
export type { Heard, HeardClose, HeardEvent } from './heard.js';
export {
  type PlayedConnection,
  type PlayedStep,
  type PlayOptions,
  type PlayRecord,
  playScenario,
} from './play-scenario.js';
