/**
 * One session on one connection: feeds what arrives to the reducer, carries out what comes back and keeps the
 * log. It is also what a test sees of a session. Must never decide what the service answers.
 */
import { makeId, openRandomStream, type RandomStream, SoundstageError } from '../protocol/index.js';
import { type LiveHold, type OneShotFault, readLiveHold, readOneShotFault } from '../scenarios/index.js';
import type { LogEntry, NoteCode, NoteEntry, TranscriptOptions } from '../session-log/index.js';
import { type CarryOutTarget, carryOut } from './carry-out.js';
import { ClockDriver, type ClockDriverOptions } from './clock-driver.js';
import type { ServerSession, SessionClose, SessionHold } from './server-session.js';
import {
  createSession,
  endReplay,
  isHolding,
  nextDueMs,
  replayReport,
  type SessionInput,
  type SessionOptions,
  type SessionReplay,
  type SessionState,
  step,
  takeWithheld,
  unfiredFaults,
  unreachedHolds,
} from './session/index.js';
import { sessionEnded } from './session-ended.js';
import { SessionRecord } from './session-record.js';
import { type MessageMatch, type SeenMessage, type WaitOptions, waitForMessage } from './session-waits.js';
import type { CloseCause, Connection, ConnectionHandler } from './transport/connection.js';
import { guardedClock } from './wall-clock.js';

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

/** How much of what somebody outside wants is told in the log. */
const LOGGED_CHARS = 500;

/** The server's side of one connection. */
export class RunningSession implements ServerSession, ConnectionHandler {
  readonly closed: Promise<SessionClose>;
  readonly #options: ServerSessionOptions;
  readonly #state: SessionState;
  readonly #record: SessionRecord;
  readonly #target: CarryOutTarget;
  readonly #driver: ClockDriver;
  readonly #timeListeners = new Set<() => void>();
  /** Draws ids for what is injected from outside, so that the service's own stay what they were. */
  #injectedIds: RandomStream | undefined;
  #resolveClosed: (close: SessionClose) => void = () => {};
  #close: SessionClose | undefined;
  /** Something was thrown inside: what would come next is anybody's guess. */
  #hasFailed = false;
  /** When the session asked for its end: the rest of an append still moves the clock. */
  #closedAtMs: number | undefined;

