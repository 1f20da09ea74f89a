/**
 * The way out of a session: operations in order, remarks, the end of the connection. It heeds the holds of lane `all`
 * and a server gone mute. Must never decide what to say.
 */
import type { NoteCode } from '../../session-log/index.js';
import { isHeld } from './holds.js';
import type { SessionState } from './state.js';
import { scheduleWork, type TimerAction, type TimerLane } from './timers.js';
import type { SendOperation } from './types.js';

/** Hands one message to the connection, or keeps it back while a hold stops everything. */
export function sendOut(state: SessionState, message: Omit<SendOperation, 'op' | 'atMs'>): void {
  if (state.phase === 'closing') return;
  const { text, pieces, audio, frames, intended, disposition } = message;
  const atMs = state.queue.nowMs;
  const sent: SendOperation = { op: 'send', atMs, text, pieces, audio, frames, intended, disposition };
  const operation = state.faults.isMute ? unsent(sent) : sent;
  if (isHeld(state.holds, 'all')) state.heldOutbox.push(operation);
  else state.outbox.push(operation);
}

/** The same message as one that never went out. */
export function unsent(message: SendOperation): SendOperation {
  const { op, atMs, text, intended, disposition } = message;
  const meant = disposition === 'forwarded' ? text : intended;
  return { op, atMs, text: undefined, intended: meant, disposition: 'dropped' };
}

/** Ends the connection with a close frame; whatever the client still sends is ignored. */
export function closeSession(
  state: SessionState,
  code: number | undefined,
  reason: string,
  whole = false,
): void {
  if (beginClosing(state)) state.outbox.push({ op: 'close', atMs: state.queue.nowMs, code, reason, whole });
}

/** Ends the connection without one: in good order, or by a reset. */
export function breakSession(state: SessionState, op: 'end' | 'reset'): void {
  if (beginClosing(state)) state.outbox.push({ op, atMs: state.queue.nowMs });
}

/** Nothing of the service comes after this; what a hold kept back goes out first, what a fault kept back never does. */
function beginClosing(state: SessionState): boolean {
  if (state.phase === 'closing') return false;
  state.phase = 'closing';
  state.queue.timers = [];
  state.outbox.push(...state.heldOutbox);
  state.heldOutbox = [];
  state.outbox.push(...takeWithheld(state));
  return true;
}

/** The messages that faults keep back, as messages that never went out; nothing is kept back afterwards. */
export function takeWithheld(state: SessionState): SendOperation[] {
  const { faults, queue } = state;
  const kept = [...faults.withheld.map(({ message }) => message), ...(faults.collecting?.messages ?? [])];
  faults.withheld = [];
  faults.collecting = undefined;
  return kept.map((message) => unsent({ op: 'send', atMs: queue.nowMs, ...message }));
}

/** Leaves a remark in the log. */
export function note(
  state: SessionState,
  code: NoteCode,
  details: Readonly<Record<string, string | number | boolean>>,
): void {
  state.outbox.push({ op: 'note', atMs: state.queue.nowMs, code, details });
}

/** Adds a work timer, frozen from the start when its lane is held. */
export function later(state: SessionState, lane: TimerLane, delayMs: number, action: TimerAction): void {
  scheduleWork(state.queue, lane, delayMs, action, isHeld(state.holds, lane));
}
