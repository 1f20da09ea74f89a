/**
 * The session: a function from an input to operations. It opens no socket, starts no timer, reads no clock and
 * draws from no ambient randomness; all of these arrive as inputs or leave as operations. It changes the state it
 * is given and nothing else, so the same inputs always give the same operations.
 */
import { type ClientEvent, echoSession, findModel, parseClientFrame, refuse } from '../../protocol/index.js';
import { handleClientEvent } from './client-events.js';
import { advanceTime, jumps, passMoments, settleIfJumping } from './clock.js';
import { addLiveHold, countClientEvent, emit, emitRefusal, releaseHold } from './emit.js';
import { releaseWithheld } from './fault-actions.js';
import { addFault, scheduleMoments, strikeOpening, takeRequest } from './faults.js';
import { failHold } from './fire-timer.js';
import { describeHold } from './holds.js';
import { closeSession, later, sendOut } from './outbox.js';
import { startPatience, touch } from './patience.js';
import { openReplay, passSilence, takeReplayBinary, takeReplayText, waitsForSilence } from './replay.js';
import type { SessionState } from './state.js';
import { nextTimer, waitMs } from './timers.js';
import type { SessionInput, SessionOperation } from './types.js';
import { playSteps, takeArrival } from './verbatim.js';

/** From `session.created` to the close that refuses an unknown model, in virtual milliseconds (§1.4). */
const UNKNOWN_MODEL_CLOSE_MS = 50;

/** Takes one input and returns what is to be done, in order. */
export function step(state: SessionState, input: SessionInput): SessionOperation[] {
  state.stepsTaken = 0;
  state.inventedChars = 0;
  if (state.phase !== 'closing') takeInput(state, input);
  const operations = state.outbox;
  // Not kept until the next input: a spoken answer is hundreds of kilobytes, and there are many sessions.
  state.outbox = [];
  return operations;
}

/**
 * Virtual milliseconds until something is due that time alone brings about, or undefined. A clock that jumps has
 * no work left between inputs; what it reports then is patience.
 */
export function nextDueMs(state: SessionState, kind?: 'work' | 'patience'): number | undefined {
  const timer = nextTimer(state.queue, kind);
  return timer === undefined ? undefined : waitMs(state.queue, timer);
}

/** Whether a hold keeps a lane at the moment. */
export function isHolding(state: SessionState): boolean {
  const { response, transcription, all } = state.holds.holding;
  return response + transcription + all > 0;
}

/** The holds of the script that have not begun, as the details of a remark. */
export function unreachedHolds(state: SessionState): Readonly<Record<string, string | number>>[] {
  return state.holds.all.filter((hold) => hold.phase === 'waiting').map(describeHold);
}

/** Whether work waits for audio to move the clock: a `media` clock in VAD mode. */
export function waitsForAudio(state: SessionState): boolean {
  return state.options.clock === 'media' && !jumps(state) && nextTimer(state.queue, 'work') !== undefined;
}

/** Whether only silence is missing that a client need not send; see `replay-silence`. */
export function waitsForReplaySilence(state: SessionState): boolean {
  return state.replay !== undefined && state.phase === 'open' && waitsForSilence(state.replay);
}

function takeInput(state: SessionState, input: SessionInput): void {
  switch (input.kind) {
    case 'open':
      open(state);
      break;
    case 'text':
      takeText(state, input.text);
      break;
    case 'binary':
      touch(state);
      if (state.replay !== undefined) {
        takeReplayBinary(state, state.replay, input.sizeBytes);
        break;
      }
      if (state.phase === 'open') emitRefusal(state, refuse('binary-frame'));
      break;
    case 'advance':
      advanceTime(state, input.byMs);
      break;
    case 'hold-watchdog':
      failHold(state, undefined);
      break;
    case 'replay-silence':
      passSilence(state);
      break;
    default:
      takeControl(state, input);
  }
  passMoments(state);
  settleIfJumping(state);
}

/** What somebody outside wants of a running session. */
function takeControl(
  state: SessionState,
  input: Extract<SessionInput, { kind: 'fault' | 'inject' | 'hold' | 'release-hold' | 'close' }>,
): void {
  switch (input.kind) {
    case 'fault':
      addFault(state, input.fault);
      break;
    case 'inject':
      sendOut(state, { text: input.text, disposition: 'invented' });
      break;
    case 'hold':
      addLiveHold(state, input.hold);
      break;
    case 'release-hold':
      releaseHold(state, input.hold, 'control');
      break;
    case 'close':
      closeSession(state, input.code, input.reason, true);
      break;
  }
}

function open(state: SessionState): void {
  state.phase = 'open';
  // A recording ends when it ended.
  if (state.replay === undefined) startPatience(state);
  scheduleMoments(state);
  strikeOpening(state);
  if (state.replay !== undefined) openReplay(state, state.replay);
  else if (state.verbatim === undefined) greet(state);
  else playSteps(state);
}

/** What the service says first: the session, or why there will be none. */
function greet(state: SessionState): void {
  const { account = 'good' } = state.options;
  const lookup = findModel(state.model.requested ?? '');
  if (account === 'arrears') emitRefusal(state, refuse('arrears'));
  else if (account === 'refused') emitRefusal(state, refuse('auth-as-event'));
  else if (lookup.kind === 'sibling')
    emitRefusal(state, refuse('sibling-model', { model: lookup.model, sibling: lookup.sibling }));
  else if (state.model.known) emitCreated(state);
  else refuseUnknownModel(state);
}

function emitCreated(state: SessionState): void {
  const session = echoSession(state.settings, state.id, state.quirks, 'created');
  emit(state, { type: 'session.created', session });
}

/** The service shows the session object first and only then closes (§1.4). */
function refuseUnknownModel(state: SessionState): void {
  const { close } = refuse('model-not-found', { model: state.model.requested ?? 'null' });
  if (close === undefined) return;
  if (state.quirks.unknownModel === 'close') {
    closeSession(state, close.code, close.reason);
    return;
  }
  const session = {
    ...echoSession(state.settings, state.id, state.quirks, 'created'),
    model: state.model.requested ?? 'null',
  };
  emit(state, { type: 'session.created', session });
  later(state, 'none', UNKNOWN_MODEL_CLOSE_MS, { do: 'close', code: close.code, reason: close.reason });
}

function takeText(state: SessionState, text: string): void {
  touch(state);
  if (state.phase !== 'open') return;
  if (state.replay !== undefined) {
    takeReplayText(state, state.replay, text);
    return;
  }
  const parsed = parseClientFrame(text);
  if (state.verbatim !== undefined) {
    const { verbatim } = state;
    const type = parsed.ok ? parsed.event.type : '';
    takeRequest(state, { type, eventId: undefined, event: parsed.ok ? parsed.event : undefined }, () =>
      takeArrival(state, verbatim, text),
    );
    releaseWithheld(state, type);
    return;
  }
  if (!parsed.ok) {
    emitRefusal(state, parsed.refusal, parsed.eventId);
    return;
  }
  const { event } = parsed;
  // What the client has sent it has sent, whatever a fault makes of it: holds let go in any case.
  countClientEvent(state, event.type);
  takeRequest(state, { type: event.type, eventId: event.event_id, event }, () => carryOut(state, event));
  releaseWithheld(state, event.type);
}

function carryOut(state: SessionState, event: ClientEvent): void {
  if (state.phase === 'open') handleClientEvent(state, event);
}
