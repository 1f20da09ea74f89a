/**
 * What each action of a fault means for a session: one row per action. Keeps messages back, lets them go in another
 * order, puts invented ones between. Must never choose a fault.
 */

import { LIMITS } from '../../protocol/limits.js';
import type { FaultAction, Release } from '../../scenarios/index.js';
import type { MessageAudio } from '../../session-log/index.js';
import { breakSession, closeSession, later, note, sendBytes, sendOut } from './outbox.js';
import type { SessionState } from './state.js';
import type { SendOperation } from './types.js';

/** A message that the service means to send. */
export interface Outgoing extends Omit<SendOperation, 'op' | 'atMs' | 'text'> {
  readonly type: string;
  readonly text: string;
  readonly audio?: MessageAudio | undefined;
  /** The response it belongs to, from 1. */
  readonly response: number | undefined;
  /** The user turn it belongs to, where that is not the one under way. */
  readonly turn: number | undefined;
}

/** A message that a fault keeps back. */
export interface Withheld {
  readonly id: number;
  readonly message: Outgoing;
  /** Goes out behind this event; undefined when only time releases it. */
  readonly event: string | undefined;
  /** How many more of them it waits for. */
  remaining: number;
}

/** The end of a response, behind which nothing of another one may be left to trickle. */
const LAST_OF_RESPONSE = 'response.done';

/** Carries out one action; `forward` lets the struck message go its way. */
export function actOut(
  state: SessionState,
  action: FaultAction,
  message: Outgoing | undefined,
  forward: () => void,
): void {
  if (state.phase === 'closing') return;
  switch (action.act) {
    case 'forward':
      forward();
      break;
    case 'change':
      if (message !== undefined) change(state, message, action);
      break;
    case 'invent':
      invent(state, action.text, action.frames);
      break;
    case 'bytes':
      sendBytes(state, action.bytes, action.what);
      break;
    case 'withhold':
      if (message !== undefined) withhold(state, message, action.until);
      break;
    case 'collect':
      if (message !== undefined) collect(state, message, action);
      break;
    case 'trickle':
      letTrickle(state, action.texts);
      break;
    case 'close':
      closeSession(state, action.code, action.reason, true);
      break;
    case 'end':
    case 'reset':
      breakSession(state, action.act);
      break;
    case 'impair':
      if (action.impairment.kind === 'mute' || action.impairment.kind === 'half-open')
        state.faults.isMute = true;
      state.outbox.push({ op: 'impair', atMs: state.queue.nowMs, impairment: action.impairment });
      break;
  }
}

/** Sends a message of the service on its way, behind those that a fault collects. */
export function passOn(state: SessionState, message: Outgoing): void {
  const { collecting, withheld, trickle } = state.faults;
  if (collecting === undefined && withheld.length === 0 && trickle.length === 0) {
    sendOut(state, message);
    return;
  }
  if (collecting === undefined) deliver(state, message);
  else {
    collecting.messages.push(message);
    if (collecting.messages.length === collecting.order.length) release(state);
  }
}

/** Lets go of those of the messages kept back that wait for this event of either side. */
export function releaseWithheld(
  state: SessionState,
  type: string,
  waiting: readonly Withheld[] = state.faults.withheld,
): void {
  for (const kept of waiting) {
    if (kept.event !== type) continue;
    kept.remaining -= 1;
    if (kept.remaining === 0) letGo(state, kept.id);
  }
}

/** A withheld message has waited long enough. */
export function letGo(state: SessionState, id: number): void {
  const { faults } = state;
  const kept = faults.withheld.find((candidate) => candidate.id === id);
  if (kept === undefined) return;
  faults.withheld = faults.withheld.filter((candidate) => candidate !== kept);
  deliver(state, kept.message);
}

function change(
  state: SessionState,
  message: Outgoing,
  changed: { text: string; frames?: Uint8Array },
): void {
  passOn(state, {
    type: message.type,
    response: message.response,
    turn: message.turn,
    text: changed.text,
    frames: changed.frames,
    intended: message.text,
    disposition: 'changed',
  });
}

function withhold(state: SessionState, message: Outgoing, until: Release): void {
  const { faults } = state;
  if (faults.withheld.length >= LIMITS.withheldMessages) {
    note(state, 'fault-skipped', { reason: `${LIMITS.withheldMessages} messages are kept back already` });
    passOn(state, message);
    return;
  }
  faults.withheldCount += 1;
  const id = faults.withheldCount;
  const kept: Withheld = { id, message, event: until.event, remaining: until.nth ?? 1 };
  faults.withheld = [...faults.withheld, kept];
  if (until.afterMs !== undefined) later(state, 'none', until.afterMs, { do: 'let-go', withheld: id });
}

function collect(
  state: SessionState,
  message: Outgoing,
  { order }: { readonly order: readonly number[] },
): void {
  if (state.faults.collecting === undefined) state.faults.collecting = { messages: [message], order };
  else passOn(state, message);
}

/** Sends what was collected in its new order. */
function release(state: SessionState): void {
  const { collecting } = state.faults;
  if (collecting === undefined) return;
  state.faults.collecting = undefined;
  for (const position of collecting.order) {
    const message = collecting.messages[position];
    if (message !== undefined) deliver(state, message);
  }
}

function deliver(state: SessionState, message: Outgoing): void {
  sendOut(state, message);
  const { trickle } = state.faults;
  if (trickle.length === 0) return;
  const count = message.type === LAST_OF_RESPONSE ? trickle.length : 1;
  for (const invented of trickle.splice(0, count)) invent(state, invented);
}

function letTrickle(state: SessionState, texts: readonly string[]): void {
  const { trickle } = state.faults;
  if (trickle.length + texts.length > LIMITS.trickledMessages) {
    note(state, 'fault-skipped', {
      reason: `${LIMITS.trickledMessages} invented messages may wait for others, and these would be more`,
    });
    return;
  }
  for (const text of texts) trickle.push(text);
}

/** Sends what the service would not have said, within bounds: scenarios are short, and what they ask for need not be. */
function invent(state: SessionState, text: string, frames?: Uint8Array): void {
  const before = state.inventedChars;
  if (before > LIMITS.inventedChars) return;
  state.inventedChars += text.length;
  if (state.inventedChars <= LIMITS.inventedChars) sendOut(state, { text, frames, disposition: 'invented' });
  else
    note(state, 'fault-skipped', {
      reason: `more than ${LIMITS.inventedChars} invented characters at once; the rest is not sent`,
    });
}
