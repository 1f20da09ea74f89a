/**
 * How a replay goes: the first difference, which ends it, and what is left over at the end. Must never forgive anything.
 */
import { type JsonObject, parseMessageObject, valueAt } from '../../protocol/json-object.js';
import type { ReplayScript, ScriptKind } from '../../recordings/index.js';
import { closeSession, note } from './outbox.js';
import type { Replay } from './replay.js';
import type { Difference } from './replay-compare.js';
import {
  closeReason,
  mismatchOf,
  REPLAY_MISMATCH_CODE,
  type ReplayLeftovers,
  type SessionReplay,
} from './replay-mismatch.js';
import type { SessionState } from './state.js';

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

function countFrom(script: ReplayScript, from: number | undefined, ...kinds: readonly ScriptKind[]): number {
  let count = 0;
  for (let index = from; index !== undefined; index = script.next(index + 1, ...kinds)) count += 1;
  return count;
}

export function failAt(
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
export function fail(
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
  return nameOf(parseMessageObject(texts.join('')));
}

export function nameOf(event: JsonObject | undefined): string {
  const type = event === undefined ? undefined : valueAt(event, ['type']);
  return typeof type === 'string' ? type : 'a text that is no event';
}
