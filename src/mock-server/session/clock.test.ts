/**
 * The passing of virtual time: what jumps, what audio moves, and what happens at the exact end.
 */
import { describe, expect, test } from 'vitest';
import { SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import type { ClockPolicy, Scenario } from '../../scenarios/index.js';

const deltas = ['one', ' two'];
const SCENARIO: Scenario = { replies: [{ items: [{ message: { text: deltas.join(''), deltas } }] }] };
/** The first delta after 300 ms, the second 40 ms later, as the delivery's defaults say. */
const START = [
  'response.created',
  'response.output_item.added',
  'conversation.item.created',
  'response.content_part.added',
];

function responding(clock: ClockPolicy, update: Readonly<Record<string, unknown>> = {}) {
  const session = new SessionDriver({ clock, scenario: SCENARIO });
  const settings = { modalities: ['text'], instructions: 'Speak.', ...update };
  session.send({ type: 'session.update', session: settings });
  return { session, started: typesOf(session.send({ type: 'response.create' })) };
}

const silence = (durationMs: number) => new Int16Array(16 * durationMs);

describe('auto', () => {
  test('runs to the end before the next message, in virtual time that has passed', () => {
    const { session, started } = responding('auto');
    expect(started.at(-1)).toBe('response.done');
    expect(session.state.queue.nowMs).toBe(340);
    expect(session.state.queue.patienceMs).toBe(0);
  });
});

describe('media', () => {
  test('jumps in manual mode', () => {
    expect(responding('media', { turn_detection: null }).started.at(-1)).toBe('response.done');
  });

  test('in VAD mode moves with the audio; what is due at its exact end waits for the client', () => {
    const { session, started } = responding('media');
    expect(started).toEqual(START);
    expect(session.appendAudio(silence(300))).toEqual([]);
    expect(typesOf(session.appendAudio(silence(1)))).toEqual(['response.text.delta']);
    expect(session.state.queue.nowMs).toBe(301);
  });

  test('the client goes first at equal time: a cancel at the sample of a delta prevents it', () => {
    const { session } = responding('media');
    session.appendAudio(silence(300));
    const closing = typesOf(session.send({ type: 'response.cancel' }));
    expect(closing).toEqual([
      'response.text.done',
      'response.content_part.done',
      'response.output_item.done',
    ]);
    expect(session.appendAudio(silence(500))).toEqual([]);
  });

  test('audio does not move time by more than it lasts, however it is cut', () => {
    const { session } = responding('media');
    session.appendAudio(silence(100), 7);
    expect(session.state.queue.nowMs).toBe(100);
  });
});

describe('paced', () => {
  test('audio does not move time', () => {
    const { session } = responding('paced');
    expect(session.appendAudio(silence(1_000))).toEqual([]);
    expect(session.state.queue.nowMs).toBe(0);
  });

  test('an advance includes its end', () => {
    const { session } = responding('paced');
    expect(session.advance(299)).toEqual([]);
    expect(typesOf(session.advance(1))).toEqual(['response.text.delta']);
  });

  test('one long advance says the same as many short ones', () => {
    const long = responding('paced').session.advance(1_000);
    const { session } = responding('paced');
    const short = Array.from({ length: 1_000 }, () => session.advance(1)).flat();
    expect(short).toEqual(long);
    expect(long.at(-1)?.type).toBe('response.done');
  });
});
