/**
 * One session on one connection: feeds what arrives to the reducer, carries out what comes back and keeps the
 * log. It is also what a test sees of a session. Must never decide what the service answers.
 */
import { SoundstageError } from '../protocol/index.js';
import {
  ClientBytesEntry,
  type LogEntry,
  type NoteCode,
  type NoteEntry,
  ServerAudioEntry,
  SessionLog,
  type TranscriptOptions,
} from '../session-log/index.js';
import { ClockDriver, type ClockDriverOptions } from './clock-driver.js';
import { createNodeSha256 } from './node-sha256.js';
import {
  createSession,
  type SessionInput,
  type SessionOperation,
  type SessionOptions,
  type SessionState,
  step,
  unreachedHolds,
} from './session/index.js';
import type { CloseCause, Connection, ConnectionHandler } from './transport/connection.js';

/** How a session ended. */
export interface SessionClose {
  /** Absent when no close frame carried one. */
  readonly code: number | undefined;
  readonly reason: string;
  readonly by: CloseCause;
}

/** A session as tests and tools see it. */
export interface ServerSession {
  /** The session id of `session.created`. */
  readonly id: string;
  /** The model of the URL; null when it named none. */
  readonly model: string | null;
  /** The scenario's name, or null for the server's default behaviour. */
  readonly scenario: string | null;
  /** The connection's name or number: with the seed it decides everything random. */
  readonly connectionKey: string;
  readonly seed: number;
  /** How it ended; undefined while it lasts. */
  readonly close: SessionClose | undefined;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<SessionClose>;
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
}

/** What a session needs from the server. */
export interface ServerSessionOptions {
  readonly session: SessionOptions;
  readonly scenario: string | null;
  readonly target: string;
  readonly malformedUrl: boolean;
  readonly logBudgetBytes: number;
  readonly driver: Omit<ClockDriverOptions, 'feed' | 'onFreeRun'>;
  /** Called once when the connection has ended. */
  readonly onEnd: () => void;
}

/** The server's side of one connection. */
export class RunningSession implements ServerSession, ConnectionHandler {
  readonly closed: Promise<SessionClose>;
  readonly #options: ServerSessionOptions;
  readonly #state: SessionState;
  readonly #log: SessionLog;
  readonly #driver: ClockDriver;
  readonly #connection: Connection;
  #resolveClosed: (close: SessionClose) => void = () => {};
  #close: SessionClose | undefined;
  /** When the session asked for its end: the rest of an append still moves the clock. */
  #closedAtMs: number | undefined;

  constructor(connection: Connection, options: ServerSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#state = createSession(options.session);
    this.#log = new SessionLog({ budgetBytes: options.logBudgetBytes, createHash: createNodeSha256 });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#driver = new ClockDriver(this.#state, {
      ...options.driver,
      feed: (input) => this.#feed(input),
      onFreeRun: () => this.#note('clock-free-run', {}),
    });
    this.#log.append({ kind: 'open', atMs: 0, target: options.target, model: options.session.model });
    if (options.malformedUrl) this.#note('malformed-url', { target: options.target });
    this.#feed({ kind: 'open' });
    this.#driver.afterInput();
  }

  get id(): string {
    return this.#state.id;
  }

  get model(): string | null {
    return this.#options.session.model;
  }

  get scenario(): string | null {
    return this.#options.scenario;
  }

  get connectionKey(): string {
    return this.#options.session.connectionKey;
  }

  get seed(): number {
    return this.#options.session.seed;
  }

  get close(): SessionClose | undefined {
    return this.#close;
  }

  get entries(): readonly LogEntry[] {
    return this.#log.entries;
  }

  transcript(options?: TranscriptOptions): string {
    return this.#log.transcript(options);
  }

  transcriptHash(): string {
    return this.#log.transcriptHash();
  }

  advance(byMs: number): void {
    if (!Number.isSafeInteger(byMs) || byMs < 0) {
      throw new SoundstageError(
        'E_ADVANCE',
        `Cannot advance the clock by ${byMs}: virtual time is whole milliseconds and never goes back. Try 1000.`,
      );
    }
    this.#takeInput({ kind: 'advance', byMs });
  }

  onText(text: string): void {
    if (this.#state.phase === 'closing') return;
    this.#driver.beforeInput();
    this.#log.append(clientEntry(this.#state.queue.nowMs, text));
    this.#takeInput({ kind: 'text', text });
  }

  onBinary(sizeBytes: number): void {
    if (this.#state.phase === 'closing') return;
    this.#driver.beforeInput();
    this.#log.append({ kind: 'client-binary', atMs: this.#state.queue.nowMs, sizeBytes });
    this.#takeInput({ kind: 'binary', sizeBytes });
  }

  onClose(code: number | undefined, reason: string, how: CloseCause): void {
    this.#driver.stop();
    for (const details of unreachedHolds(this.#state)) this.#note('hold-unreached', details);
    this.#close = { code, reason, by: how };
    const atMs = this.#closedAtMs ?? this.#state.queue.nowMs;
    this.#log.append({ kind: 'close', atMs, by: how, code, reason });
    this.#resolveClosed(this.#close);
    this.#options.onEnd();
  }

  #takeInput(input: SessionInput): void {
    if (this.#close !== undefined) return;
    this.#feed(input);
    this.#driver.afterInput();
  }

  #feed(input: SessionInput): void {
    for (const operation of step(this.#state, input)) this.#carryOut(operation);
  }

  #carryOut(operation: SessionOperation): void {
    const { atMs } = operation;
    if (operation.op === 'send') {
      const { text, pieces, audio } = operation;
      this.#log.append(
        audio === undefined
          ? { kind: 'server', atMs, text, intended: text, disposition: 'forwarded' }
          : new ServerAudioEntry(atMs, audio),
      );
      this.#connection.sendText(pieces ?? text);
    } else if (operation.op === 'close') {
      this.#driver.stop();
      this.#closedAtMs = atMs;
      const { truncateCloseReason } = this.#state.quirks;
      this.#connection.close(operation.code, operation.reason, { truncateReason: truncateCloseReason });
    } else {
      this.#log.append({ kind: 'note', atMs, code: operation.code, details: operation.details });
    }
  }

  #note(code: NoteCode, details: NoteEntry['details']): void {
    this.#log.append({ kind: 'note', atMs: this.#state.queue.nowMs, code, details });
  }
}

/** Client messages longer than this are kept as bytes. */
const LONG_TEXT_CHARS = 1_024;

function clientEntry(atMs: number, text: string): LogEntry {
  return text.length > LONG_TEXT_CHARS
    ? new ClientBytesEntry(atMs, Buffer.from(text))
    : { kind: 'client', atMs, text };
}
