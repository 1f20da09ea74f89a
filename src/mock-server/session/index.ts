/** The pure session: state, step and what goes in and out. */

export { unfiredFaults } from './faults.js';
export { takeWithheld } from './outbox.js';
export type { ReplaySettings } from './replay.js';
export {
  mismatchOf,
  REPLAY_MISMATCH_CODE,
  type ReplayLeftovers,
  type ReplayMismatch,
  type SessionReplay,
} from './replay-mismatch.js';
export { endReplay, replayReport } from './replay-outcome.js';
export { createSession, type SessionState } from './state.js';
export { isHolding, nextDueMs, step, unreachedHolds, waitsForAudio, waitsForReplaySilence } from './step.js';
export type * from './types.js';
