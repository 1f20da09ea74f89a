/**
 * Waiting for a message of a session: what matches, until when, and what to say when it never comes. Must never wait
 * without a bound.
 */
import { parseJsonObject } from '../protocol/json-object.js';
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { matchesFields } from '../scenarios/index.js';
import type { LogEntry } from '../session-log/index.js';
import type { WallClock } from './wall-clock.js';

/** A message of either side that went over the wire. */
export interface SeenMessage {
  readonly from: 'client' | 'server';
  /** Its `type`, or empty where it has none. */
  readonly type: string;
  /** The parsed message; undefined where it is no JSON object. */
  readonly event: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
  /** Virtual milliseconds since the connection opened. */
  readonly atMs: number;
}

/** Which message: a type of either side, or more about it. */
export type MessageMatch =
  | string
  | {
      readonly event: string;
      readonly from?: 'client' | 'server';
      /** The n-th one, from 1. Default 1. */
      readonly nth?: number;
      /** Values of fields by path, such as `{ 'item.type': 'message' }`. */
      readonly where?: Readonly<Record<string, unknown>>;
    };

/** How long to wait. */
export interface WaitOptions {
  /** Wall milliseconds. Default `LIMITS.waitMs`. */
  readonly timeoutMs?: number;
  /** Virtual milliseconds from now: fails as soon as the session's clock has passed them. */
  readonly withinMs?: number;
  /** Ends the wait: nobody wants to know any more. */
  readonly signal?: AbortSignal;
}

const MOST_LISTED = 8;

/** What a wait needs of a session. */
export interface WatchedSession {
  readonly entries: readonly LogEntry[];
  readonly nowMs: number;
  readonly isOver: boolean;
  onEntry(listener: (entry: LogEntry) => void): () => void;
  /** Calls back when virtual time may have moved. */
  onTime(listener: () => void): () => void;
}

/** Resolves with the message, or rejects with `E_WAIT`. */
export function waitForMessage(
  session: WatchedSession,
  match: MessageMatch,
  options: WaitOptions,
  clock: WallClock,
): Promise<SeenMessage> {
  const wanted = typeof match === 'string' ? { event: match } : match;
  const { timeoutMs = LIMITS.waitMs, withinMs, signal } = options;
  const deadlineMs = withinMs === undefined ? undefined : session.nowMs + withinMs;
  return new Promise((resolve, reject) => {
    const wait = new Wait(wanted);
    const end = () => {
      stopListening();
      stopWatchingTime();
      stopTimer();
      signal?.removeEventListener('abort', giveUp);
    };
    const fail = (why: string) => {
      end();
      reject(wait.failure(why));
    };
    const giveUp = () => fail('it was given up');
    const look = (entry: LogEntry) => {
      const found = wait.see(entry);
      if (found !== undefined) {
        end();
        resolve(found);
      } else if (entry.kind === 'close')
        fail(`the connection ended before it came (${entry.by}, ${entry.code ?? 'no code'})`);
    };
    const stopListening = session.onEntry(look);
    const stopWatchingTime = session.onTime(() => {
      if (deadlineMs !== undefined && session.nowMs > deadlineMs)
        fail(`it did not come within ${withinMs} ms of virtual time`);
    });
    const stopTimer = clock.setTimer(timeoutMs, () => fail(`it did not come within ${timeoutMs} ms`));
    for (const entry of session.entries) {
      const found = wait.see(entry);
      if (found === undefined) continue;
      end();
      resolve(found);
      return;
    }
    if (session.isOver) fail('the connection ended before it came');
    else if (signal?.aborted === true) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
}

/** The message that an entry of the log holds, if it holds one that went out. */
export function seenMessage(entry: LogEntry): SeenMessage | undefined {
  if (entry.kind !== 'client' && entry.kind !== 'server') return undefined;
  const { text, atMs } = entry;
  if (text === undefined) return undefined;
  const event = parseJsonObject(text);
  const type = event?.['type'];
  return { from: entry.kind, type: typeof type === 'string' ? type : '', event, text, atMs };
}

class Wait {
  readonly #wanted: Exclude<MessageMatch, string>;
  readonly #seen: string[] = [];
  #matches = 0;

  constructor(wanted: Exclude<MessageMatch, string>) {
    this.#wanted = wanted;
  }

  see(entry: LogEntry): SeenMessage | undefined {
    const message = seenMessage(entry);
    if (message === undefined) return undefined;
    const { event, from, nth = 1, where } = this.#wanted;
    this.#seen.push(`${message.from === 'client' ? 'client ' : ''}${message.type}`);
    if (this.#seen.length > MOST_LISTED) this.#seen.shift();
    if (message.type !== event || (from !== undefined && from !== message.from)) return undefined;
    if (!matchesFields(message.event, where)) return undefined;
    this.#matches += 1;
    return this.#matches === nth ? message : undefined;
  }

  failure(why: string): SoundstageError {
    const { event, nth = 1 } = this.#wanted;
    const what = nth === 1 ? event : `${event} number ${nth}`;
    const seen = this.#seen.length === 0 ? 'nothing' : this.#seen.join(', ');
    const message = `Waiting for ${what} failed: ${why}. Last seen: ${seen}. Try a longer timeoutMs, or what was seen.`;
    return new SoundstageError('E_WAIT', message, { details: { ...this.#wanted, seen: [...this.#seen] } });
  }
}
