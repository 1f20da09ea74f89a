/**
 * A fixed sequence of server events in place of the simulation (§ verbatim of the scenario format): one step after the
 * other, waiting for the client where the sequence says so. Must never answer by itself.
 */
import { type IdKind, makeId } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { fill, readPath, type VerbatimStep } from '../../scenarios/index.js';
import { sendMessage } from './faults.js';
import { closeSession, later, note } from './outbox.js';
import type { SessionState } from './state.js';
import { cancelTimers, schedulePatience } from './timers.js';

/** A message of the client that no step has waited for yet. */
interface Arrival {
  readonly type: string;
  readonly event: unknown;
  readonly chars: number;
}

/** Where a session is in its sequence. */
export interface Verbatim {
  readonly steps: readonly VerbatimStep[];
  next: number;
  /** A pause has not passed: what the client sends meanwhile is kept for the steps behind it. */
  isPausing: boolean;
  /** What the client has sent and no step has waited for yet. */
  arrived: Arrival[];
  arrivedChars: number;
  readonly bound: Map<string, unknown>;
  /** Ids by kind and name. */
  readonly ids: Map<string, string>;
}

export function createVerbatim(steps: readonly VerbatimStep[] | undefined): Verbatim | undefined {
  if (steps === undefined) return undefined;
  return { steps, next: 0, isPausing: false, arrived: [], arrivedChars: 0, bound: new Map(), ids: new Map() };
}

/** A pause has passed. */
export function endPause(state: SessionState): void {
  if (state.verbatim !== undefined) state.verbatim.isPausing = false;
  playSteps(state);
}

/** Plays steps until one has to wait or the sequence is over. */
export function playSteps(state: SessionState): void {
  for (;;) {
    const { verbatim } = state;
    const step = verbatim?.steps[verbatim.next];
    if (verbatim === undefined || step === undefined || verbatim.isPausing || state.phase === 'closing')
      return;
    if (!playStep(state, verbatim, step)) return;
  }
}

/** Takes a message of the client into account. */
export function takeArrival(state: SessionState, verbatim: Verbatim, text: string): void {
  const event = parse(text);
  const type = readPath(event, 'type');
  verbatim.arrived.push({ type: typeof type === 'string' ? type : '', event, chars: text.length });
  verbatim.arrivedChars += text.length;
  while (isOverfull(verbatim)) verbatim.arrivedChars -= verbatim.arrived.shift()?.chars ?? 0;
  playSteps(state);
}

/** The newest message is kept whatever its size: a step may wait for it. */
function isOverfull({ arrived, arrivedChars }: Verbatim): boolean {
  if (arrived.length > LIMITS.verbatimArrivals) return true;
  return arrivedChars > LIMITS.verbatimArrivalChars && arrived.length > 1;
}

/** A wait has lasted too long: a test that waits for ever is worse than one that fails. */
export function failWait(state: SessionState): void {
  const step = state.verbatim?.steps[state.verbatim.next];
  const awaited = step !== undefined && 'wait' in step ? step.wait : '';
  note(state, 'verbatim-timed-out', { step: state.verbatim?.next ?? 0, wait: awaited });
  closeSession(state, 1011, 'soundstage: the client did not send what the scenario waits for');
}

/** Plays one step; false when the sequence has to wait here. */
function playStep(state: SessionState, verbatim: Verbatim, step: VerbatimStep): boolean {
  if ('wait' in step) return playWait(state, verbatim, step);
  verbatim.next += 1;
  if ('send' in step) playSend(state, verbatim, step);
  else if ('text' in step) sendText(state, String(fill(step.text, lookup(state, verbatim))));
  else if ('pauseMs' in step) {
    verbatim.isPausing = true;
    later(state, 'none', step.pauseMs, { do: 'verbatim-step' });
    return false;
  } else if ('close' in step) {
    const { code = 1000, reason = '' } = step.close;
    closeSession(state, code ?? undefined, reason, true);
  } else state.verbatim = undefined;
  return true;
}

function playSend(
  state: SessionState,
  verbatim: Verbatim,
  { send, bind }: Extract<VerbatimStep, { send: unknown }>,
): void {
  const event = fill(send, lookup(state, verbatim)) as Readonly<Record<string, unknown>>;
  const named = Object.hasOwn(event, 'event_id') ? event : { event_id: makeId('event', state.ids), ...event };
  bindFields(verbatim, named, bind);
  sendText(state, JSON.stringify(named), typeof event['type'] === 'string' ? event['type'] : '');
}

function playWait(
  state: SessionState,
  verbatim: Verbatim,
  step: Extract<VerbatimStep, { wait: unknown }>,
): boolean {
  const index = verbatim.arrived.findIndex(({ type }) => step.wait === 'anything' || type === step.wait);
  const found = verbatim.arrived[index];
  if (found === undefined) {
    // Once for each step: messages that nobody waits for are no reason to wait longer.
    const isWaiting = state.queue.timers.some(({ action }) => action.do === 'verbatim-patience');
    if (!isWaiting)
      schedulePatience(state.queue, step.patienceMs ?? LIMITS.holdPatienceMs, { do: 'verbatim-patience' });
    return false;
  }
  cancelTimers(state.queue, (action) => action.do === 'verbatim-patience');
  verbatim.arrived = verbatim.arrived.slice(index + 1);
  verbatim.arrivedChars = verbatim.arrived.reduce((sum, { chars }) => sum + chars, 0);
  bindFields(verbatim, found.event, step.bind);
  verbatim.next += 1;
  return true;
}

/** Verbatim messages pass the faults like any other. */
function sendText(state: SessionState, text: string, type = ''): void {
  sendMessage(state, { type, text, disposition: 'forwarded', response: undefined, turn: undefined });
}

function bindFields(
  verbatim: Verbatim,
  event: unknown,
  bind: Readonly<Record<string, string>> | undefined,
): void {
  for (const [name, path] of Object.entries(bind ?? {})) verbatim.bound.set(name, readPath(event, path));
}

/** What a placeholder stands for: something bound, the session's own id and model, a named id, a fresh id. */
function lookup(state: SessionState, verbatim: Verbatim): (name: string) => unknown {
  return (name) => {
    if (verbatim.bound.has(name)) return verbatim.bound.get(name);
    if (name === 'model') return state.model.requested ?? 'null';
    if (name === 'session.id') return state.id;
    const fresh = /^new\.(event|item|response|conversation|call|session|obfuscation)$/.exec(name)?.[1];
    if (fresh !== undefined) return makeId(fresh as IdKind, state.ids);
    const kind = /^(event|item|response|conversation|call|session):/.exec(name)?.[1];
    if (kind === undefined) return undefined;
    const known = verbatim.ids.get(name) ?? makeId(kind as IdKind, state.ids);
    verbatim.ids.set(name, known);
    return known;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
