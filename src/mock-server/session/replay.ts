/**
 * A recording followed strictly in place of the simulation: the client must send what was recorded, and the server's
 * messages follow where they did. Must never answer by itself, and never keep more than one entry.
 */
import { encodeBase64 } from '../../media/index.js';
import { openRandomStream } from '../../protocol/index.js';
import { type JsonObject, valueAt } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import { frameBytes, joinBytes, OPCODES } from '../../protocol/websocket-frames.js';
import {
  appendExtras,
  audioOfAppend,
  modelOf,
  type PayloadEntry,
  parseMessage,
  type RecordedEntry,
  type ReplayScript,
  type StoredPart,
  type TextEntry,
} from '../../recordings/index.js';
import { sendMessage } from './faults.js';
import { breakSession, closeSession, later, note, sendBytes } from './outbox.js';
import { type AudioDifference, ReplayAudio } from './replay-audio.js';
import { compareEvents, type Difference, IgnoredPaths } from './replay-compare.js';
import { ReplayIds } from './replay-ids.js';
import {
  closeReason,
  mismatchOf,
  REPLAY_MISMATCH_CODE,
  type ReplayLeftovers,
  type ReplayMismatch,
  type SessionReplay,
} from './replay-mismatch.js';
import type { SessionState } from './state.js';

/** Ids and spaces may make a message a little longer or shorter. */
const WITHHELD_SIZE_SLACK = 256;

/** How a recording is followed. */
export interface ReplaySettings {
  readonly script: ReplayScript;
  /** Paths of client events that are not compared, `session.instructions`; `*` stands for any one key. */
  readonly ignore?: readonly string[] | undefined;
  /** Milliseconds of silence that may be missing or extra. Default `LIMITS.replayAudioSlackMs`. */
  readonly audioSlackMs?: number | undefined;
  /** Whether what was recorded and not exchanged fails the session. Default `fail`. */
  readonly leftovers?: 'fail' | 'ignore' | undefined;
  /** What the recorded pauses before the server's messages are multiplied by; 0, the default, for none. */
  readonly timeFactor?: number | undefined;
}

/** Where a session is in its recording. */
export interface Replay {
  readonly settings: ReplaySettings;
  readonly script: ReplayScript;
  readonly ids: ReplayIds;
  readonly ignored: IgnoredPaths;
  readonly audio: ReplayAudio;
  /** The next message of the client; undefined when all have come. */
  nextClient: number | undefined;
  /** The next entry of the server; undefined when all are out. */
  nextServer: number | undefined;
  /** When, in the recording, something last happened here. */
  reachedMs: number;
  isPausing: boolean;
  mismatch: ReplayMismatch | undefined;
  leftovers: ReplayLeftovers | undefined;
}

export function createReplay(
  settings: ReplaySettings | undefined,
  { seed, connectionKey }: { readonly seed: number; readonly connectionKey: string },
  given: { readonly session: string },
): Replay | undefined {
  if (settings === undefined) return undefined;
  const { script, ignore = [], audioSlackMs = LIMITS.replayAudioSlackMs } = settings;
  return {
    settings,
    script,
    ids: new ReplayIds(openRandomStream(seed, 'ids', `${connectionKey}/replay`), given),
    ignored: new IgnoredPaths(ignore),
    audio: new ReplayAudio(script, audioSlackMs),
    nextClient: script.next(0, 'message', 'sync'),
    nextServer: script.next(0, 'server'),
    reachedMs: 0,
    isPausing: false,
    mismatch: undefined,
    leftovers: undefined,
  };
}

/** The connection stands: the client must have asked for the recorded model. */
export function openReplay(state: SessionState, replay: Replay): void {
  const { upgrade } = replay.script;
  note(state, 'replay-started', { recording: replay.script.recording.name });
  const recorded = upgrade === undefined ? state.model.requested : modelOf(upgrade.target);
  const live = state.model.requested;
  if (recorded !== live) {
    const found = { entry: 1, line: 1, expected: 'the upgrade request', came: 'the upgrade request' };
    fail(state, replay, found, { path: 'model', recorded, live });
    return;
  }
  pump(state, replay);
}

