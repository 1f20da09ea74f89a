/**
 * What a client did that was not recorded, in words: for the log, the close frame and whoever asks. Must never hold a
 * whole message.
 */
import { describeValue } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { Difference } from './replay-compare.js';

/** The close code of a session whose client left the recording: a private one, and nobody else's. */
export const REPLAY_MISMATCH_CODE = 4409;

/** The first difference between a client and a recording. */
export interface ReplayMismatch {
  /** The entry it is about, from 1. */
  readonly entry: number;
  /** Its line in `events.jsonl`. */
  readonly line: number;
  /** What the recording has there, and what came, in a few words. */
  readonly expected: string;
  readonly came: string;
  /** Keys and positions with dots between them; empty where whole messages differ. */
  readonly path: string;
  /** Both values at the path as JSON, shortened; `nothing` where there is none. */
  readonly recorded: string;
  readonly live: string;
  /** All of it in one text. */
  readonly message: string;
}

/** What was not exchanged when a session ended. */
export interface ReplayLeftovers {
  /** Messages of the client that were recorded and did not come. */
  readonly clientMessages: number;
  /** Entries of the server that were not due. */
  readonly serverEntries: number;
  /** Audio of the client that did not come and is more than silence within the slack, in milliseconds. */
  readonly audioMs: number;
  /** The first entry of them, from 1, and what it is. */
  readonly entry: number;
  readonly first: string;
  /** All of it in one text. */
  readonly message: string;
}

/** How a replay has gone so far. */
export interface SessionReplay {
  /** The recording's folder or file. */
  readonly recording: string;
  /** No mismatch; once the session is over, no leftovers either unless they are ignored. */
  readonly ok: boolean;
  /** Whether everything recorded has been exchanged. */
  readonly isComplete: boolean;
  readonly mismatch?: ReplayMismatch;
  readonly leftovers?: ReplayLeftovers;
}

/** Puts a mismatch into words. */
export function mismatchOf(
  found: Pick<ReplayMismatch, 'entry' | 'line' | 'expected' | 'came'>,
  { path, recorded, live, why }: Difference,
): ReplayMismatch {
  const shown = { path, recorded: shownValue(recorded), live: shownValue(live) };
  const { entry, line, expected, came } = found;
  const where = path === '' ? '' : ` at ${path}`;
  const values =
    path === ''
      ? ''
      : `: recorded ${shown.recorded}, here ${shown.live}${why === undefined ? '' : ` (${why})`}`;
  const reason = path === '' && why !== undefined ? `: ${why}` : '';
  const message = `entry ${entry} (line ${line}): expected ${expected}, got ${came}; they differ${where}${values}${reason}`;
  return { entry, line, expected, came, ...shown, message };
}

/** The reason of the close frame: at most 123 bytes, cut between characters. */
export function closeReason({ entry, path, came }: ReplayMismatch): string {
  return cutToBytes(`soundstage: replay mismatch at entry ${entry}: ${path === '' ? came : path}`);
}

function cutToBytes(text: string): string {
  const utf8 = new TextEncoder();
  const characters = [...text];
  let sizeBytes = 0;
  const kept = characters.filter((character) => {
    sizeBytes += utf8.encode(character).length;
    return sizeBytes <= LIMITS.closeReasonBytes;
  });
  return kept.join('');
}

function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'string' && value.length > 100_000 ? describeValue(value) : JSON.stringify(value);
  const most = LIMITS.replayShownChars;
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
