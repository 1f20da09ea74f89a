/**
 * The server's half of a recording: each entry when it is due, with ids of this session. Must never decide what the client
 * did.
 */
import { encodeBase64 } from '../../media/index.js';
import { parseMessageObject } from '../../protocol/json-object.js';
import { frameBytes, joinBytes, OPCODES } from '../../protocol/websocket-frames.js';
import type { RecordedEntry, StoredPart, TextEntry } from '../../recordings/index.js';
import { sendMessage } from './faults.js';
import { breakSession, closeSession, later, note, sendBytes } from './outbox.js';
import type { Replay } from './replay.js';
import type { SessionState } from './state.js';

/** Sends everything of the server that is due. */
export function pump(state: SessionState, replay: Replay): void {
  const { script, audio, settings } = replay;
  while (replay.nextServer !== undefined && !replay.isPausing && state.phase !== 'closing') {
    const index = replay.nextServer;
    if (replay.nextClient !== undefined && replay.nextClient < index) return;
    if (audio.position < script.samplesBefore(index)) return;
    const pauseMs = Math.round((script.atMs(index) - replay.reachedMs) * (settings.timeFactor ?? 0));
    replay.reachedMs = Math.max(replay.reachedMs, script.atMs(index));
    if (pauseMs > 0) {
      replay.isPausing = true;
      later(state, 'none', pauseMs, { do: 'replay-step' });
      return;
    }
    replay.nextServer = script.next(index + 1, 'server');
    sendEntry(state, replay, script.entryAt(index));
  }
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
function sendText(state: SessionState, { script, ids }: Replay, entry: TextEntry<StoredPart>): void {
  const { recording } = script;
  const media = entry.parts.find((part) => typeof part !== 'string');
  const texts = entry.parts.filter((part) => typeof part === 'string');
  const event = parseMessageObject(texts.join(''));
  const [head = '', tail = ''] = ids.rewrite(texts, event);
  const type = typeof event?.['type'] === 'string' ? event['type'] : '';
  const about = { type, disposition: 'forwarded', response: undefined, turn: undefined } as const;
  if (media === undefined) {
    sendMessage(state, { ...about, text: head, frames: framesOf(head, entry.frames) });
    return;
  }
  const audio = { head, tail, read: () => recording.bytesOf(media) };
  const pieces = [head, encodeBase64(audio.read()), tail];
  const text = pieces.join('');
  const frames = framesOf(text, entry.frames);
  sendMessage(state, { ...about, text, ...(frames === undefined ? { pieces, audio } : { frames }) });
}

/** The fragments of a message as they were; undefined when it was one frame, or has another length now. */
function framesOf(text: string, sizes: readonly number[] | undefined): Uint8Array | undefined {
  if (sizes === undefined) return undefined;
  const utf8 = new TextEncoder().encode(text);
  if (sizes.reduce((sum, size) => sum + size, 0) !== utf8.length) return undefined;
  let offset = 0;
  const frames = sizes.map((size, index) => {
    const payload = utf8.subarray(offset, offset + size);
    offset += size;
    const opcode = index === 0 ? OPCODES.text : OPCODES.continuation;
    return frameBytes({ opcode, payload, fin: index === sizes.length - 1 });
  });
  return joinBytes(frames);
}
