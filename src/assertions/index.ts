/** Assertions: whether the log of a scenario's sessions shows what the scenario expects. */
export type * from './verification.js';
export { verifyScenario } from './verify-scenario.js';