  constructor(connection: Connection, options: ServerSessionOptions) {
    this.#options = options;
    this.#state = createSession(options.session);
    this.#record = new SessionRecord(options.logBudgetBytes);
    this.#target = {
      connection,
      record: this.#record,
      truncatesReasons: this.#state.quirks.truncateCloseReason,
      onEnding: (atMs) => {
        this.#driver.stop();
        this.#closedAtMs = atMs;
      },
    };
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#driver = new ClockDriver(this.#state, {
      ...options.driver,
      wallClock: guardedClock(options.driver.wallClock, (error) => {
        this.#halt(error);
        connection.fail(error);
      }),
      feed: (input) => this.#feed(input),
      onFreeRun: () => this.#note('clock-free-run', {}),
    });
    this.#record.append({ kind: 'open', atMs: 0, target: options.target, model: options.session.model });
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

  get connection(): number {
    return this.#options.session.connection ?? 1;
  }

  get nowMs(): number {
    return this.#state.queue.nowMs;
  }

  get isOver(): boolean {
    return this.#close !== undefined;
  }

  /** Whether nothing that is fed to the session has an effect any more. */
  get isEnding(): boolean {
    return this.isOver || this.#hasFailed || this.#state.phase === 'closing';
  }

  /** Where virtual time stands, and what it waits for. */
  get clock() {
    return {
      clock: this.#options.session.clock,
      nowMs: this.nowMs,
      isHolding: isHolding(this.#state),
      nextWorkMs: nextDueMs(this.#state, 'work'),
      nextPatienceMs: nextDueMs(this.#state, 'patience'),
    };
  }

  get seed(): number {
    return this.#options.session.seed;
  }

  get close(): SessionClose | undefined {
    return this.#close;
  }

  get replay(): SessionReplay | undefined {
    return this.#state.replay === undefined ? undefined : replayReport(this.#state.replay);
  }

  get entries(): readonly LogEntry[] {
    return this.#record.log.entries;
  }

  transcript(options?: TranscriptOptions): string {
    return this.#record.log.transcript(options);
  }

  transcriptHash(): string {
    return this.#record.log.transcriptHash();
  }

  advance(byMs: number): void {
    if (!Number.isSafeInteger(byMs) || byMs < 0) {
      throw new SoundstageError(
        'E_ADVANCE',
        `Cannot advance the clock by ${byMs}: virtual time is whole milliseconds and never goes back. Try 1000.`,
      );
    }
    this.#fromOutside(() => this.#takeInput({ kind: 'advance', byMs }));
  }

  waitFor(match: MessageMatch, options: WaitOptions = {}): Promise<SeenMessage> {
    return waitForMessage(this, match, options, this.#options.driver.wallClock);
  }

  inject(message: Readonly<Record<string, unknown>> | string): void {
    const text = typeof message === 'string' ? message : this.#named(message);
    this.#control('inject', { kind: 'inject', text });
  }

  hold(hold: LiveHold = {}): SessionHold {
    const checked = readLiveHold(hold);
    const index = this.#state.holds.all.length;
    this.#control('hold', { kind: 'hold', hold: checked });
    const phase = () => this.#state.holds.all[index]?.phase;
    return {
      index,
      get isHolding() {
        return phase() === 'holding';
      },
      release: () => this.releaseHold(index),
    };
  }

  /** Lets go of any hold of the session by its number; true when it kept its lane. */
  releaseHold(index: number): boolean {
    if (this.isEnding || this.#state.holds.all[index]?.phase !== 'holding') return false;
    this.#control('release-hold', { kind: 'release-hold', hold: index });
    return true;
  }

  /** Every hold of the session and where it is. */
  get holds() {
    return this.#state.holds.all.map(({ index, hold, lane, phase }) => ({ index, lane, phase, hold }));
  }

  /** What the log weighs. */
  get logBytes(): number {
    return this.#record.log.sizeBytes;
  }

  fault(fault: OneShotFault): void {
    this.#control('fault', { kind: 'fault', fault: readOneShotFault(fault) });
  }

  end(code = 1000, reason = ''): void {
    this.#control('close', { kind: 'close', code, reason });
  }

  onEntry(listener: (entry: LogEntry) => void): () => void {
    return this.#record.onEntry(listener);
  }

  /** Calls back after everything that may have moved virtual time. */
  onTime(listener: () => void): () => void {
    this.#timeListeners.add(listener);
    return () => this.#timeListeners.delete(listener);
  }

  onText(text: string): void {
    if (this.#state.phase === 'closing') return;
    this.#driver.beforeInput();
    this.#record.clientText(this.nowMs, text);
    this.#takeInput({ kind: 'text', text });
  }

  onBinary(sizeBytes: number): void {
    if (this.#state.phase === 'closing') return;
    this.#driver.beforeInput();
    this.#record.append({ kind: 'client-binary', atMs: this.nowMs, sizeBytes });
    this.#takeInput({ kind: 'binary', sizeBytes });
  }

  onClose(code: number | undefined, reason: string, how: CloseCause): void {
    this.#driver.stop();
    try {
      for (const kept of takeWithheld(this.#state)) carryOut(kept, this.#target);
      for (const details of unreachedHolds(this.#state)) this.#note('hold-unreached', details);
      const ended = this.#state.replay === undefined ? undefined : endReplay(this.#state.replay);
      if (ended !== undefined) this.#note(ended.code, ended.details);
      for (const details of unfiredFaults(this.#state)) this.#note('fault-unfired', details);
    } finally {
      // Over is over, whatever those who follow the log throw.
      this.#close = { code, reason, by: how };
      this.#resolveClosed(this.#close);
      this.#options.onEnd();
      const atMs = this.#closedAtMs ?? this.nowMs;
      this.#record.append({ kind: 'close', atMs, by: how, code, reason });
    }
  }

  #takeInput(input: SessionInput): void {
    if (this.isOver || this.#hasFailed) return;
    this.#feed(input);
    this.#driver.afterInput();
  }

  #feed(input: SessionInput): void {
    try {
      for (const operation of step(this.#state, input)) carryOut(operation, this.#target);
      for (const listener of this.#timeListeners) listener();
    } catch (error) {
      this.#halt(error);
      throw error;
    }
  }

  /** What is done from outside the connection, which ends itself by what its handler throws. */
  #fromOutside(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#target.connection.fail(error);
      throw error;
    }
  }

  /** Something was thrown inside: nothing has an effect any more. */
  #halt(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#driver.stop();
    try {
      this.#note('session-failed', { error: String(error).slice(0, LOGGED_CHARS) });
    } catch {
      // Whoever follows the log has the entry, and may be the one who throws.
    }
  }

  /** Feeds what somebody outside wants, under a remark that says so. */
  #control(what: string, input: SessionInput): void {
    if (this.isEnding) throw sessionEnded(what, this.id);
    const { kind: _kind, ...wanted } = input;
    this.#fromOutside(() => {
      this.#driver.beforeInput();
      this.#note('control', { what, wanted: JSON.stringify(wanted).slice(0, LOGGED_CHARS) });
      this.#takeInput(input);
    });
  }

  #named(event: Readonly<Record<string, unknown>>): string {
    if (Object.hasOwn(event, 'event_id')) return JSON.stringify(event);
    this.#injectedIds ??= openRandomStream(this.seed, 'faults', `${this.connectionKey}/injected`);
    return JSON.stringify({ event_id: makeId('event', this.#injectedIds), ...event });
  }

  #note(code: NoteCode, details: NoteEntry['details']): void {
    this.#record.note(this.nowMs, code, details);
  }
}