/** Takes a text message of the client. */
export function takeReplayText(state: SessionState, replay: Replay, text: string): void {
  const event = parseMessage(text);
  const audio = isWithheld(replay, text) ? undefined : audioOfAppend(event);
  if (event !== undefined && audio !== undefined) takeAudio(state, replay, event, audio);
  else takeMessage(state, replay, nameOf(event), (recorded) => compareTexts(replay, recorded, event, text));
}

/** Whether the next message of the recording is one that was not written and had the size of this one. */
function isWithheld({ script, nextClient }: Replay, text: string): boolean {
  if (text.length <= LIMITS.redactionTextChars || nextClient === undefined) return false;
  const entry = script.entryAt(nextClient);
  return entry.kind === 'withheld' && Math.abs(entry.sizeBytes - text.length) <= WITHHELD_SIZE_SLACK;
}

/** Takes a binary message of the client, of which only the size is known. */
export function takeReplayBinary(state: SessionState, replay: Replay, sizeBytes: number): void {
  takeMessage(state, replay, 'a binary message', (recorded) => {
    if (recorded.kind === 'withheld') return undefined;
    const size = recorded.kind === 'binary' ? recorded.payload.length : undefined;
    return size === sizeBytes
      ? undefined
      : { path: '', recorded: size, live: sizeBytes, why: 'another size' };
  });
}

/** A pause of the recording has passed. */
export function endReplayPause(state: SessionState): void {
  if (state.replay === undefined) return;
  state.replay.isPausing = false;
  pump(state, state.replay);
}

/** Whether the next message of the server waits for nothing but silence that the client need not send. */
export function waitsForSilence(replay: Replay): boolean {
  const { nextServer, nextClient, script, audio } = replay;
  if (nextServer === undefined || replay.mismatch !== undefined || replay.isPausing) return false;
  if (nextClient !== undefined && nextClient < nextServer) return false;
  const position = script.samplesBefore(nextServer);
  return position > audio.position && audio.mayPassOver(position);
}

/** Nothing has come for a while: what is missing is taken for silence that this client does not send. */
export function passSilence(state: SessionState): void {
  const { replay } = state;
  if (replay?.nextServer === undefined || !waitsForSilence(replay)) return;
  replay.audio.passOver(replay.script.samplesBefore(replay.nextServer));
  pump(state, replay);
}

/** How it has gone. */
export function replayReport(replay: Replay): SessionReplay {
  const { mismatch, leftovers, script, settings } = replay;
  const failed = mismatch !== undefined || (leftovers !== undefined && settings.leftovers !== 'ignore');
  const isComplete = mismatch === undefined && leftoversOf(replay) === undefined;
  return {
    recording: script.recording.name,
    ok: !failed,
    isComplete,
    ...(mismatch === undefined ? {} : { mismatch }),
    ...(leftovers === undefined ? {} : { leftovers }),
  };
}

/** The connection has ended; gives the remark about it. */
export function endReplay(replay: Replay):
  | {
      readonly code: 'replay-complete' | 'replay-leftovers';
      readonly details: Readonly<Record<string, string | number | boolean>>;
    }
  | undefined {
  if (replay.mismatch !== undefined) return undefined;
  replay.leftovers = leftoversOf(replay);
  const { leftovers } = replay;
  if (leftovers === undefined) return { code: 'replay-complete', details: {} };
  return {
    code: 'replay-leftovers',
    details: { ...leftovers, ignored: replay.settings.leftovers === 'ignore' },
  };
}

