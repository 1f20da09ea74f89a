/**
 * Turns that voice activity begins and ends (§5.3), and barge-in (§5.5). Positions are samples since the
 * session's first append.
 */
import { msToSamples, samplesToMs } from '../../media/index.js';
import { LIMITS, refuse } from '../../protocol/index.js';
import { emit, emitRefusal } from './emit.js';
import { note } from './outbox.js';
import { cancelProactiveResponse } from './patience.js';
import { cancelResponse } from './response-lane.js';
import { isResponding, requestResponse } from './response-start.js';
import type { OpenUtterance, SessionState } from './state.js';
import { cancelTimers } from './timers.js';
import { sendLastTranscriptionDelta, sendTranscriptionDelta } from './transcription.js';
import { announceUserItem, commitTurn, emptyBuffer, makeItemId, planUserTurn } from './turns.js';

/** Speech between two transcription previews (§11.11). */
const TRANSCRIPT_MARK_MS = 500;

/** The user begins to speak: the service says so and stops talking. */
export function onSpeechStarted(state: SessionState, voiceSample: number, position: number): void {
  const { turnDetection, input } = state.settings;
  if (turnDetection === null) return;
  const paddingSamples = msToSamples(turnDetection.prefix_padding_ms, input.sampleRateHz);
  const startSample = Math.max(0, voiceSample - paddingSamples);
  const markSamples = msToSamples(TRANSCRIPT_MARK_MS, input.sampleRateHz);
  const marksPassed = Math.floor(Math.max(0, position - voiceSample) / markSamples);
  const utterance: OpenUtterance = {
    itemId: makeItemId(state),
    startSample,
    turn: planUserTurn(state),
    nextDeltaSample: sendsDeltas(state)
      ? voiceSample + (marksPassed + 1) * markSamples
      : Number.POSITIVE_INFINITY,
    deltasSent: 0,
  };
  state.input.utterance = utterance;
  cancelProactiveResponse(state);
  emit(state, {
    type: 'input_audio_buffer.speech_started',
    audio_start_ms: samplesToMs(startSample, input.sampleRateHz),
    item_id: utterance.itemId,
  });
  if (turnDetection.interrupt_response) interrupt(state);
  if (state.quirks.itemCreatedBeforeCommit) announceUserItem(state, utterance.itemId);
}

/** Another half second of speech has passed. */
export function onTranscriptMark(state: SessionState, utterance: OpenUtterance): void {
  utterance.nextDeltaSample += msToSamples(TRANSCRIPT_MARK_MS, state.settings.input.sampleRateHz);
  utterance.deltasSent += 1;
  sendTranscriptionDelta(state, utterance.itemId, utterance.turn, utterance.deltasSent);
}

/** The user has stopped: the turn is committed and answered, unless it was no turn. */
export function onSpeechStopped(state: SessionState, voiceEndSample: number, position: number): void {
  const utterance = state.input.utterance;
  const { turnDetection, input } = state.settings;
  if (utterance === undefined || turnDetection === null) return;
  const { rejected } = utterance.turn.script;
  const semantic = turnDetection.type === 'semantic_vad';
  if (sendsDeltas(state)) sendLastTranscriptionDelta(state, utterance.itemId, utterance.turn);
  emit(state, {
    type: 'input_audio_buffer.speech_stopped',
    audio_end_ms: samplesToMs(voiceEndSample, input.sampleRateHz),
    item_id: utterance.itemId,
    ...(semantic && rejected === 'turn_invalid' ? { reason: 'turn_invalid' } : {}),
  });
  state.input.utterance = undefined;
  if (semantic && rejected !== undefined) rejectTurn(state, rejected, position);
  else endTurn(state, utterance, position);
}

function rejectTurn(state: SessionState, how: 'error' | 'turn_invalid', position: number): void {
  state.userTurnCount += 1;
  leaveInBuffer(state, state.input.totalSamples - position);
  if (how === 'error') emitRefusal(state, refuse('semantic-vad-rejected'));
}

function endTurn(state: SessionState, utterance: OpenUtterance, position: number): void {
  const { itemId, turn } = utterance;
  commitTurn(state, {
    itemId,
    turn,
    samples: position - utterance.startSample,
    transcribed: true,
    announced: state.quirks.itemCreatedBeforeCommit,
  });
  leaveInBuffer(state, state.input.totalSamples - position);
  if (state.settings.turnDetection?.create_response !== true) return;
  const request = { cause: 'voice' } as const;
  if (!isResponding(state)) requestResponse(state, request);
  else if (state.queuedRequests.length < LIMITS.queuedResponses) state.queuedRequests.push(request);
  else note(state, 'create-dropped', { limit: 'queuedResponses' });
}

/**
 * Speech during an answer stops it; an answer that has not been announced never comes. A client that asked for one
 * is told so, as it would be had it asked a moment later (§5.9).
 */
function interrupt(state: SessionState): void {
  const unannounced = [state.starting, ...state.queuedRequests];
  state.starting = undefined;
  state.queuedRequests = [];
  cancelTimers(state.queue, (action) => action.do === 'start-response');
  cancelResponse(state, 'turn_detected');
  for (const request of unannounced) {
    if (request?.cause !== 'client') continue;
    emitRefusal(state, refuse('create-while-speaking'), request.clientEventId);
  }
}

/** After a turn only what was appended behind its end is uncommitted. */
function leaveInBuffer(state: SessionState, samples: number): void {
  const { danglingByte } = state.input;
  emptyBuffer(state);
  state.input.danglingByte = danglingByte;
  state.input.samples = samples;
  state.input.sizeBytes = samples * 2 + (danglingByte === undefined ? 0 : 1);
}

function sendsDeltas(state: SessionState): boolean {
  return state.family.capabilities.transcriptionDeltas && state.settings.transcription !== null;
}
