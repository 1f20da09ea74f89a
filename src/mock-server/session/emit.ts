/**
 * The one way out: every server event and every remark of a session passes here, gets its id, is counted for
 * the holds and is serialised once. Must never decide what to say.
 */

import { encodeBase64 } from '../../media/index.js';
import {
  type ClientEventType,
  makeId,
  type Refusal,
  type ServerEvent,
  type ServerEventType,
} from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { MessageAudio, NoteCode } from '../../session-log/index.js';
import { beginHolds, describeHold, endHolds, endHoldsWhere, type HoldState, isHeld } from './holds.js';
import type { SessionState } from './state.js';
import {
  cancelTimers,
  freezeLane,
  schedulePatience,
  scheduleWork,
  type TimerAction,
  type TimerLane,
  thawLane,
} from './timers.js';

/** Where one delta's samples lie between being read and being encoded: a second of 48 kHz. */
const SCRATCH = new Int16Array(48_000);

/** A server event before it has its `event_id`. */
export type EventBody = ServerEvent extends infer Event
  ? Event extends { event_id: string }
    ? Omit<Event, 'event_id'>
    : never
  : never;

/** Sends one server event. `responseNumber` names the response it belongs to, for the holds. */
export function emit(state: SessionState, body: EventBody, responseNumber?: number): void {
  const event = { event_id: makeId('event', state.ids), ...body };
  push(state, JSON.stringify(event));
  countForHolds(state, body.type, responseNumber);
}

/**
 * Sends one server event that is serialised already but for its audio. Base64 needs no escaping, so the one large
 * string of the protocol is not walked a second time by a serialiser.
 */
export function emitAudio(
  state: SessionState,
  type: ServerEventType,
  audio: MessageAudio,
  responseNumber: number,
): void {
  const pieces = [audio.head, encodeBase64(audio.read(SCRATCH)), audio.tail] as const;
  push(state, pieces[0] + pieces[1] + pieces[2], { pieces, audio });
  countForHolds(state, type, responseNumber);
}

/** Answers with a refusal of the catalogue, and closes when the catalogue says so. */
export function emitRefusal(state: SessionState, refusal: Refusal, clientEventId?: string): void {
  if (refusal.delivery !== 'close') {
    const echoed = state.quirks.echoErrorEventId && clientEventId !== undefined;
    const error = echoed ? { ...refusal.error, event_id: clientEventId } : refusal.error;
    emit(state, { type: 'error', error });
  }
  if (refusal.close !== undefined) closeSession(state, refusal.close.code, refusal.close.reason);
}

/** Ends the connection; whatever the client still sends is ignored. */
export function closeSession(state: SessionState, code: number, reason: string): void {
  if (state.phase === 'closing') return;
  state.phase = 'closing';
  state.queue.timers = [];
  state.outbox.push(...state.heldOutbox);
  state.heldOutbox = [];
  state.outbox.push({ op: 'close', atMs: state.queue.nowMs, code, reason });
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

/** Lets go of the holds that wait for this event of the client. */
export function releaseForClientEvent(state: SessionState, type: ClientEventType): void {
  for (const hold of endHolds(state.holds, type)) released(state, hold, type);
}

/** Lets go of the holds of a response that is over. */
export function releaseForResponse(state: SessionState, responseNumber: number): void {
  const ended = endHoldsWhere(state.holds, (hold) => hold.lane === 'response');
  for (const hold of ended) released(state, hold, `end of response ${responseNumber}`);
}

/** Lets go of every hold because waiting took too long, and says so. */
export function failHolds(state: SessionState, matches: (hold: HoldState) => boolean): boolean {
  const ended = endHoldsWhere(state.holds, matches);
  for (const hold of ended) {
    note(state, 'hold-timed-out', describeHold(hold));
    thaw(state, hold);
  }
  return ended.length > 0;
}

function push(
  state: SessionState,
  text: string,
  made?: { readonly pieces: readonly string[]; readonly audio: MessageAudio },
): void {
  if (state.phase === 'closing') return;
  const operation = { op: 'send' as const, atMs: state.queue.nowMs, text, ...made };
  if (isHeld(state.holds, 'all')) state.heldOutbox.push(operation);
  else state.outbox.push(operation);
}

function countForHolds(state: SessionState, type: ServerEventType, responseNumber: number | undefined): void {
  if (state.holds.all.length === 0) return;
  for (const hold of endHolds(state.holds, type)) released(state, hold, type);
  for (const hold of beginHolds(state.holds, type, responseNumber)) {
    note(state, 'hold-started', describeHold(hold));
    for (const lane of lanesOf(hold)) freezeLane(state.queue, lane);
    schedulePatience(state.queue, hold.hold.patienceMs ?? LIMITS.holdPatienceMs, {
      do: 'hold-patience',
      hold: hold.index,
    });
  }
}

function released(state: SessionState, hold: HoldState, by: string): void {
  note(state, 'hold-released', { ...describeHold(hold), by });
  cancelTimers(state.queue, (action) => action.do === 'hold-patience' && action.hold === hold.index);
  thaw(state, hold);
}

function thaw(state: SessionState, hold: HoldState): void {
  if (!isHeld(state.holds, 'all')) {
    for (const operation of state.heldOutbox) state.outbox.push({ ...operation, atMs: state.queue.nowMs });
    state.heldOutbox = [];
  }
  for (const lane of lanesOf(hold)) if (!isHeld(state.holds, lane)) thawLane(state.queue, lane);
}

function lanesOf(hold: HoldState): ('response' | 'transcription')[] {
  return hold.lane === 'all' ? ['response', 'transcription'] : [hold.lane];
}
