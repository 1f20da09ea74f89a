/**
 * Holds: a lane of the server stops after one exact event until another. Counting and matching only; what a
 * held lane means for timers and messages is up to its callers.
 */
import type { ClientEventType, ServerEventType } from '../../protocol/index.js';
import type { Hold, HoldLane } from '../../scenarios/index.js';

/** One hold of the script and where it is. */
export interface HoldState {
  readonly index: number;
  readonly hold: Hold;
  readonly lane: HoldLane;
  phase: 'waiting' | 'holding' | 'over';
  /** Matching events seen so far. */
  seen: number;
}

export interface Holds {
  readonly all: readonly HoldState[];
  /** How many holds keep each lane at the moment. */
  readonly holding: Record<HoldLane, number>;
}

export function createHolds(holds: readonly Hold[]): Holds {
  return {
    all: holds.map((hold, index) => ({
      index,
      hold,
      lane: hold.lane ?? 'response',
      phase: 'waiting',
      seen: 0,
    })),
    holding: { response: 0, transcription: 0, all: 0 },
  };
}

/** Whether a lane stands still: by a hold of its own or by one of everything. */
export function isHeld(holds: Holds, lane: HoldLane | 'none'): boolean {
  if (lane === 'none') return false;
  return holds.holding[lane] > 0 || holds.holding.all > 0;
}

/** Counts one server event and returns the holds that begin with it, now in phase `holding`. */
export function beginHolds(
  holds: Holds,
  type: ServerEventType,
  responseNumber: number | undefined,
): HoldState[] {
  const begun: HoldState[] = [];
  for (const state of holds.all) {
    const { after } = state.hold;
    if (state.phase !== 'waiting' || after.event !== type) continue;
    if (after.response !== undefined && after.response !== responseNumber) continue;
    state.seen += 1;
    if (state.seen !== (after.nth ?? 1)) continue;
    state.phase = 'holding';
    holds.holding[state.lane] += 1;
    begun.push(state);
  }
  return begun;
}

/** Ends the holds that wait for this event and returns them. */
export function endHolds(holds: Holds, type: ClientEventType | ServerEventType): HoldState[] {
  return endHoldsWhere(holds, (state) => state.hold.until.event === type);
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
  return { hold: hold.index, lane: hold.lane, after: after.event, until: until.event };
}
