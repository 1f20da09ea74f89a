/**
 * The passing of virtual time: which timers fire when audio, wall time or a jump moves the clock. There is no
 * second place where the order of timers is decided.
 */
import { samplesToMs } from '../../media/index.js';
import { fire } from './fire-timer.js';
import type { SessionState } from './state.js';
import { countStep } from './step-limit.js';
import { nextTimer, removeTimer, type Timer, waitMs } from './timers.js';

/**
 * Moves the clock to a position of the audio. Timers due exactly there stay: whatever the client does at that
 * moment goes first. On a `paced` clock audio does not move time.
 */
export function advanceAudio(state: SessionState, position: number): void {
  const { input, settings, options } = state;
  const rate = settings.input.sampleRateHz;
  const byMs = samplesToMs(position, rate) - samplesToMs(input.clockedSamples, rate);
  input.clockedSamples = position;
  if (options.clock !== 'paced') advance(state, byMs, false);
}

/** Moves the clock by itself; timers due exactly at the end fire. */
export function advanceTime(state: SessionState, byMs: number): void {
  advance(state, byMs, true);
}

/** On a clock that jumps, runs everything that work is waiting for, as if no time had to pass. */
export function settleIfJumping(state: SessionState): void {
  if (!jumps(state)) return;
  for (;;) {
    const work = nextTimer(state.queue, 'work');
    if (work === undefined) return;
    const moment = nextTimer(state.queue, 'moment');
    const isFirst = moment !== undefined && waitMs(state.queue, moment) <= waitMs(state.queue, work);
    const timer = isFirst ? moment : work;
    state.queue.nowMs += waitMs(state.queue, timer);
    take(state, timer);
  }
}

/** Lets the moments pass that time has reached already. */
export function passMoments(state: SessionState): void {
  for (;;) {
    const moment = nextTimer(state.queue, 'moment');
    if (moment === undefined || waitMs(state.queue, moment) > 0) return;
    take(state, moment);
  }
}

/** `auto` always jumps; `media` only while no audio drives it: in manual mode, and in a sequence that listens to none. */
export function jumps(state: SessionState): boolean {
  const { clock } = state.options;
  if (clock !== 'media') return clock === 'auto';
  return state.settings.turnDetection === null || state.verbatim !== undefined || state.replay !== undefined;
}

function advance(state: SessionState, byMs: number, includingEnd: boolean): void {
  let remainingMs = byMs;
  for (;;) {
    const timer = nextTimer(state.queue);
    if (timer === undefined) break;
    const wait = waitMs(state.queue, timer);
    if (wait > remainingMs || (wait === remainingMs && !includingEnd)) break;
    move(state, wait);
    remainingMs -= wait;
    take(state, timer);
  }
  move(state, remainingMs);
}

function move(state: SessionState, byMs: number): void {
  state.queue.nowMs += byMs;
  state.queue.patienceMs += byMs;
}

function take(state: SessionState, timer: Timer): void {
  removeTimer(state.queue, timer);
  fire(state, timer.action);
  countStep(state);
}
