/**
 * The one queue of everything that is due later. Order is (due time, kind, arrival). It holds data, never
 * callbacks, so that what will happen can be read off the state.
 */

/** Lanes a hold can queue; `none` is never held. */
export type TimerLane = 'response' | 'transcription' | 'none';

/** What to do when a timer is due. */
export type TimerAction =
  | { readonly do: 'start-response' }
  | { readonly do: 'response-step' }
  | { readonly do: 'transcription'; readonly itemId: string }
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'idle-close' }
  | { readonly do: 'duration-close' }
  | { readonly do: 'proactive-response' }
  | { readonly do: 'hold-patience'; readonly hold: number }
  | { readonly do: 'hold-over'; readonly hold: number }
  | { readonly do: 'let-go'; readonly withheld: number }
  | { readonly do: 'fault-moment'; readonly fault: number }
  | { readonly do: 'verbatim-step' }
  | { readonly do: 'verbatim-patience' }
  | { readonly do: 'replay-step' };

/**
 * `work` is what the service does (deltas, detector latency, delays); `patience` is what it waits for (idle
 * close, session limit, proactive response, time-outs of holds). Each counts on a clock of its own, since an
 * `auto` clock jumps to work only. A `moment` is a point that time passes and that no clock jumps to.
 */
export interface Timer {
  readonly kind: 'work' | 'patience' | 'moment';
  readonly lane: TimerLane;
  readonly action: TimerAction;
  readonly arrival: number;
  /** On the clock of its kind. Meaningless while frozen. */
  dueMs: number;
  /** What was left when a hold froze its lane; undefined while it runs. */
  remainingMs: number | undefined;
}

/** Virtual time and everything that waits for it. Integer milliseconds. */
export interface TimerQueue {
  /** Virtual time since the connection opened. */
  nowMs: number;
  /** The clock of patience: moves with appended audio and `advance`, never with a jump. */
  patienceMs: number;
  arrivals: number;
  timers: Timer[];
}

export function createTimerQueue(): TimerQueue {
  return { nowMs: 0, patienceMs: 0, arrivals: 0, timers: [] };
}

/** Adds a work timer. In a held lane it starts frozen. */
export function scheduleWork(
  queue: TimerQueue,
  lane: TimerLane,
  delayMs: number,
  action: TimerAction,
  held: boolean,
): void {
  queue.arrivals += 1;
  queue.timers.push({
    kind: 'work',
    lane,
    action,
    arrival: queue.arrivals,
    dueMs: queue.nowMs + delayMs,
    remainingMs: held ? delayMs : undefined,
  });
}

/** Adds a patience timer, replacing an earlier one for the same action. */
export function schedulePatience(queue: TimerQueue, delayMs: number, action: TimerAction): void {
  queue.arrivals += 1;
  cancelTimers(queue, (other) => sameAction(other, action));
  queue.timers.push({
    kind: 'patience',
    lane: 'none',
    action,
    arrival: queue.arrivals,
    dueMs: queue.patienceMs + delayMs,
    remainingMs: undefined,
  });
}

/** Marks a point in virtual time. A point that has passed is due at once. */
export function scheduleMoment(queue: TimerQueue, atMs: number, action: TimerAction): void {
  queue.arrivals += 1;
  const { arrivals: arrival } = queue;
  queue.timers.push({ kind: 'moment', lane: 'none', action, arrival, dueMs: atMs, remainingMs: undefined });
}

/** Removes every timer whose action matches. */
export function cancelTimers(queue: TimerQueue, matches: (action: TimerAction) => boolean): void {
  if (!queue.timers.some((timer) => matches(timer.action))) return;
  queue.timers = queue.timers.filter((timer) => !matches(timer.action));
}

/** Stops the timers of a lane where they are. */
export function freezeLane(queue: TimerQueue, lane: TimerLane): void {
  for (const timer of queue.timers) {
    if (timer.lane === lane && timer.remainingMs === undefined) {
      timer.remainingMs = Math.max(0, timer.dueMs - queue.nowMs);
    }
  }
}

/** Lets the timers of a lane run on from where they stopped. */
export function thawLane(queue: TimerQueue, lane: TimerLane): void {
  for (const timer of queue.timers) {
    if (timer.lane === lane && timer.remainingMs !== undefined) {
      timer.dueMs = queue.nowMs + timer.remainingMs;
      timer.remainingMs = undefined;
    }
  }
}

/** Milliseconds until a timer is due, on its own clock; never negative. */
export function waitMs(queue: TimerQueue, timer: Timer): number {
  return Math.max(0, timer.dueMs - (timer.kind === 'patience' ? queue.patienceMs : queue.nowMs));
}

/** The next timer to fire, or undefined. `kind` leaves out the others. */
export function nextTimer(queue: TimerQueue, kind?: Timer['kind']): Timer | undefined {
  let best: Timer | undefined;
  for (const timer of queue.timers) {
    if (timer.remainingMs !== undefined || (kind !== undefined && timer.kind !== kind)) continue;
    if (best === undefined || firesBefore(queue, timer, best)) best = timer;
  }
  return best;
}

/** Takes a timer out of the queue, because it fires now. */
export function removeTimer(queue: TimerQueue, timer: Timer): void {
  const index = queue.timers.indexOf(timer);
  if (index >= 0) queue.timers.splice(index, 1);
}

/** At the same time a fault strikes before the service works, and patience ends last. */
const KINDS_IN_ORDER = { moment: 0, work: 1, patience: 2 } as const;

function firesBefore(queue: TimerQueue, timer: Timer, other: Timer): boolean {
  const difference = waitMs(queue, timer) - waitMs(queue, other);
  if (difference !== 0) return difference < 0;
  if (timer.kind !== other.kind) return KINDS_IN_ORDER[timer.kind] < KINDS_IN_ORDER[other.kind];
  if (timer.dueMs !== other.dueMs) return timer.dueMs < other.dueMs;
  return timer.arrival < other.arrival;
}

function sameAction(one: TimerAction, other: TimerAction): boolean {
  if (one.do !== other.do) return false;
  return one.do !== 'hold-patience' || (other.do === 'hold-patience' && one.hold === other.hold);
}