function leftoversOf(replay: Replay): ReplayLeftovers | undefined {
  const { script, nextClient, nextServer, audio } = replay;
  const clientMessages = countFrom(script, nextClient, 'message', 'sync');
  const missing = script.totalSamples - audio.position;
  const isSilence = audio.mayPassOver(script.totalSamples);
  const audioMs = isSilence ? 0 : Math.ceil((missing * 1000) / script.rateHz);
  // What followed silence that this client need not send is not owed either.
  const isOwed = nextServer !== undefined && !(clientMessages === 0 && isSilence && missing > 0);
  const serverEntries = isOwed ? countFrom(script, nextServer, 'server') : 0;
  if (clientMessages + serverEntries + audioMs === 0) return undefined;
  const silentAppend = audioMs > 0 ? script.appendAt(audio.position) : undefined;
  const open = [nextClient, isOwed ? nextServer : undefined, silentAppend];
  const entry = Math.min(...open.filter((index) => index !== undefined));
  const first = describe(script, entry);
  const message = `left over: ${clientMessages} messages of the client, ${audioMs} ms of its audio, ${serverEntries} of the server; the first is entry ${entry + 1} (line ${script.lineOf(entry)}), ${first}`;
  return { clientMessages, serverEntries, audioMs, entry: entry + 1, first, message };
}

function countFrom(
  script: ReplayScript,
  from: number | undefined,
  ...kinds: Parameters<ReplayScript['next']> extends [number, ...infer Kinds] ? Kinds : never
): number {
  let count = 0;
  for (let index = from; index !== undefined; index = script.next(index + 1, ...kinds)) count += 1;
  return count;
}

function takeAudio(state: SessionState, replay: Replay, event: JsonObject, bytes: Uint8Array): void {
  if (replay.mismatch !== undefined) return;
  const { audio, script } = replay;
  const extras = differentExtras(replay, event);
  if (extras !== undefined) {
    failAt(state, replay, script.appendAt(audio.position) ?? 0, 'audio', extras);
    return;
  }
  const live = audio.join(bytes);
  const { until, isExact } = reachOf(replay);
  const followed = audio.follow(live, 0, until);
  const problem =
    typeof followed !== 'number'
      ? followed
      : followed === live.length
        ? undefined
        : isExact
          ? audio.takeExtra(live, followed)
          : ({ what: 'slack', spentSamples: audio.slackSamples } as const);
  if (problem === undefined) pump(state, replay);
  else failAudio(state, replay, problem);
}

/** How far the client's audio may go before its next message: exactly there, or so much beyond it. */
function reachOf({ script, nextClient, audio }: Replay): { until: number; isExact: boolean } {
  const sync = nextClient === undefined ? undefined : script.next(nextClient, 'sync');
  const exact = sync === undefined ? script.totalSamples : script.samplesBefore(sync);
  if (nextClient === undefined || nextClient === sync) return { until: exact, isExact: true };
  const beyond = script.samplesBefore(nextClient) + audio.slackSamples;
  return beyond < exact ? { until: beyond, isExact: false } : { until: exact, isExact: true };
}

function differentExtras({ script, audio, ids, ignored }: Replay, event: JsonObject): Difference | undefined {
  const live = appendExtras(event);
  if (!script.hasAudioExtras && Object.keys(live).length === 0) return undefined;
  const index = script.appendAt(audio.position);
  const entry = index === undefined ? undefined : script.entryAt(index);
  const recorded = entry?.kind === 'text' ? parseMessage(script.recording.textOf(entry)) : undefined;
  const type = event['type'];
  return compareEvents({ ...appendExtras(recorded ?? {}), type }, { ...live, type }, { ids, ignored });
}

function failAudio(state: SessionState, replay: Replay, problem: AudioDifference): void {
  const { audio, script, nextClient } = replay;
  const isOver = problem.what === 'sample' && problem.recorded === undefined;
  const index = isOver ? (nextClient ?? script.count - 1) : (script.appendAt(audio.position) ?? 0);
  const slackMs = Math.round((audio.slackSamples * 1000) / script.rateHz);
  const at = `sample ${audio.position} of the client's audio`;
  const why =
    problem.what === 'slack'
      ? `more than ${slackMs} ms of silence are missing or extra, or a message came so much later (audioSlackMs) at ${at}`
      : at;
  const [recorded, live] =
    problem.what === 'sample' ? [problem.recorded, problem.live] : [undefined, undefined];
  failAt(state, replay, Math.max(0, index), 'audio', { path: 'audio', recorded, live, why });
}

