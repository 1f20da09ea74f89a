/** Scenarios: plain data that changes what a session does. */
export { prepareScenario } from './prepare-scenario.js';
export type * from './scenario.js';
