/**
 * The end of a session that the client asks for with `session.finish` (§3.9, §5.10): everything under way is
 * brought to its end, then `session.finished`.
 */
import { emit } from './emit.js';
import { isHeld } from './holds.js';
import { closeSession } from './outbox.js';
import type { SessionState } from './state.js';
import { onTranscriptionDue } from './transcription.js';

/** Answers `session.finish` once nothing is under way any more. */
export function finishIfIdle(state: SessionState): void {
  if (state.phase !== 'finishing' || isBusy(state)) return;
  for (const pending of [...state.pendingTranscriptions]) onTranscriptionDue(state, pending.itemId);
  emit(state, { type: 'session.finished' });
  state.phase = 'finished';
  if (state.quirks.closeAfterSessionFinish) closeSession(state, 1000, '');
}

function isBusy(state: SessionState): boolean {
  if (state.response !== undefined || state.starting !== undefined || state.queuedRequests.length > 0)
    return true;
  return (
    state.pendingTranscriptions.some(({ dueMs }) => dueMs !== undefined) ||
    isHeld(state.holds, 'transcription')
  );
}
