/**
 * Real time meets a session, on a wall clock that only the test moves. Each line of what was seen carries the
 * wall time at which the server said it.
 */
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../test/support/client-fakes.js';
import { SessionDriver } from '../../test/support/session-driver.js';
import type { Scenario } from '../scenarios/index.js';
import { ClockDriver, type ClockDriverOptions } from './clock-driver.js';
import type { SessionInput, SessionOptions } from './session/index.js';
import type { WallClock } from './wall-clock.js';

const SCENARIO: Scenario = {
  replies: [{ items: [{ message: { text: 'one two', deltas: ['one', ' two'] } }] }],
};
const SILENCE_100_MS = new Int16Array(1600);

/** One session with the real-time side under test. */
class Stage {
  readonly wall = manualClock();
  readonly session: SessionDriver;
  readonly clock: ClockDriver;
  /** `<wall ms> <event type or note>`. */
  readonly saw: string[] = [];

  constructor(session: Partial<SessionOptions>, options: Partial<ClockDriverOptions> = {}) {
    this.session = new SessionDriver({ scenario: SCENARIO, ...session });
    this.clock = new ClockDriver(this.session.state, {
      wallClock: this.wall,
      paceFactor: 1,
      mediaGraceMs: 500,
      holdWatchdogMs: 30_000,
      feed: (input) => this.#feed(input),
      onFreeRun: () => this.saw.push(`${this.wall.nowMs()} clock-free-run`),
      ...options,
    });
    this.clock.afterInput();
  }

  /** The client sends something. */
  send(event: Readonly<Record<string, unknown>>): this {
    this.clock.beforeInput();
    this.#feed({ kind: 'text', text: JSON.stringify(event) });
    this.clock.afterInput();
    return this;
  }

  append(samples: Int16Array): this {
    const audio = Buffer.from(samples.buffer).toString('base64');
    return this.send({ type: 'input_audio_buffer.append', audio });
  }

  /** A written question, and the request to answer it in writing. */
  ask(): this {
    const content = [{ type: 'input_text', text: 'Well?' }];
    this.send({ type: 'session.update', session: { modalities: ['text'] } });
    this.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    this.saw.length = 0;
    return this.send({ type: 'response.create' });
  }

  deltas(): string[] {
    return this.saw.filter((line) => line.endsWith('response.text.delta'));
  }

  #feed(input: SessionInput): void {
    for (const event of this.session.feed(input)) this.saw.push(`${this.wall.nowMs()} ${event.type}`);
  }
}

describe('paced', () => {
  test('virtual time is wall time', () => {
    const stage = new Stage({ clock: 'paced' }).ask();
    expect(stage.saw).toContain('0 response.created');
    stage.wall.advance(10_000);
    expect(stage.deltas()).toEqual(['300 response.text.delta', '340 response.text.delta']);
    expect(stage.session.state.queue.nowMs).toBe(340);
  });

  test('times a factor', () => {
    const stage = new Stage({ clock: 'paced' }, { paceFactor: 4 }).ask();
    stage.wall.advance(10_000);
    expect(stage.deltas()).toEqual(['75 response.text.delta', '85 response.text.delta']);
  });

  test('a message of the client finds the session at the present', () => {
    const stage = new Stage({ clock: 'paced' });
    stage.wall.advance(1_234);
    stage.send({ type: 'response.cancel' });
    expect(stage.session.state.queue.nowMs).toBe(1_234);
  });

  test('a timer that wakes early waits again; nothing is early', () => {
    const wall = manualClock();
    const hasty: WallClock = {
      nowMs: () => wall.nowMs(),
      setTimer: (delayMs, callback) => wall.setTimer(Math.max(1, delayMs - 7), callback),
    };
    const saidAtMs: number[] = [];
    const session = new SessionDriver({ clock: 'paced', scenario: { idleCloseMs: 100 } });
    const clock = new ClockDriver(session.state, {
      wallClock: hasty,
      paceFactor: 1,
      mediaGraceMs: 500,
      holdWatchdogMs: 30_000,
      feed: (input) => {
        for (const _ of session.feed(input)) saidAtMs.push(wall.nowMs());
      },
      onFreeRun: () => {},
    });
    clock.afterInput();
    wall.advance(200);
    expect(saidAtMs).toEqual([100]);
    expect(session.close?.code).toBe(1007);
  });

  test('time that a test adds by hand stays added', () => {
    const stage = new Stage({ clock: 'paced' });
    stage.wall.advance(5_000);
    stage.session.advance(1_000);
    stage.clock.afterInput();
    stage.wall.advance(100);
    stage.send({ type: 'response.cancel' });
    expect(stage.session.state.queue.nowMs).toBe(6_100);
  });

  test('fractions of wall time are not lost', () => {
    const stage = new Stage({ clock: 'paced' }, { paceFactor: 0.3 });
    for (let message = 0; message < 100; message += 1) {
      stage.wall.advance(1);
      stage.send({ type: 'response.cancel' });
    }
    expect(stage.session.state.queue.nowMs).toBe(30);
  });
});

