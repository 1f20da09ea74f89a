/**
 * What each action of a fault means for a session: one row per action. Keeps messages back, lets them go in another
 * order, puts invented ones between. Must never choose a fault.
 */

import { LIMITS } from '../../protocol/limits.js';
import type { FaultAction, Release } from '../../scenarios/index.js';
import type { MessageAudio } from '../../session-log/index.js';
import { breakSession, closeSession, later, note, sendOut } from './outbox.js';
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
      sendOut(state, { text: action.text, frames: action.frames, disposition: 'invented' });
      break;
    case 'bytes':
      if (!state.faults.isMute)
        state.outbox.push({ op: 'bytes', atMs: state.queue.nowMs, bytes: action.bytes, what: action.what });
      break;
    case 'withhold':
      if (message !== undefined) withhold(state, message, action.until);
      break;
    case 'collect':
      if (message !== undefined) collect(state, message, action);
      break;
    case 'trickle':
      state.faults.trickle.push(...action.texts);
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
  releaseWithheld(state, message.type);
}

/** Lets go of the messages that wait for this event of either side. */
export function releaseWithheld(state: SessionState, type: string): void {
  const { faults } = state;
  if (faults.withheld.length === 0) return;
  for (const kept of [...faults.withheld]) {
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
  faults.withheld.push({ id, message, event: until.event, remaining: until.nth ?? 1 });
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
  for (const invented of trickle.splice(0, count))
    sendOut(state, { text: invented, disposition: 'invented' });
}
