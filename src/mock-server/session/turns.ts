/**
 * The end of a user turn: images are checked, the audio becomes an item, its transcript is arranged for
 * (§3.3, §5.2, §5.3). Who ended the turn, the client or voice activity, is the caller's business.
 */
import { audioTokens, imageTokens, makeId, refuse } from '../../protocol/index.js';
import { addTokens, appendItem } from './conversation.js';
import { emit, emitRefusal } from './emit.js';
import { generateTranscript } from './generated-text.js';
import type { PlannedUserTurn, SessionState } from './state.js';
import { expectTranscription } from './transcription.js';

/** A turn ready to be committed. */
export interface CommittedTurn {
  readonly itemId: string;
  /** Its length, in samples per channel. */
  readonly samples: number;
  readonly turn: PlannedUserTurn;
  readonly transcribed: boolean;
  /** Whether the item was announced while the user spoke (quirk `itemCreatedBeforeCommit`). */
  readonly announced: boolean;
}

/** What the next user turn of audio says. */
export function planUserTurn(state: SessionState): PlannedUserTurn {
  const script = state.options.scenario.userTurns?.[state.userTurnCount] ?? {};
  const { seed, connectionKey } = state.options;
  const transcript = script.transcript ?? generateTranscript(seed, connectionKey, state.userTurnCount + 1);
  return { script, transcript };
}

/** Makes the buffered audio and images a user item and empties the buffer. */
export function commitTurn(state: SessionState, committed: CommittedTurn, clientEventId?: string): void {
  state.userTurnCount += 1;
  takeImages(state, clientEventId);
  emit(state, { type: 'input_audio_buffer.committed', item_id: committed.itemId });
  if (!committed.announced) announceUserItem(state, committed.itemId);
  const { sampleRateHz, channels } = state.settings.input;
  const tokens = audioTokens((committed.samples * 1000) / sampleRateHz, state.family.id, 'input', channels);
  addTokens(state.conversation, { audioTokens: tokens });
  if (committed.transcribed) expectTranscription(state, committed.itemId, committed.turn);
}

/** Sends `conversation.item.created` for the user's audio (§4.9). */
export function announceUserItem(state: SessionState, itemId: string): void {
  const previous = appendItem(state.conversation, itemId, 'message');
  emit(state, {
    type: 'conversation.item.created',
    ...previous,
    item: {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'in_progress',
      role: state.quirks.userItemRole,
      content: [{ type: 'input_audio' }],
    },
  });
}

/** A fresh id for a user item. */
export function makeItemId(state: SessionState): string {
  return makeId('item', state.ids);
}

/** Empties the uncommitted buffer, images and the dangling byte included. */
export function emptyBuffer(state: SessionState): void {
  const { input } = state;
  input.sizeBytes = 0;
  input.samples = 0;
  input.danglingByte = undefined;
  input.images = [];
}

/** Decodes the images of the turn to their last line; a broken one is refused and left out. */
function takeImages(state: SessionState, clientEventId: string | undefined): void {
  const verify = state.options.verifyImage;
  for (const image of state.input.images) {
    if (verify !== undefined && !verify(image.bytes).ok) {
      emitRefusal(state, refuse('image-broken'), clientEventId);
      continue;
    }
    const tokens = imageTokens(image.widthPx, image.heightPx, state.family.id);
    addTokens(state.conversation, { imageTokens: tokens });
  }
  state.input.images = [];
}
