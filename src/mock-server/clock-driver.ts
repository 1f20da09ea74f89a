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
  waitsForReplaySilence,
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
  /** Where the wall clock stood when virtual time began to follow it; undefined while it does not. */
  #followingSinceMs: number | undefined;
  /** Virtual time handed over since then. */
  #givenMs = 0;
  /** Samples heard up to the last look: audio, and nothing else, ends a free run. */
  #heardSamples = 0;
  #isStopped = false;
  #cancelTick: (() => void) | undefined;
  #cancelWatchdog: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;

  constructor(state: SessionState, options: ClockDriverOptions) {
    this.#state = state;
    this.#options = options;
    if (this.#isPaced()) this.#follow();
  }

  /** Brings a session that follows the wall clock up to now; call before a client's message is fed. */
  beforeInput(): void {
    if (this.#followingSinceMs !== undefined) this.#catchUp();
  }

  /** Arms the timers that the session needs after an input. */
  afterInput(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    if (this.#isStopped) return;
    this.#watchHolds();
    if (this.#heardAudio() && !this.#isPaced()) this.#followingSinceMs = undefined;
    if (this.#isPaced()) this.#tickIn(nextDueMs(this.#state));
    else if (waitsForAudio(this.#state)) {
      if (this.#followingSinceMs === undefined) this.#waitForAudio();
      else this.#tickIn(nextDueMs(this.#state, 'work'));
    }
    this.#watchSilence();
  }

  /** Ends all timers, for good. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTick?.();
    this.#cancelWatchdog?.();
    this.#cancelSilence?.();
  }

  /** Whether audio has come since this was last asked. */
  #heardAudio(): boolean {
    const { totalSamples } = this.#state.input;
    const isMore = totalSamples > this.#heardSamples;
    this.#heardSamples = totalSamples;
    return isMore;
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
      this.#follow();
      onFreeRun();
      this.afterInput();
    });
  }

  #follow(): void {
    this.#followingSinceMs = this.#options.wallClock.nowMs();
    this.#givenMs = 0;
  }

  /** Hands over the virtual time that the wall clock is ahead. */
  #catchUp(): void {
    if (this.#followingSinceMs === undefined) return;
    const { wallClock, paceFactor, feed } = this.#options;
    const dueMs = Math.floor((wallClock.nowMs() - this.#followingSinceMs) * paceFactor);
    const byMs = dueMs - this.#givenMs;
    if (byMs <= 0) return;
    this.#givenMs = dueMs;
    feed({ kind: 'advance', byMs });
  }

  /** A client that need not send the rest of its silence must not wait for ever for what follows it. */
  #watchSilence(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    if (!waitsForReplaySilence(this.#state)) return;
    const { wallClock, mediaGraceMs, feed } = this.#options;
    this.#cancelSilence = wallClock.setTimer(mediaGraceMs, () => {
      this.#cancelSilence = undefined;
      feed({ kind: 'replay-silence' });
      this.afterInput();
    });
  }

  #watchHolds(): void {
    if (!isHolding(this.#state)) {
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
