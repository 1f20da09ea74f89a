/**
 * Brings real time to a session as far as its clock policy wants any: `paced` follows it, `media` falls back to
 * it when no audio comes, `auto` ignores it. Must never decide what happens, only when it is told.
 */
import { LIMITS } from '../protocol/limits.js';
import {
  isHolding,
  nextDueMs,
  type SessionInput,
  type SessionState,
  waitsForAudio,
} from './session/index.js';
import type { WallClock } from './wall-clock.js';

export interface ClockDriverOptions {
  readonly wallClock: WallClock;
  /** Virtual milliseconds per wall millisecond on a `paced` clock and in a free run. */
  readonly paceFactor: number;
  readonly mediaGraceMs: number;
  readonly holdWatchdogMs: number;
  /** Feeds an input to the session. */
  readonly feed: (input: SessionInput) => void;
  /** Told when a `media` clock begins to run by itself. */
  readonly onFreeRun: () => void;
}

/** The real-time side of one session. */
export class ClockDriver {
  readonly #state: SessionState;
  readonly #options: ClockDriverOptions;
  readonly #startedAtMs: number;
  /** Where the wall clock stood when the free run began; undefined while audio drives the clock. */
  #freeRunSinceMs: number | undefined;
  /** Virtual time handed over in this free run. */
  #freeRunGivenMs = 0;
  #cancelTick: (() => void) | undefined;
  #cancelWatchdog: (() => void) | undefined;

  constructor(state: SessionState, options: ClockDriverOptions) {
    this.#state = state;
    this.#options = options;
    this.#startedAtMs = options.wallClock.nowMs();
  }

  /** Brings a `paced` session up to now; call before a client's message is fed. */
  beforeInput(): void {
    if (this.#isPaced()) this.#catchUp();
    this.#freeRunSinceMs = undefined;
  }

  /** Arms the timers that the session needs after an input. */
  afterInput(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#watchHolds();
    if (this.#isPaced()) this.#tickIn(nextDueMs(this.#state));
    else if (waitsForAudio(this.#state)) {
      if (this.#freeRunSinceMs === undefined) this.#waitForAudio();
      else this.#tickIn(nextDueMs(this.#state, 'work'));
    }
  }

  /** Ends all timers, for good. */
  stop(): void {
    this.#cancelTick?.();
    this.#cancelWatchdog?.();
  }

  #isPaced(): boolean {
    return this.#state.options.clock === 'paced';
  }

  #tickIn(virtualMs: number | undefined): void {
    if (virtualMs === undefined) return;
    const { wallClock, paceFactor } = this.#options;
    this.#cancelTick = wallClock.setTimer(Math.ceil(virtualMs / paceFactor), () => {
      this.#cancelTick = undefined;
      this.#catchUp();
      this.afterInput();
    });
  }

  #waitForAudio(): void {
    const { wallClock, mediaGraceMs, onFreeRun } = this.#options;
    this.#cancelTick = wallClock.setTimer(mediaGraceMs, () => {
      this.#cancelTick = undefined;
      this.#freeRunSinceMs = wallClock.nowMs();
      this.#freeRunGivenMs = 0;
      onFreeRun();
      this.afterInput();
    });
  }

  /** Hands over the virtual time that the wall clock is ahead. */
  #catchUp(): void {
    const { wallClock, paceFactor, feed } = this.#options;
    const nowMs = wallClock.nowMs();
    if (this.#freeRunSinceMs !== undefined) {
      const dueMs = Math.floor((nowMs - this.#freeRunSinceMs) * paceFactor);
      const byMs = dueMs - this.#freeRunGivenMs;
      this.#freeRunGivenMs = dueMs;
      if (byMs > 0) feed({ kind: 'advance', byMs });
      return;
    }
    const byMs = Math.floor((nowMs - this.#startedAtMs) * paceFactor) - this.#state.queue.nowMs;
    if (byMs > 0) feed({ kind: 'advance', byMs });
  }

  #watchHolds(): void {
    const holding = isHolding(this.#state);
    if (!holding) {
      this.#cancelWatchdog?.();
      this.#cancelWatchdog = undefined;
      return;
    }
    this.#cancelWatchdog ??= this.#options.wallClock.setTimer(this.#options.holdWatchdogMs, () => {
      this.#cancelWatchdog = undefined;
      this.#options.feed({ kind: 'hold-watchdog' });
    });
  }
}

/** Defaults of the waits that are measured in wall time. */
export const CLOCK_DEFAULTS = {
  paceFactor: 1,
  mediaGraceMs: LIMITS.mediaGraceMs,
  holdWatchdogMs: LIMITS.holdWatchdogMs,
} as const;
