/**
 * What the client of a replay does, compared with what was recorded: its messages in their order, its audio as one
 * stream, each at its place in the other. Must never answer.
 */
import { type JsonObject, parseMessageObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import {
  appendExtras,
  audioOfAppend,
  compareTargets,
  modelOf,
  type RecordedEntry,
} from '../../recordings/index.js';
import { closeSession, note } from './outbox.js';
import type { Replay } from './replay.js';
import type { AudioDifference } from './replay-audio.js';
import { compareEvents, type Difference } from './replay-compare.js';
import { closeReason, mismatchOf, REPLAY_MISMATCH_CODE } from './replay-mismatch.js';
import { describeEntry, nameOf } from './replay-outcome.js';
import { sendDue } from './replay-send.js';
import type { SessionState } from './state.js';

/** Ids and spaces may make a message a little longer or shorter. */
const WITHHELD_SIZE_SLACK = 256;

/** The connection stands: the client must have asked for what was recorded. */
export function openReplay(state: SessionState, replay: Replay): void {
  const { upgrade } = replay.script;
  note(state, 'replay-started', { recording: replay.script.recording.name });
  const different = upgrade === undefined ? undefined : compareUpgrades(state, upgrade.target);
  if (different !== undefined && !replay.ignored.has([different.path])) {
    const line = replay.script.lineOf(0);
    const found = { entry: 1, line, expected: 'the recorded URL', came: 'another URL' };
    fail(state, replay, found, different);
    return;
  }
  sendDue(state, replay);
}

function compareUpgrades({ options, model }: SessionState, recorded: string): Difference | undefined {
  if (options.target !== undefined) return compareTargets(recorded, options.target);
  const asked = modelOf(recorded);
  return asked === model.requested
    ? undefined
    : { path: 'model', recorded: asked ?? undefined, live: model.requested ?? undefined };
}

/** Takes a text message of the client. */
export function takeReplayText(state: SessionState, replay: Replay, text: string): void {
  const event = parseMessageObject(text);
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
          : ({ what: 'late' } as const);
  if (problem === undefined) sendDue(state, replay);
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
  const recorded = entry?.kind === 'text' ? parseMessageObject(script.recording.textOf(entry)) : undefined;
  const type = event['type'];
  return compareEvents({ ...appendExtras(recorded ?? {}), type }, { ...live, type }, { ids, ignored });
}

function failAudio(state: SessionState, replay: Replay, problem: AudioDifference): void {
  const { audio, script, nextClient } = replay;
  // Behind the end of what may come now, what is wrong is that the next message has not come.
  const isOver = problem.what === 'late' || (problem.what === 'sample' && problem.recorded === undefined);
  const index = isOver ? (nextClient ?? script.count - 1) : (script.appendAt(audio.position) ?? 0);
  const slackMs = Math.round((audio.slackSamples * 1000) / script.rateHz);
  const at = `sample ${audio.position} of the client's audio`;
  const why = {
    sample: at,
    slack: `more than ${slackMs} ms of silence (audioSlackMs) are missing or extra at ${at}`,
    late: `it has not come ${slackMs} ms (audioSlackMs) behind its place, at ${at}`,
  }[problem.what];
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
  sendDue(state, replay);
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
  const recordedEvent = parseMessageObject(recordedText);
  if (recordedEvent !== undefined && event !== undefined) return compareEvents(recordedEvent, event, replay);
  return recordedText === text
    ? undefined
    : { path: '', recorded: recordedText, live: text, why: 'another text' };
}

function failAt(
  state: SessionState,
  replay: Replay,
  index: number,
  came: string,
  different: Difference,
): void {
  const { script } = replay;
  const found = {
    entry: index + 1,
    line: script.lineOf(index),
    expected: describeEntry(script, index),
    came,
  };
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
