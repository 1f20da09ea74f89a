/** Scenarios: plain data that changes what a session does. */
export type * from './scenario.js';
