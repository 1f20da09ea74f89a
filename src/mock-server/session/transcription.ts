/**
 * Transcription of the user's audio: a lane of its own beside the responses, early, late or never, as the quirk
 * `transcriptionOrder` says (§4.10 to §4.12).
 */
import { LIMITS, makeId, refuse } from '../../protocol/index.js';
import { emit } from './emit.js';
import { later } from './outbox.js';
import type { PendingTranscription, PlannedUserTurn, SessionState } from './state.js';

/** From the commit to the finished transcript, in virtual milliseconds. */
export const TRANSCRIPTION_LATENCY_MS = 200;

/** Words that one transcription delta adds. */
const WORDS_PER_DELTA = 2;

/** Arranges for the transcript of a committed turn. */
export function expectTranscription(state: SessionState, itemId: string, turn: PlannedUserTurn): void {
  const { transcriptionOrder } = state.quirks;
  if (state.settings.transcription === null || transcriptionOrder === 'never') return;
  const timed = transcriptionOrder === 'before-response';
  const dueMs = timed ? state.queue.nowMs + TRANSCRIPTION_LATENCY_MS : undefined;
  state.pendingTranscriptions.push({ itemId, turn, turnNumber: state.userTurnCount, dueMs });
  if (state.pendingTranscriptions.length > LIMITS.pendingTranscriptions) state.pendingTranscriptions.shift();
  if (timed) later(state, 'transcription', TRANSCRIPTION_LATENCY_MS, { do: 'transcription', itemId });
}

/** A transcript is due. */
export function onTranscriptionDue(state: SessionState, itemId: string): void {
  const pending = state.pendingTranscriptions.find((entry) => entry.itemId === itemId);
  if (pending !== undefined) send(state, pending);
}

/** Sends the transcripts that waited for this moment of a response. */
export function flushTranscriptions(state: SessionState, moment: 'after-created' | 'after-done'): void {
  if (state.quirks.transcriptionOrder !== moment) return;
  const waiting = state.pendingTranscriptions.filter((entry) => entry.dueMs === undefined);
  for (const pending of waiting) {
    later(state, 'transcription', 0, { do: 'transcription', itemId: pending.itemId });
  }
}

/** Sends one preview while the user speaks (§4.10); the last one holds the whole transcript. */
export function sendTranscriptionDelta(
  state: SessionState,
  itemId: string,
  turn: PlannedUserTurn,
  count: number,
): void {
  const words = turn.transcript.match(/\s*\S+/g) ?? [];
  const confirmed = Math.min(count * WORDS_PER_DELTA, Math.max(0, words.length - 1));
  sendPreview(
    state,
    itemId,
    turn,
    words.slice(0, confirmed).join(''),
    words.slice(confirmed, confirmed + WORDS_PER_DELTA).join(''),
  );
}

/** Sends the preview that ends a turn: everything confirmed, nothing provisional. */
export function sendLastTranscriptionDelta(state: SessionState, itemId: string, turn: PlannedUserTurn): void {
  sendPreview(state, itemId, turn, turn.transcript, '');
}

function sendPreview(
  state: SessionState,
  itemId: string,
  turn: PlannedUserTurn,
  text: string,
  stash: string,
): void {
  emit(state, {
    type: 'conversation.item.input_audio_transcription.delta',
    item_id: itemId,
    content_index: 0,
    text,
    stash,
    language: turn.script.language ?? 'en',
    emotion: turn.script.emotion ?? 'neutral',
    obfuscation: makeId('obfuscation', state.ids),
  });
}

function send(state: SessionState, pending: PendingTranscription): void {
  state.pendingTranscriptions = state.pendingTranscriptions.filter((entry) => entry !== pending);
  const place = { item_id: pending.itemId, content_index: 0 };
  if (pending.turn.script.transcriptionFailed === true) {
    const { code = '', message } = refuse('transcription-failed').error;
    const type = 'conversation.item.input_audio_transcription.failed';
    emit(state, { type, ...place, error: { code, message } }, undefined, pending.turnNumber);
    return;
  }
  const type = 'conversation.item.input_audio_transcription.completed';
  emit(state, { type, ...place, transcript: pending.turn.transcript }, undefined, pending.turnNumber);
}
