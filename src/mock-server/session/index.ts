/** The pure session: state, step and what goes in and out. */

export { unfiredFaults } from './faults.js';
export { takeWithheld } from './outbox.js';
export { createSession, type SessionState } from './state.js';
export { isHolding, nextDueMs, step, unreachedHolds, waitsForAudio } from './step.js';
export type * from './types.js';
