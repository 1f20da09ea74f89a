/**
 * A session as tests and tools see it: what it is, what has happened, and how to reach into it while it runs. Types
 * only.
 */
import type { LiveHold, OneShotFault } from '../scenarios/index.js';
import type { LogEntry, TranscriptOptions } from '../session-log/index.js';
import type { SessionReplay } from './session/index.js';
import type { MessageMatch, SeenMessage, WaitOptions } from './session-waits.js';
import type { CloseCause } from './transport/connection.js';

/** How a session ended. */
export interface SessionClose {
  /** Absent when no close frame carried one. */
  readonly code: number | undefined;
  readonly reason: string;
  readonly by: CloseCause;
}

/** A hold that somebody has put on a running session. */
export interface SessionHold {
  /** Its number in this session's log. */
  readonly index: number;
  /** Whether it keeps its lane at the moment. */
  readonly isHolding: boolean;
  /** Lets its lane go on; does nothing when it is over or has not begun. */
  release(): void;
}

/** A session as tests and tools see it. */
export interface ServerSession {
  /** The session id of `session.created`. */
  readonly id: string;
  /** The model of the URL, else the one of the scenario; null when neither names one. */
  readonly model: string | null;
  /** The scenario's name, or null for the server's default behaviour. */
  readonly scenario: string | null;
  /** The connection's name or number: with the seed it decides everything random. */
  readonly connectionKey: string;
  /** Which connection of its scenario and name this is, from 1, refused attempts included. */
  readonly connection: number;
  readonly seed: number;
  /** Virtual milliseconds since the connection opened. */
  readonly nowMs: number;
  /** How it ended; undefined while it lasts. */
  readonly close: SessionClose | undefined;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<SessionClose>;
  /** How it follows the recording; undefined for a session that replays none. */
  readonly replay: SessionReplay | undefined;
  /** Everything that happened, oldest first; the oldest may have left memory. */
  readonly entries: readonly LogEntry[];
  /** The canonical transcript. @throws SoundstageError `E_TRANSCRIPT_TOO_LONG` */
  transcript(options?: TranscriptOptions): string;
  /** SHA-256 of the canonical transcript, 64 hex digits. */
  transcriptHash(): string;
  /**
   * Moves virtual time on by itself: idle close, session limit, proactive response.
   *
   * @param byMs a whole number of milliseconds, 0 or more
   * @throws SoundstageError `E_ADVANCE` on any other number
   */
  advance(byMs: number): void;
  /**
   * Resolves with a message of either side, at once if it has been seen already. Bounded by wall time, and by virtual
   * time when asked for; a failure says what was seen instead.
   *
   * @throws SoundstageError `E_WAIT` when it does not come in time, or the session ends before
   */
  waitFor(match: MessageMatch, options?: WaitOptions): Promise<SeenMessage>;
  /**
   * Sends a message that the service would not send: an event, which gets an `event_id` when it has none, or any text.
   *
   * @throws SoundstageError `E_SESSION_ENDED` when the connection is gone
   */
  inject(message: Readonly<Record<string, unknown>> | string): void;
  /**
   * Stops a lane, at once or after an event; it goes on when released, or as the hold itself says.
   *
   * @throws SoundstageError `E_SCENARIO` for a hold that is none, `E_SESSION_ENDED` when the connection is gone
   */
  hold(hold?: LiveHold): SessionHold;
  /**
   * Adds a fault: without `at` it strikes at once.
   *
   * @throws SoundstageError `E_SCENARIO` for a fault that is none, `E_SESSION_ENDED` when the connection is gone
   */
  fault(fault: OneShotFault): void;
  /** Closes the connection from the server's side. Default 1000 without a reason. */
  end(code?: number, reason?: string): void;
  /** Calls back with each entry from now on; the returned function ends that. */
  onEntry(listener: (entry: LogEntry) => void): () => void;
}
