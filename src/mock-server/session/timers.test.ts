/**
 * The queue of what is due later: order, the two clocks, lanes that stop and go on.
 */
import { describe, expect, test } from 'vitest';
import {
  cancelTimers,
  createTimerQueue,
  freezeLane,
  nextTimer,
  removeTimer,
  schedulePatience,
  scheduleWork,
  type TimerAction,
  type TimerQueue,
  thawLane,
  waitMs,
} from './timers.js';

const transcript = (itemId: string): TimerAction => ({ do: 'transcription', itemId });
const STEP: TimerAction = { do: 'response-step' };
const IDLE: TimerAction = { do: 'idle-close' };

/** Fires everything in order and returns what fired, with the wait before it. */
function drain(queue: TimerQueue): string[] {
  const fired: string[] = [];
  for (let timer = nextTimer(queue); timer !== undefined; timer = nextTimer(queue)) {
    const wait = waitMs(queue, timer);
    queue.nowMs += wait;
    queue.patienceMs += wait;
    removeTimer(queue, timer);
    fired.push(`+${wait} ${timer.action.do === 'transcription' ? timer.action.itemId : timer.action.do}`);
  }
  return fired;
}

describe('order', () => {
  test('by due time, then work before patience, then arrival', () => {
    const queue = createTimerQueue();
    schedulePatience(queue, 20, IDLE);
    scheduleWork(queue, 'none', 20, transcript('first at 20'), false);
    scheduleWork(queue, 'none', 20, transcript('second at 20'), false);
    scheduleWork(queue, 'none', 5, transcript('at 5'), false);
    expect(drain(queue)).toEqual(['+5 at 5', '+15 first at 20', '+0 second at 20', '+0 idle-close']);
  });

  test('what is overdue keeps its order', () => {
    const queue = createTimerQueue();
    scheduleWork(queue, 'none', 20, transcript('later'), false);
    scheduleWork(queue, 'none', 10, transcript('earlier'), false);
    queue.nowMs = 50;
    expect(drain(queue)).toEqual(['+0 earlier', '+0 later']);
  });

  test('one kind can be looked at alone', () => {
    const queue = createTimerQueue();
    schedulePatience(queue, 1, IDLE);
    scheduleWork(queue, 'none', 10, STEP, false);
    expect(nextTimer(queue, 'work')?.action).toEqual(STEP);
    expect(nextTimer(queue, 'patience')?.action).toEqual(IDLE);
  });
});

describe('two clocks', () => {
  test('a jump to work leaves patience where it was', () => {
    const queue = createTimerQueue();
    schedulePatience(queue, 100, IDLE);
    queue.nowMs += 1_000;
    const idle = nextTimer(queue);
    expect(idle && waitMs(queue, idle)).toBe(100);
    queue.patienceMs += 30;
    expect(idle && waitMs(queue, idle)).toBe(70);
  });

  test('patience for the same thing starts anew, for another hold it does not', () => {
    const queue = createTimerQueue();
    schedulePatience(queue, 10, IDLE);
    schedulePatience(queue, 99, IDLE);
    schedulePatience(queue, 5, { do: 'hold-patience', hold: 0 });
    schedulePatience(queue, 6, { do: 'hold-patience', hold: 1 });
    expect(drain(queue)).toEqual(['+5 hold-patience', '+1 hold-patience', '+93 idle-close']);
  });
});

describe('lanes', () => {
  test('a frozen lane does not fire; thawed, it goes on with what was left', () => {
    const queue = createTimerQueue();
    scheduleWork(queue, 'response', 30, STEP, false);
    scheduleWork(queue, 'transcription', 40, transcript('words'), false);
    queue.nowMs = 10;
    freezeLane(queue, 'response');
    queue.nowMs = 500;
    expect(nextTimer(queue)?.lane).toBe('transcription');
    thawLane(queue, 'response');
    expect(drain(queue)).toEqual(['+0 words', '+20 response-step']);
  });

  test('what is scheduled in a held lane waits from the start', () => {
    const queue = createTimerQueue();
    scheduleWork(queue, 'response', 30, STEP, true);
    expect(nextTimer(queue)).toBeUndefined();
    queue.nowMs = 1_000;
    thawLane(queue, 'response');
    expect(drain(queue)).toEqual(['+30 response-step']);
  });

  test('freezing twice changes nothing', () => {
    const queue = createTimerQueue();
    scheduleWork(queue, 'response', 30, STEP, false);
    freezeLane(queue, 'response');
    queue.nowMs = 20;
    freezeLane(queue, 'response');
    thawLane(queue, 'response');
    expect(drain(queue)).toEqual(['+30 response-step']);
  });

  test('cancelled timers are gone, frozen ones as well', () => {
    const queue = createTimerQueue();
    scheduleWork(queue, 'response', 30, STEP, true);
    schedulePatience(queue, 50, IDLE);
    cancelTimers(queue, (action) => action.do === 'response-step');
    thawLane(queue, 'response');
    expect(drain(queue)).toEqual(['+50 idle-close']);
  });
});
