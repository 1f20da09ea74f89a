/**
 * Server events on their way out: each gets its id, is serialised once, passes the faults and is counted for the
 * holds. Must never decide what to say.
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
import type { LiveHold } from '../../scenarios/index.js';
import type { MessageAudio } from '../../session-log/index.js';
import { sendMessage } from './faults.js';
import {
  addHold,
  beginHold,
  beginHolds,
  describeHold,
  endHolds,
  endHoldsWhere,
  type HoldState,
  isHeld,
} from './holds.js';
import { closeSession, later, note, sendHeld } from './outbox.js';
import type { SessionState } from './state.js';
import { cancelTimers, freezeLane, schedulePatience, thawLane } from './timers.js';

/** Where one delta's samples lie between being read and being encoded: a second of 48 kHz. */
const SCRATCH = new Int16Array(48_000);

/** A server event before it has its `event_id`. */
export type EventBody = ServerEvent extends infer Event
  ? Event extends { event_id: string }
    ? Omit<Event, 'event_id'>
    : never
  : never;

/**
 * Sends one server event. `responseNumber` names the response it belongs to and `turnNumber` the user turn, where that
 * is not the one under way: for the holds and the faults.
 */
export function emit(
  state: SessionState,
  body: EventBody,
  responseNumber?: number,
  turnNumber?: number,
): void {
  const event = { event_id: makeId('event', state.ids), ...body };
  sendMessage(state, {
    type: body.type,
    text: JSON.stringify(event),
    disposition: 'forwarded',
    response: responseNumber,
    turn: turnNumber,
  });
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
  sendMessage(state, {
    type,
    text: pieces[0] + pieces[1] + pieces[2],
    pieces,
    audio,
    disposition: 'forwarded',
    response: responseNumber,
    turn: undefined,
  });
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

/** The client has sent this: lets go of the holds that wait for it, and begins those that come after it. */
export function countClientEvent(state: SessionState, type: ClientEventType): void {
  countForHolds(state, type, undefined);
}

/** Stops a lane at once, or from an event on; returns the hold's number. */
export function addLiveHold(state: SessionState, hold: LiveHold): number {
  const added = addHold(state.holds, hold);
  if (hold.after === undefined) {
    beginHold(state.holds, added);
    begun(state, added);
  }
  return added.index;
}

/** Lets go of one hold: its time is over, or somebody outside says so. A hold that is not in force stays as it is. */
export function releaseHold(state: SessionState, index: number, by: string): void {
  for (const hold of endHoldsWhere(state.holds, (candidate) => candidate.index === index)) {
    released(state, hold, by);
  }
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

function countForHolds(state: SessionState, type: string, responseNumber: number | undefined): void {
  if (state.holds.all.length === 0) return;
  for (const hold of endHolds(state.holds, type)) released(state, hold, type);
  for (const hold of beginHolds(state.holds, type, responseNumber)) begun(state, hold);
}

function begun(state: SessionState, hold: HoldState): void {
  note(state, 'hold-started', describeHold(hold));
  for (const lane of lanesOf(hold)) freezeLane(state.queue, lane);
  const { until, patienceMs } = hold.hold;
  if (until?.ms !== undefined) later(state, 'none', until.ms, { do: 'hold-over', hold: hold.index });
  schedulePatience(state.queue, patienceMs ?? LIMITS.holdPatienceMs, {
    do: 'hold-patience',
    hold: hold.index,
  });
}

function released(state: SessionState, hold: HoldState, by: string): void {
  note(state, 'hold-released', { ...describeHold(hold), by });
  cancelTimers(
    state.queue,
    (action) => (action.do === 'hold-patience' || action.do === 'hold-over') && action.hold === hold.index,
  );
  thaw(state, hold);
}

function thaw(state: SessionState, hold: HoldState): void {
  if (!isHeld(state.holds, 'all')) sendHeld(state);
  for (const lane of lanesOf(hold)) if (!isHeld(state.holds, lane)) thawLane(state.queue, lane);
}

function lanesOf(hold: HoldState): ('response' | 'transcription')[] {
  return hold.lane === 'all' ? ['response', 'transcription'] : [hold.lane];
}
