/**
 * What the service waits for: the idle rule (§1.6), the session's length (§1.7) and the proactive response
 * after silence (§5.11). All on the clock of patience.
 */

import { refuse } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { emitRefusal } from './emit.js';
import type { ActiveResponse } from './response-types.js';
import type { SessionState } from './state.js';
import { cancelTimers, schedulePatience } from './timers.js';

/** Starts the two limits of a session when it opens. */
export function startPatience(state: SessionState): void {
  schedulePatience(state.queue, idleCloseMs(state), { do: 'idle-close' });
  const durationMs = state.options.scenario.sessionDurationMs ?? LIMITS.sessionDurationMs;
  schedulePatience(state.queue, durationMs, { do: 'duration-close' });
}

/**
 * Notes that something happened which resets the idle rule: a client event, or the end of a response.
 *
 * @param lastsMs how long it goes on: audio that moves the clock is activity to its end
 */
export function touch(state: SessionState, lastsMs = 0): void {
  state.lastActivityMs = Math.max(state.lastActivityMs, state.queue.patienceMs + lastsMs);
}

/** The idle timer is due: closes the session, or waits for what is left since the last activity. */
export function onIdleDue(state: SessionState): void {
  const idleMs = state.queue.patienceMs - state.lastActivityMs;
  const limitMs = idleCloseMs(state);
  if (idleMs < limitMs || state.response !== undefined) {
    const restMs = state.response === undefined ? limitMs - idleMs : limitMs;
    schedulePatience(state.queue, restMs, { do: 'idle-close' });
    return;
  }
  emitRefusal(state, refuse('idle-timeout', { seconds: Math.floor(limitMs / 1000) }));
}

/** The session has lasted as long as it may. */
export function onDurationDue(state: SessionState): void {
  emitRefusal(state, refuse('session-duration'));
}

/**
 * After a spoken response the service waits until it has been heard, then `idle_timeout_ms` of silence, and
 * speaks up by itself: once per silence (§5.11).
 */
export function scheduleProactiveResponse(state: SessionState, response: ActiveResponse): void {
  const timeoutMs = state.settings.turnDetection?.idle_timeout_ms;
  const startedAtMs = response.firstAudioAtMs;
  if (timeoutMs === undefined || startedAtMs === undefined || response.request.cause === 'silence') return;
  let samples = 0;
  for (const item of response.items) if (item.type === 'message') samples += item.producedSamples;
  const playbackMs = Math.floor((samples * 1000) / response.format.sampleRateHz);
  const unheardMs = Math.max(0, playbackMs - (state.queue.nowMs - startedAtMs));
  schedulePatience(state.queue, unheardMs + timeoutMs, { do: 'proactive-response' });
}

/** The user speaks, or a response starts: the silence is over. */
export function cancelProactiveResponse(state: SessionState): void {
  cancelTimers(state.queue, (action) => action.do === 'proactive-response');
}

function idleCloseMs(state: SessionState): number {
  return state.options.scenario.idleCloseMs ?? LIMITS.idleCloseMs;
}
