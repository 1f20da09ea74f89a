/**
 * What each timer does when it is due: one row per action.
 */
import { failHolds, releaseHold } from './emit.js';
import { letGo } from './fault-actions.js';
import { onMomentDue } from './faults.js';
import { finishIfIdle } from './finish.js';
import { closeSession } from './outbox.js';
import { onDurationDue, onIdleDue } from './patience.js';
import { endReplayPause } from './replay.js';
import { runDueSteps } from './response-lane.js';
import { isResponding, requestResponse, startResponse } from './response-start.js';
import type { SessionState } from './state.js';
import type { TimerAction } from './timers.js';
import { onTranscriptionDue } from './transcription.js';
import { endPause, failWait } from './verbatim.js';

/** Carries out a timer's action. */
export function fire(state: SessionState, action: TimerAction): void {
  switch (action.do) {
    case 'start-response':
      startResponse(state);
      break;
    case 'response-step':
      runDueSteps(state);
      break;
    case 'transcription':
      onTranscriptionDue(state, action.itemId);
      break;
    case 'close':
      closeSession(state, action.code, action.reason);
      break;
    case 'idle-close':
      onIdleDue(state);
      break;
    case 'duration-close':
      onDurationDue(state);
      break;
    case 'proactive-response':
      speakUp(state);
      break;
    case 'hold-patience':
      failHold(state, action.hold);
      break;
    case 'hold-over':
      releaseHold(state, action.hold, 'time');
      break;
    case 'let-go':
      letGo(state, action.withheld);
      break;
    case 'fault-moment':
      onMomentDue(state, action.fault);
      break;
    case 'verbatim-step':
      endPause(state);
      break;
    case 'verbatim-patience':
      failWait(state);
      break;
    case 'replay-step':
      endReplayPause(state);
      break;
  }
  finishIfIdle(state);
}

/** Silence has lasted long enough for the service to speak by itself (§5.11). */
function speakUp(state: SessionState): void {
  if (isResponding(state) || state.input.utterance !== undefined || state.phase !== 'open') return;
  // The client may have changed to manual mode or another detection while the silence lasted.
  const { turnDetection } = state.settings;
  if (turnDetection?.type !== 'server_vad' || turnDetection.idle_timeout_ms === undefined) return;
  requestResponse(state, { cause: 'silence' });
}

/** A hold that nobody released ends the connection: a test that waits for ever is worse than one that fails. */
export function failHold(state: SessionState, index: number | undefined): void {
  if (!failHolds(state, (hold) => index === undefined || hold.index === index)) return;
  closeSession(state, 1011, 'soundstage: a hold was not released in time');
}