describe('media', () => {
  test('waits for audio, then runs on by itself and says so once', () => {
    const stage = new Stage({ clock: 'media' }).ask();
    stage.wall.advance(499);
    expect(stage.saw).not.toContain('500 clock-free-run');
    stage.wall.advance(10_000);
    expect(stage.saw.filter((line) => line.endsWith('clock-free-run'))).toEqual(['500 clock-free-run']);
    expect(stage.deltas()).toEqual(['800 response.text.delta', '840 response.text.delta']);
  });

  test('audio in time moves the clock; wall time does not', () => {
    const stage = new Stage({ clock: 'media' }).ask();
    for (let packet = 0; packet < 4; packet += 1) {
      stage.wall.advance(450);
      stage.append(SILENCE_100_MS);
    }
    // 300 ms of audio have to pass the first delta, not just to reach it.
    expect(stage.deltas()).toEqual(['1800 response.text.delta', '1800 response.text.delta']);
    expect(stage.saw.join()).not.toContain('free-run');
  });

  test('audio ends a free run, and silence begins another', () => {
    const stage = new Stage({ clock: 'media' }).ask();
    stage.wall.advance(600);
    expect(stage.session.state.queue.nowMs).toBe(0);
    // The 100 ms of the free run so far, then the 100 ms of audio.
    stage.append(SILENCE_100_MS);
    expect(stage.session.state.queue.nowMs).toBe(200);
    stage.wall.advance(499);
    expect(stage.deltas()).toEqual([]);
    stage.wall.advance(10_000);
    expect(stage.saw.filter((line) => line.endsWith('free-run'))).toEqual([
      '500 clock-free-run',
      '1100 clock-free-run',
    ]);
    expect(stage.deltas()).toEqual(['1200 response.text.delta', '1240 response.text.delta']);
  });

  test('any other message leaves a free run alone', () => {
    const stage = new Stage({ clock: 'media' }).ask();
    stage.wall.advance(600);
    stage.send({ type: 'session.update', session: { instructions: 'Be brief.' } });
    stage.wall.advance(10_000);
    expect(stage.saw.filter((line) => line.endsWith('free-run'))).toEqual(['500 clock-free-run']);
    expect(stage.deltas()).toEqual(['800 response.text.delta', '840 response.text.delta']);
  });

  test('with nothing to do no timer runs', () => {
    const stage = new Stage({ clock: 'media' });
    stage.append(SILENCE_100_MS);
    expect(stage.wall.timerCount).toBe(0);
  });

  test('in manual mode nothing waits', () => {
    const stage = new Stage({ clock: 'media' });
    stage.send({ type: 'session.update', session: { turn_detection: null } }).ask();
    expect(stage.deltas()).toEqual(['0 response.text.delta', '0 response.text.delta']);
    expect(stage.wall.timerCount).toBe(0);
  });
});

describe('holds', () => {
  const scenario: Scenario = {
    ...SCENARIO,
    holds: [{ after: { event: 'response.created' }, until: { event: 'response.cancel' } }],
  };

  test('one that nobody releases fails in wall time, on a clock that ignores it', () => {
    const stage = new Stage({ clock: 'auto', scenario }).ask();
    stage.wall.advance(29_999);
    expect(stage.session.close).toBeUndefined();
    stage.wall.advance(1);
    expect(stage.session.close).toEqual({
      code: 1011,
      reason: 'soundstage: a hold was not released in time',
    });
    expect(stage.session.notes).toContain('hold-timed-out');
  });

  test('other messages do not put it off', () => {
    const stage = new Stage({ clock: 'auto', scenario }).ask();
    stage.wall.advance(29_000);
    stage.append(SILENCE_100_MS);
    stage.wall.advance(1_000);
    expect(stage.session.close?.code).toBe(1011);
  });

  test('a released one is no longer watched', () => {
    const stage = new Stage({ clock: 'auto', scenario }).ask();
    expect(stage.wall.timerCount).toBe(1);
    stage.send({ type: 'response.cancel' });
    expect(stage.wall.timerCount).toBe(0);
  });
});

describe('stop', () => {
  const scenario: Scenario = {
    ...SCENARIO,
    holds: [
      { after: { event: 'response.created' }, until: { event: 'session.update' }, lane: 'transcription' },
    ],
  };

  test.each(['auto', 'media', 'paced'] as const)('on clock %s ends every timer, for good', (clock) => {
    const stage = new Stage({ clock, scenario }).ask();
    expect(stage.wall.timerCount).toBeGreaterThan(0);
    stage.clock.stop();
    expect(stage.wall.timerCount).toBe(0);
    stage.clock.afterInput();
    expect(stage.wall.timerCount).toBe(0);
  });
});
