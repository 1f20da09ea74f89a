/**
 * What each client event does (section 3): one handler per type, in one table. Handlers decide; sending,
 * timing and serialising are done elsewhere.
 */

import { samplesToMs } from '../../media/index.js';
import {
  applySessionUpdate,
  type ClientEvent,
  type ClientEventOf,
  type ClientEventType,
  echoSession,
  refuse,
} from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { emit, emitRefusal } from './emit.js';
import { finishIfIdle } from './finish.js';
import { appendAudio, clearInput, configureDetector, forgetUtterance } from './input-audio.js';
import { appendImage } from './input-images.js';
import { createItem, deleteConversationItem } from './item-events.js';
import { note } from './outbox.js';
import { cancelResponse } from './response-lane.js';
import { readResponseRequest } from './response-request.js';
import { isResponding, requestResponse } from './response-start.js';
import type { SessionState } from './state.js';
import { commitTurn, emptyBuffer, makeItemId, planUserTurn } from './turns.js';

type Handlers = {
  readonly [Type in ClientEventType]: (state: SessionState, event: ClientEventOf<Type>) => void;
};

const HANDLERS: Handlers = {
  'session.update': updateSession,
  'input_audio_buffer.append': (state, event) => appendAudio(state, event.audio, event.event_id),
  'input_audio_buffer.commit': (state, event) => commit(state, event.event_id),
  'input_audio_buffer.clear': (state) => {
    clearInput(state);
    emit(state, { type: 'input_audio_buffer.cleared' });
  },
  'input_image_buffer.append': (state, event) => appendImage(state, event.image, event.event_id),
  'response.create': createResponse,
  'response.cancel': (state, event) => {
    if (state.response === undefined) emitRefusal(state, refuse('cancel-without-response'), event.event_id);
    else cancelResponse(state, 'client_cancelled');
  },
  'conversation.item.create': createItem,
  'conversation.item.delete': deleteConversationItem,
  'session.finish': (state, event) => {
    if (state.quirks.refuseSessionFinish) {
      emitRefusal(state, refuse('session-finish-refused'), event.event_id);
      return;
    }
    state.phase = 'finishing';
    finishIfIdle(state);
  },
};

/** Carries out one client event. */
export function handleClientEvent(state: SessionState, event: ClientEvent): void {
  const handler = HANDLERS[event.type] as (state: SessionState, event: ClientEvent) => void;
  handler(state, event);
}

function updateSession(state: SessionState, event: ClientEventOf<'session.update'>): void {
  const outcome = applySessionUpdate(state.settings, event.session, {
    inputStarted: state.inputStarted,
    audioProduced: state.audioProduced,
    responseActive: isResponding(state),
    quirks: state.quirks,
  });
  if (!outcome.ok) {
    emitRefusal(state, outcome.refusal, event.event_id);
    return;
  }
  state.settings = outcome.settings;
  configureDetector(state);
  emit(state, {
    type: 'session.updated',
    session: echoSession(state.settings, state.id, state.quirks, 'updated'),
  });
}

/** A manual commit (§3.3). In VAD mode the newest families call it an internal error. */
function commit(state: SessionState, clientEventId: string | undefined): void {
  const { input, settings, quirks } = state;
  const voice = settings.turnDetection !== null;
  const durationMs = samplesToMs(input.samples, settings.input.sampleRateHz);
  if (input.sizeBytes === 0 || durationMs < quirks.minCommitMs) {
    emitRefusal(state, refuse('commit-empty-buffer'), clientEventId);
    return;
  }
  if (voice && state.family.capabilities.refusesCommitInVad) {
    const slug = quirks.closeOnVadCommit ? 'commit-in-vad-closing' : 'commit-in-vad';
    emitRefusal(state, refuse(slug), clientEventId);
    return;
  }
  const open = input.utterance;
  commitTurn(
    state,
    {
      itemId: open?.itemId ?? makeItemId(state),
      turn: open?.turn ?? planUserTurn(state),
      samples: input.samples,
      transcribed: voice || completesInManualMode(state),
      announced: open !== undefined && quirks.itemCreatedBeforeCommit,
    },
    clientEventId,
  );
  emptyBuffer(state);
  forgetUtterance(state);
}

function createResponse(state: SessionState, event: ClientEventOf<'response.create'>): void {
  const outcome = readResponseRequest(event, state.settings.modalities);
  if (!outcome.ok) {
    emitRefusal(state, outcome.refusal, event.event_id);
    return;
  }
  const refused = whyNotNow(state, outcome.request.instructions);
  if (refused !== undefined) {
    emitRefusal(state, refuse(refused), event.event_id);
    return;
  }
  if (state.response !== undefined) state.queuedRequests.push(outcome.request);
  else if (isDropped(state)) note(state, 'create-dropped', { quirk: 'dropCreateBeforeItemFinished' });
  else requestResponse(state, outcome.request);
}

/** Preconditions of `response.create` in the order of the overlap table (§3.6, §5.9). */
function whyNotNow(state: SessionState, instructions: string | undefined) {
  if (isResponding(state)) {
    return queuesBehindCall(state) ? undefined : ('response-already-active' as const);
  }
  if (state.input.utterance !== undefined) return 'create-while-speaking' as const;
  const something = state.conversation.lastItemId ?? instructions ?? state.settings.instructions;
  return something === undefined || something === '' ? ('nothing-to-answer' as const) : undefined;
}

/** While a tool call's response is being closed a create may wait for its end (quirk). */
function queuesBehindCall(state: SessionState): boolean {
  if (state.quirks.createDuringToolCall !== 'queue' || state.response?.callAnnounced !== true) return false;
  return state.queuedRequests.length < LIMITS.queuedResponses;
}

/** A create that comes before a transcript that is under way vanishes (quirk); one that waits for an answer does not count. */
function isDropped(state: SessionState): boolean {
  const awaited = state.pendingTranscriptions.some(({ dueMs }) => dueMs !== undefined);
  return state.quirks.dropCreateBeforeItemFinished && awaited;
}

function completesInManualMode(state: SessionState): boolean {
  return state.model.completedInManualMode;
}
