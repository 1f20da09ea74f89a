/**
 * The recorded server's side: what is due goes out as it was recorded, with ids of this session and through the faults
 * like any other message. Must never judge the client.
 */
import { encodeBase64 } from '../../media/index.js';
import { type JsonObject, ownValue, parseMessageObject, valueAt } from '../../protocol/json-object.js';
import { frameBytes, joinBytes, OPCODES } from '../../protocol/websocket-frames.js';
import type { RecordedEntry, StoredPart, TextEntry } from '../../recordings/index.js';
import { countForHolds } from './emit.js';
import { sendMessage } from './faults.js';
import { breakSession, closeSession, later, note, sendBytes } from './outbox.js';
import type { Replay } from './replay.js';
import { leftoversOf } from './replay-outcome.js';
import type { SessionState } from './state.js';

/** Sends everything of the server that is due. */
export function sendDue(state: SessionState, replay: Replay): void {
  const { script, audio } = replay;
  while (replay.nextServer !== undefined && !replay.isPausing && state.phase !== 'closing') {
    const index = replay.nextServer;
    if (replay.nextClient !== undefined && replay.nextClient < index) return;
    if (audio.reached < script.samplesBefore(index) || beginPause(state, replay, index)) return;
    replay.nextServer = script.next(index + 1, 'server');
    replay.hasPaused = false;
    sendEntry(state, replay, script.entryAt(index));
  }
  if (replay.isComplete || replay.isPausing || replay.mismatch !== undefined) return;
  if (leftoversOf(replay) !== undefined) return;
  replay.isComplete = true;
  note(state, 'replay-complete', {});
}

/**
 * Waits as long as the recorded server did since the entry before, whoever's it was: everything up to there has happened
 * in this session, too.
 */
function beginPause(state: SessionState, replay: Replay, index: number): boolean {
  const { script, settings } = replay;
  const recordedMs = index === 0 ? 0 : script.atMs(index) - script.atMs(index - 1);
  const pauseMs = Math.round(recordedMs * (settings.timeFactor ?? 0));
  if (pauseMs <= 0 || replay.hasPaused) return false;
  replay.isPausing = true;
  later(state, 'none', pauseMs, { do: 'replay-step' });
  return true;
}

/** A pause of the recording has passed. */
export function endReplayPause(state: SessionState): void {
  const { replay } = state;
  if (replay === undefined) return;
  replay.isPausing = false;
  replay.hasPaused = true;
  sendDue(state, replay);
}

/** Whether the next message of the server waits for nothing but silence that the client need not send. */
export function waitsForSilence(replay: Replay): boolean {
  const { nextServer, nextClient, script, audio } = replay;
  if (nextServer === undefined || replay.mismatch !== undefined || replay.isPausing) return false;
  if (nextClient !== undefined && nextClient < nextServer) return false;
  const position = script.samplesBefore(nextServer);
  return position > audio.reached && audio.mayPassOver(position);
}

/** Nothing has come for a while: what follows silence that this client need not send does not wait for it. */
export function passSilence(state: SessionState): void {
  const { replay } = state;
  if (replay?.nextServer === undefined || !waitsForSilence(replay)) return;
  replay.audio.grant(replay.script.samplesBefore(replay.nextServer));
  sendDue(state, replay);
}

function sendEntry(state: SessionState, replay: Replay, entry: RecordedEntry): void {
  switch (entry.kind) {
    case 'text':
      sendText(state, replay, entry);
      break;
    case 'binary':
    case 'ping':
    case 'invalid-text':
      sendBytes(state, frameBytes({ opcode: OPCODE_OF[entry.kind], payload: entry.payload }), entry.kind);
      break;
    case 'bytes':
      sendBytes(state, entry.payload, 'bytes');
      break;
    case 'close':
      closeSession(state, entry.code, entry.reason, true);
      break;
    case 'end':
      breakSession(state, entry.how === 'fin' ? 'end' : 'reset');
      break;
    case 'withheld':
      note(state, 'replay-withheld', { what: entry.what, rule: entry.rule });
      break;
    default:
      break;
  }
}

const OPCODE_OF = { binary: OPCODES.binary, ping: OPCODES.ping, 'invalid-text': OPCODES.text } as const;

/** With ids of this session, through the faults like any other message. */
function sendText(state: SessionState, replay: Replay, entry: TextEntry<StoredPart>): void {
  const { recording } = replay.script;
  const media = entry.parts.find((part) => typeof part !== 'string');
  const texts = entry.parts.filter((part) => typeof part === 'string');
  const event = parseMessageObject(texts.join(''));
  const place = placeOf(replay, event);
  const [head = '', tail = ''] = replay.ids.rewrite(texts, event);
  const about = { ...place, disposition: 'forwarded' } as const;
  if (media === undefined) {
    sendMessage(state, { ...about, text: head, frames: framesOf(head, entry.frames) });
    countForHolds(state, place.type, place.response);
    return;
  }
  const audio = { head, tail, read: () => recording.bytesOf(media) };
  const pieces = [head, encodeBase64(audio.read()), tail];
  const text = pieces.join('');
  const frames = framesOf(text, entry.frames);
  sendMessage(state, { ...about, text, ...(frames === undefined ? { pieces, audio } : { frames }) });
  countForHolds(state, place.type, place.response);
}

/** Which response and user turn a message belongs to: what faults and holds ask about. */
function placeOf(
  replay: Replay,
  event: JsonObject | undefined,
): { readonly type: string; readonly response: number | undefined; readonly turn: number } {
  const type = event?.['type'];
  if (type === 'input_audio_buffer.speech_started') replay.turns += 1;
  else if (type === 'input_audio_buffer.committed' && !replay.isSpeaking) replay.turns += 1;
  if (type === 'input_audio_buffer.speech_started') replay.isSpeaking = true;
  else if (type === 'input_audio_buffer.committed') replay.isSpeaking = false;
  const id =
    event === undefined ? undefined : (valueAt(event, ['response', 'id']) ?? ownValue(event, 'response_id'));
  const { responses } = replay;
  if (type === 'response.created' && typeof id === 'string') responses.set(id, responses.size + 1);
  const response = typeof id === 'string' ? responses.get(id) : undefined;
  return { type: typeof type === 'string' ? type : '', response, turn: replay.turns };
}

/** The fragments of a message as they were; what another length of an id changes falls to the last ones. */
function framesOf(text: string, sizes: readonly number[] | undefined): Uint8Array | undefined {
  if (sizes === undefined) return undefined;
  const utf8 = new TextEncoder().encode(text);
  let offset = 0;
  const frames = sizes.map((size, index) => {
    const isLast = index === sizes.length - 1;
    const payload = utf8.subarray(offset, isLast ? utf8.length : offset + size);
    offset += payload.length;
    return frameBytes({ opcode: index === 0 ? OPCODES.text : OPCODES.continuation, payload, fin: isLast });
  });
  return joinBytes(frames);
}
