/**
 * The response lane: starts a response, lets it run step by step, ends it early. One response at most is
 * active; everything a response sends goes through here.
 */

import { makeId, textTokens } from '../../protocol/index.js';
import { addTokens, appendItem, openCall } from './conversation.js';
import { emit, emitAudio, releaseForResponse } from './emit.js';
import { isHeld } from './holds.js';
import { later } from './outbox.js';
import { scheduleProactiveResponse, touch } from './patience.js';
import { audioDelta, createdBody, doneBody, itemStepBody, type StepContext } from './response-events.js';
import type { ActiveResponse, OutputItem, ResponseStep, StepKind } from './response-types.js';
import type { SessionState } from './state.js';
import { countStep } from './step-limit.js';
import { cancelTimers } from './timers.js';
import { flushTranscriptions } from './transcription.js';

const DELTAS: ReadonlySet<StepKind> = new Set([
  'text-delta',
  'transcript-delta',
  'audio-delta',
  'arguments-delta',
]);

/** Makes a planned response the active one and sends what is due at once. */
export function beginResponse(state: SessionState, response: ActiveResponse): void {
  state.response = response;
  runDueSteps(state);
}

/** Sends the next steps until one is due later, the lane is held or the response is over. */
export function runDueSteps(state: SessionState): void {
  for (;;) {
    const response = state.response;
    const step = response?.steps[response.next];
    if (response === undefined || step === undefined || state.phase === 'closing') return;
    response.next += 1;
    sendStep(state, response, step);
    const next = response.steps[response.next];
    if (next === undefined || state.response !== response) continue;
    const delayMs = next.offsetMs - step.offsetMs;
    if (delayMs > 0 || isHeld(state.holds, 'response')) {
      later(state, 'response', delayMs, { do: 'response-step' });
      return;
    }
    countStep(state);
  }
}

/**
 * Ends the active response early (§5.4, §5.5): a few late deltas if the quirk asks for them, the closing events
 * of the open item with what was produced, and `response.done` where the family sends it.
 */
export function cancelResponse(state: SessionState, reason: 'client_cancelled' | 'turn_detected'): void {
  const response = state.response;
  if (response === undefined) return;
  releaseForResponse(state, response.number);
  cancelTimers(state.queue, (action) => action.do === 'response-step');
  response.end = { status: 'cancelled', reason };
  response.steps = closingSteps(response, state.quirks.lateDeltasAfterCancel, state.quirks.emitDoneOnCancel);
  response.next = 0;
  if (response.steps.length === 0) finishResponse(state, response);
  else runDueSteps(state);
}

/** What is still sent of a response that was cut off. */
function closingSteps(response: ActiveResponse, lateDeltas: number, emitDone: boolean): ResponseStep[] {
  const rest = response.steps.slice(response.next);
  const openItem = response.items[response.openedItems - 1];
  const open = openItem?.status === 'in_progress' ? openItem.outputIndex : undefined;
  const partOpen = response.steps
    .slice(0, response.next)
    .some((step) => step.item === open && step.kind === 'part-added');
  const ofItem = rest.filter((step) => step.item === open);
  const late = partOpen ? ofItem.filter((step) => DELTAS.has(step.kind)).slice(0, lateDeltas) : [];
  const closing = ofItem.filter((step) => closes(step.kind) && (partOpen || step.kind === 'item-done'));
  const done = rest.filter((step) => step.kind === 'done' && emitDone);
  return [...late, ...closing, ...done].map((step) => ({ ...step, offsetMs: 0 }));
}

/** Whether a step closes something that a cancelled response has opened; a half-made tool call is not announced. */
function closes(kind: StepKind): boolean {
  return kind.endsWith('-done') && kind !== 'arguments-done';
}

function sendStep(state: SessionState, response: ActiveResponse, step: ResponseStep): void {
  if (step.kind === 'created') {
    emit(state, createdBody(response, contextOf(state)), response.number);
    flushTranscriptions(state, 'after-created');
    return;
  }
  if (step.kind === 'done') {
    const body = doneBody(response, contextOf(state));
    finishResponse(state, response, () => emit(state, body, response.number));
    return;
  }
  const item = response.items[step.item];
  if (item === undefined) return;
  if (step.kind === 'audio-delta') sendAudio(state, response, item, step);
  else sendItemStep(state, response, item, step);
  if (step.kind === 'item-done' && response.next >= response.steps.length) finishResponse(state, response);
}

function sendItemStep(
  state: SessionState,
  response: ActiveResponse,
  item: OutputItem,
  step: ResponseStep,
): void {
  let previous: { previous_item_id?: string } = {};
  if (step.kind === 'item-added') {
    response.openedItems += 1;
    if (item.type === 'function_call') openCall(state.conversation, item.callId);
  }
  if (step.kind === 'item-created') {
    previous = appendItem(state.conversation, item.id, item.type === 'message' ? 'message' : 'call');
  }
  if (step.kind === 'arguments-done') {
    item.producedText = item.text;
    response.callAnnounced = true;
  } else if (DELTAS.has(step.kind)) item.producedText += step.text ?? '';
  if (step.kind === 'item-done') closeItem(response, item);
  emit(state, itemStepBody(response, item, step, { ...contextOf(state), previous }), response.number);
}

/** An item is whole unless the response was cut short while it was open, or ended as cut. */
function closeItem(response: ActiveResponse, item: OutputItem): void {
  const whole =
    item.producedText === item.text &&
    (item.type !== 'message' || item.producedSamples === item.speech.sampleCount);
  const cutByEnd = response.end.status === 'incomplete' && item === response.items.at(-1);
  item.status = whole && !cutByEnd && response.end.status !== 'cancelled' ? 'completed' : 'incomplete';
}

function sendAudio(
  state: SessionState,
  response: ActiveResponse,
  item: OutputItem,
  step: ResponseStep,
): void {
  if (item.type !== 'message') return;
  const audio = audioDelta(response, item, step, makeId('event', state.ids));
  item.producedSamples = step.toSample ?? item.producedSamples;
  state.audioProduced = true;
  response.firstAudioAtMs ??= state.queue.nowMs;
  emitAudio(state, 'response.audio.delta', audio, response.number);
}

/** Clears the lane, then says so: whoever reads `response.done` may create the next response at once. */
function finishResponse(state: SessionState, response: ActiveResponse, announce?: () => void): void {
  state.response = undefined;
  for (const item of response.items.slice(0, response.openedItems)) {
    addTokens(state.conversation, { textTokens: textTokens(item.producedText) });
  }
  releaseForResponse(state, response.number);
  announce?.();
  touch(state);
  flushTranscriptions(state, 'after-done');
  scheduleProactiveResponse(state, response);
  const next = state.queuedRequests.shift();
  if (next !== undefined) {
    state.starting = next;
    later(state, 'response', 0, { do: 'start-response' });
  }
}

function contextOf(state: SessionState): StepContext {
  return { conversationId: state.conversationId, quirks: state.quirks, ids: state.ids, previous: {} };
}
