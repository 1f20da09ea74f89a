/**
 * A recording followed strictly in place of the simulation: where a session is in it. Data only; what the client sends
 * is judged in replay-take.ts, what the server sends comes from replay-send.ts. Must never keep an entry.
 */
import { openRandomStream } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { ReplayScript } from '../../recordings/index.js';
import { ReplayAudio } from './replay-audio.js';
import { IgnoredPaths } from './replay-compare.js';
import { ReplayIds } from './replay-ids.js';
import type { ReplayLeftovers, ReplayMismatch } from './replay-mismatch.js';

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
  /** A recorded pause before the next entry of the server has not passed. */
  isPausing: boolean;
  /** The pause before that entry has passed. */
  hasPaused: boolean;
  /** Responses by their recorded ids, numbered from 1. */
  readonly responses: Map<string, number>;
  /** User turns that have begun. */
  turns: number;
  isSpeaking: boolean;
  /** The log says already that all of it was exchanged. */
  isComplete: boolean;
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
    isPausing: false,
    hasPaused: false,
    responses: new Map(),
    turns: 0,
    isSpeaking: false,
    isComplete: false,
    mismatch: undefined,
    leftovers: undefined,
  };
}
