/**
 * Ends a session that never comes to rest: one input may cause so many steps and no more.
 */
import { LIMITS } from '../../protocol/limits.js';
import { closeSession, note } from './outbox.js';
import type { SessionState } from './state.js';

/** Counts one step of what the input at hand causes; beyond the limit it closes the session and says so. */
export function countStep(state: SessionState): void {
  state.stepsTaken += 1;
  if (state.stepsTaken <= LIMITS.stepsPerInput || state.phase === 'closing') return;
  note(state, 'session-stuck', { steps: state.stepsTaken });
  closeSession(state, 1011, 'Internal service error: null');
}
