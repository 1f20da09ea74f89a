/**
 * The way out of a session: operations in order, remarks, the end of the connection. It heeds the holds of lane `all`
 * and a server gone mute. Must never decide what to say.
 */
import type { NoteCode } from '../../session-log/index.js';
import { isHeld } from './holds.js';
import type { SessionState } from './state.js';
import { scheduleWork, type TimerAction, type TimerLane } from './timers.js';
import type { SendOperation, WireOperation } from './types.js';

/** Hands one message to the connection, or keeps it back while a hold stops everything. */
export function sendOut(state: SessionState, message: Omit<SendOperation, 'op' | 'atMs'>): void {
  if (state.phase === 'closing') return;
  const { text, pieces, audio, frames, intended, disposition } = message;
  const atMs = state.queue.nowMs;
  put(state, { op: 'send', atMs, text, pieces, audio, frames, intended, disposition });
}

/** Sends bytes that are no message, in their place among the messages. */
export function sendBytes(state: SessionState, bytes: Uint8Array, what: string): void {
  if (state.phase !== 'closing') put(state, { op: 'bytes', atMs: state.queue.nowMs, bytes, what });
}

function put(state: SessionState, operation: WireOperation): void {
  if (isHeld(state.holds, 'all')) state.heldOutbox.push(operation);
  else letOut(state, operation);
}

/** Sends what a hold of everything has kept back, in order and at this moment. */
export function sendHeld(state: SessionState): void {
  const held = state.heldOutbox;
  state.heldOutbox = [];
  for (const operation of held) letOut(state, { ...operation, atMs: state.queue.nowMs });
}

/** From a mute server nothing goes out, whenever it was said. */
function letOut(state: SessionState, operation: WireOperation): void {
  if (!state.faults.isMute) state.outbox.push(operation);
  else if (operation.op === 'send') state.outbox.push(unsent(operation));
}

/** The same message as one that never went out. */
function unsent(message: SendOperation): SendOperation {
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
  sendHeld(state);
  for (const operation of takeWithheld(state)) state.outbox.push(operation);
  return true;
}

/** The messages that holds and faults keep back, as messages that never went out; nothing is kept back afterwards. */
export function takeWithheld(state: SessionState): SendOperation[] {
  const { faults, queue, heldOutbox } = state;
  const held = heldOutbox.filter((operation) => operation.op === 'send');
  const kept = [...faults.withheld.map(({ message }) => message), ...(faults.collecting?.messages ?? [])];
  state.heldOutbox = [];
  faults.withheld = [];
  faults.collecting = undefined;
  const meant = kept.map((message): SendOperation => ({ op: 'send', atMs: queue.nowMs, ...message }));
  return [...held, ...meant].map(unsent);
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