/** Takes any other message: it must be the next one, at its place in the audio. */
function takeMessage(
  state: SessionState,
  replay: Replay,
  came: string,
  compare: (recorded: RecordedEntry) => Difference | undefined,
): void {
  if (replay.mismatch !== undefined) return;
  const { script, audio, nextClient: index } = replay;
  if (index === undefined) {
    const found = {
      entry: script.count,
      line: script.lineOf(script.count - 1),
      expected: 'no further message',
      came,
    };
    fail(state, replay, found, { path: '', recorded: undefined, live: undefined });
    return;
  }
  const different = compare(script.entryAt(index));
  if (different !== undefined) {
    failAt(state, replay, index, came, different);
    return;
  }
  const place = script.samplesBefore(index);
  const isSync = script.kindOf(index) === 'sync';
  const mayBeEarly = !isSync && place - audio.position <= audio.slackSamples;
  if (!mayBeEarly && !audio.passOver(place)) {
    const missingMs = Math.ceil(((place - audio.position) * 1000) / script.rateHz);
    const why = `${missingMs} ms of audio are missing before it`;
    failAt(state, replay, index, came, { path: 'audio', recorded: place, live: audio.position, why });
    return;
  }
  if (isSync) audio.meet();
  replay.nextClient = script.next(index + 1, 'message', 'sync');
  replay.reachedMs = Math.max(replay.reachedMs, script.atMs(index));
  pump(state, replay);
}

function compareTexts(
  replay: Replay,
  recorded: RecordedEntry,
  event: JsonObject | undefined,
  text: string,
): Difference | undefined {
  if (recorded.kind === 'withheld') return undefined;
  if (recorded.kind !== 'text')
    return { path: '', recorded: recorded.kind, live: 'text', why: 'another kind' };
  const recordedText = replay.script.recording.textOf(recorded);
  const recordedEvent = parseMessage(recordedText);
  if (recordedEvent !== undefined && event !== undefined) return compareEvents(recordedEvent, event, replay);
  return recordedText === text
    ? undefined
    : { path: '', recorded: recordedText, live: text, why: 'another text' };
}

/** Sends everything of the server that is due. */
function pump(state: SessionState, replay: Replay): void {
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
      sendBytes(state, (entry as PayloadEntry).payload, 'bytes');
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
  const event = parseMessage(texts.join(''));
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

function failAt(
  state: SessionState,
  replay: Replay,
  index: number,
  came: string,
  different: Difference,
): void {
  const { script } = replay;
  const found = { entry: index + 1, line: script.lineOf(index), expected: describe(script, index), came };
  fail(state, replay, found, different);
}

/** The first difference ends the session: what follows it would only follow from it. */
function fail(
  state: SessionState,
  replay: Replay,
  found: Parameters<typeof mismatchOf>[0],
  different: Difference,
): void {
  const mismatch = mismatchOf(found, different);
  replay.mismatch = mismatch;
  note(state, 'replay-mismatch', { ...mismatch });
  closeSession(state, REPLAY_MISMATCH_CODE, closeReason(mismatch), true);
}

/** An entry in a few words. */
function describe(script: ReplayScript, index: number): string {
  const entry = script.entryAt(index);
  if (entry.kind !== 'text') return entry.kind === 'withheld' ? `a withheld ${entry.what}` : entry.kind;
  const texts = entry.parts.filter((part) => typeof part === 'string');
  return nameOf(parseMessage(texts.join('')));
}

function nameOf(event: JsonObject | undefined): string {
  const type = event === undefined ? undefined : valueAt(event, ['type']);
  return typeof type === 'string' ? type : 'a text that is no event';
}
