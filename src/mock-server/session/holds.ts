/**
 * Holds: a lane of the server stops after one exact event until another. Counting and matching only; what a
 * held lane means for timers and messages is up to its callers.
 */
import type { HoldLane, LiveHold } from '../../scenarios/index.js';

/** One hold of the script and where it is. */
export interface HoldState {
  readonly index: number;
  readonly hold: LiveHold;
  readonly lane: HoldLane;
  phase: 'waiting' | 'holding' | 'over';
  /** Matching events seen so far. */
  seen: number;
}

export interface Holds {
  readonly all: HoldState[];
  /** How many holds keep each lane at the moment. */
  readonly holding: Record<HoldLane, number>;
}

export function createHolds(holds: readonly LiveHold[]): Holds {
  const created: Holds = { all: [], holding: { response: 0, transcription: 0, all: 0 } };
  for (const hold of holds) addHold(created, hold);
  return created;
}

/** Adds a hold that waits for its beginning. */
export function addHold(holds: Holds, hold: LiveHold): HoldState {
  const { lane = 'response' } = hold;
  const added: HoldState = { index: holds.all.length, hold, lane, phase: 'waiting', seen: 0 };
  holds.all.push(added);
  return added;
}

/** Whether a lane stands still: by a hold of its own or by one of everything. */
export function isHeld(holds: Holds, lane: HoldLane | 'none'): boolean {
  if (lane === 'none') return false;
  return holds.holding[lane] > 0 || holds.holding.all > 0;
}

/** Counts one event of either side and returns the holds that begin with it, now in phase `holding`. */
export function beginHolds(holds: Holds, type: string, responseNumber: number | undefined): HoldState[] {
  const begun: HoldState[] = [];
  for (const state of holds.all) {
    const { after } = state.hold;
    if (state.phase !== 'waiting' || after?.event !== type) continue;
    if (after.response !== undefined && after.response !== responseNumber) continue;
    state.seen += 1;
    if (state.seen !== (after.nth ?? 1)) continue;
    beginHold(holds, state);
    begun.push(state);
  }
  return begun;
}

/** Stops the lane of a hold now. */
export function beginHold(holds: Holds, hold: HoldState): void {
  hold.phase = 'holding';
  holds.holding[hold.lane] += 1;
}

/** Ends the holds that wait for this event and returns them. */
export function endHolds(holds: Holds, type: string): HoldState[] {
  return endHoldsWhere(holds, (state) => state.hold.until?.event === type);
}

/** Ends the holds that keep a lane and match, and returns them. */
export function endHoldsWhere(holds: Holds, matches: (state: HoldState) => boolean): HoldState[] {
  const ended = holds.all.filter((state) => state.phase === 'holding' && matches(state));
  for (const state of ended) {
    state.phase = 'over';
    holds.holding[state.lane] -= 1;
  }
  return ended;
}

/** A hold as the details of a remark in the log. */
export function describeHold(hold: HoldState): Record<string, string | number> {
  const { after, until } = hold.hold;
  return {
    hold: hold.index,
    lane: hold.lane,
    ...(after === undefined ? {} : { after: after.event }),
    ...(until?.event === undefined ? {} : { until: until.event }),
    ...(until?.ms === undefined ? {} : { untilMs: until.ms }),
  };
}
