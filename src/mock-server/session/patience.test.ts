/**
 * What the service waits for: silence that closes, the session's length, and speaking up by itself.
 */
import { describe, expect, test } from 'vitest';
import { SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import { LIMITS } from '../../protocol/limits.js';
import type { Scenario } from '../../scenarios/index.js';

const IDLE_MESSAGE = 'Your session was closed because no response was generated for 300 seconds.';
const CREATE = { type: 'response.create' };
const silence = (seconds: number) => new Int16Array(16_000 * seconds);

describe('idle (§1.6)', () => {
  test('300 seconds of nothing: the error, then 1007 with the same words', () => {
    const session = new SessionDriver();
    expect(session.advance(299_999)).toEqual([]);
    const [error] = session.advance(1);
    expect(error?.['error']).toMatchObject({ code: 'response_idle_timeout', message: IDLE_MESSAGE });
    expect(session.close).toEqual({ code: 1007, reason: IDLE_MESSAGE });
  });

  test.each([
    ['any client event', (session: SessionDriver) => session.send({ type: 'input_audio_buffer.clear' })],
    ['an unknown one too', (session: SessionDriver) => session.send({ type: 'nonsense' })],
    ['a binary frame', (session: SessionDriver) => session.feed({ kind: 'binary', sizeBytes: 1 })],
  ])('%s starts it anew', (_name, act) => {
    const session = new SessionDriver();
    session.advance(299_999);
    act(session);
    session.advance(299_999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close?.code).toBe(1007);
  });

  test('the end of a response starts it anew', () => {
    const scenario: Scenario = {
      replies: [{ text: 'x', delivery: { firstDeltaMs: 5_000 } }],
      idleCloseMs: 3_000,
    };
    const session = new SessionDriver({ clock: 'paced', scenario });
    session.send({ type: 'session.update', session: { modalities: ['text'], instructions: 'Speak.' } });
    session.send(CREATE);
    session.advance(7_999);
    expect(session.events.at(-1)?.type).toBe('response.done');
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close?.code).toBe(1007);
  });

  test('one append longer than the limit does not close, whatever else happens in it', () => {
    const session = new SessionDriver({ scenario: { idleCloseMs: 2_000 } });
    session.appendAudio(silence(5), 80_000);
    session.advance(1_999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close?.code).toBe(1007);
  });

  test('a response that ends inside a long append does not shorten it', () => {
    const scenario: Scenario = {
      idleCloseMs: 2_000,
      replies: [{ text: 'x', delivery: { firstDeltaMs: 500 } }],
    };
    const session = new SessionDriver({ clock: 'media', scenario });
    session.send({ type: 'session.update', session: { modalities: ['text'], instructions: 'Speak.' } });
    session.send(CREATE);
    const during = session.appendAudio(silence(5), 80_000);
    expect(typesOf(during)).toContain('response.done');
    session.advance(1_999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close?.code).toBe(1007);
  });

  test('an active response is not idle, however long a hold keeps it', () => {
    const scenario: Scenario = {
      idleCloseMs: 1_000,
      holds: [
        { after: { event: 'response.created' }, until: { event: 'response.cancel' }, patienceMs: 60_000 },
      ],
    };
    const session = new SessionDriver({ scenario });
    session.send({ type: 'session.update', session: { instructions: 'Speak.' } });
    session.send(CREATE);
    session.advance(59_999);
    expect(session.close).toBeUndefined();
  });
});

describe('the length of a session (§1.7)', () => {
  test('120 minutes, however busy', () => {
    const session = new SessionDriver();
    for (let minute = 1; minute < 120; minute += 1) {
      session.advance(60_000);
      session.send({ type: 'input_audio_buffer.clear' });
    }
    session.advance(59_999);
    expect(session.close).toBeUndefined();
    expect(session.advance(1)).toEqual([]);
    expect(session.close).toEqual({ code: 1000, reason: 'Session duration limit exceeded' });
    expect(LIMITS.sessionDurationMs).toBe(7_200_000);
  });

  test('audio counts as the time it lasts', () => {
    const session = new SessionDriver({ scenario: { sessionDurationMs: 3_000 } });
    session.appendAudio(silence(3));
    expect(session.close).toBeUndefined();
    session.appendAudio(new Int16Array(16));
    expect(session.close?.reason).toBe('Session duration limit exceeded');
  });
});

describe('speaking up after silence (§5.11)', () => {
  const turnDetection = { type: 'server_vad', idle_timeout_ms: 5_000 };

  /** A session that has been answered aloud with one second of sound. */
  function answered(update: Readonly<Record<string, unknown>> = {}): SessionDriver {
    const wav = new Int16Array(16_000);
    const scenario: Scenario = {
      replies: [
        { text: 'One.', wav },
        { text: 'Are you there?', wav },
      ],
    };
    const session = new SessionDriver({ scenario });
    const settings = { instructions: 'Speak.', turn_detection: turnDetection, ...update };
    session.send({ type: 'session.update', session: settings });
    session.send(CREATE);
    return session;
  }

  test('after the answer has been heard and the silence has lasted, once', () => {
    const session = answered();
    // On a clock that jumps the whole second of sound was there after 1,100 ms, of which 300 came before the first.
    expect(session.advance(5_199)).toEqual([]);
    expect(session.advance(1)[0]?.type).toBe('response.created');
    expect(session.advance(60_000)).toEqual([]);
  });

  test.each([
    ['a written answer', { modalities: ['text'] }],
    ['no idle_timeout_ms', { turn_detection: { type: 'server_vad' } }],
    ['manual mode', { turn_detection: null }],
  ])('never after %s', (_name, update) => {
    expect(answered(update).advance(60_000)).toEqual([]);
  });

  test('not while the session is being finished', () => {
    const session = answered();
    session.send({ type: 'session.finish' });
    expect(session.advance(60_000)).toEqual([]);
  });
});
