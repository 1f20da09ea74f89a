/** The pure session: state, step and what goes in and out. */
export { createSession, type SessionState } from './state.js';
export { isHolding, nextDueMs, step, unreachedHolds, waitsForAudio } from './step.js';
export type * from './types.js';
