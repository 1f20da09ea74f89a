/**
 * How a replay has gone: whether it is complete, what is left over, in words. Must never change where a session is.
 */
import { type JsonObject, parseMessageObject, valueAt } from '../../protocol/json-object.js';
import type { ReplayScript } from '../../recordings/index.js';
import type { Replay } from './replay.js';
import type { ReplayLeftovers, SessionReplay } from './replay-mismatch.js';

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
  const wasComplete = replay.isComplete;
  const { leftovers } = replay;
  if (leftovers === undefined) return wasComplete ? undefined : { code: 'replay-complete', details: {} };
  return {
    code: 'replay-leftovers',
    details: { ...leftovers, ignored: replay.settings.leftovers === 'ignore' },
  };
}

/** What has not been exchanged, as things stand; undefined for nothing that would be missed. */
export function leftoversOf(replay: Replay): ReplayLeftovers | undefined {
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
  const first = describeEntry(script, entry);
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

/** An entry in a few words. */
export function describeEntry(script: ReplayScript, index: number): string {
  const entry = script.entryAt(index);
  if (entry.kind !== 'text') return entry.kind === 'withheld' ? `a withheld ${entry.what}` : entry.kind;
  const texts = entry.parts.filter((part) => typeof part === 'string');
  return nameOf(parseMessageObject(texts.join('')));
}

/** What to call a message of the client. */
export function nameOf(event: JsonObject | undefined): string {
  const type = event === undefined ? undefined : valueAt(event, ['type']);
  return typeof type === 'string' ? type : 'a text that is no event';
}
