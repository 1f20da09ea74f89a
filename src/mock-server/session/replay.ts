/**
 * A recording followed strictly in place of the simulation: the client must send what was recorded, and the server's
 * messages follow where they did. Must never answer by itself, and never keep more than one entry.
 */
import { openRandomStream } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { modelOf, type ReplayScript } from '../../recordings/index.js';
import { note } from './outbox.js';
import { ReplayAudio } from './replay-audio.js';
import { IgnoredPaths } from './replay-compare.js';
import { ReplayIds } from './replay-ids.js';
import type { ReplayLeftovers, ReplayMismatch } from './replay-mismatch.js';
import { fail } from './replay-outcome.js';
import { pump } from './replay-send.js';
import type { SessionState } from './state.js';

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
