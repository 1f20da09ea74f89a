/**
 * Holds: when they begin and end, and what a session does meanwhile.
 */
import { describe, expect, test } from 'vitest';
import { type SeenEvent, SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import { LIMITS } from '../../protocol/limits.js';
import type { Hold, Scenario } from '../../scenarios/index.js';
import { beginHolds, createHolds, endHolds, endHoldsWhere, isHeld } from './holds.js';

const UNTIL_CANCEL = { event: 'response.cancel' } as const;

describe('counting', () => {
  test('the n-th event of a type, once', () => {
    const holds = createHolds([{ after: { event: 'response.text.delta', nth: 3 }, until: UNTIL_CANCEL }]);
    const begun = [1, 2, 3, 4].map(() => beginHolds(holds, 'response.text.delta', 1).length);
    expect(begun).toEqual([0, 0, 1, 0]);
    expect(beginHolds(holds, 'response.audio.delta', 1)).toEqual([]);
  });

  test('within one response when that is given', () => {
    const after = { event: 'response.text.delta', nth: 2, response: 2 } as const;
    const holds = createHolds([{ after, until: UNTIL_CANCEL }]);
    const begun = [1, 1, 1, 2, 2].map((response) => beginHolds(holds, after.event, response).length);
    expect(begun).toEqual([0, 0, 0, 0, 1]);
  });

  test('what has not begun cannot end', () => {
    const holds = createHolds([{ after: { event: 'response.created' }, until: UNTIL_CANCEL }]);
    expect(endHolds(holds, 'response.cancel')).toEqual([]);
    expect(beginHolds(holds, 'response.created', 1)).toHaveLength(1);
    expect(endHolds(holds, 'response.create')).toEqual([]);
    expect(endHolds(holds, 'response.cancel')).toHaveLength(1);
    expect(endHolds(holds, 'response.cancel')).toEqual([]);
  });

  test('a lane is held until the last of its holds ends; lane all holds every lane', () => {
    const after = { event: 'response.created' } as const;
    const holds = createHolds([
      { after, until: UNTIL_CANCEL },
      { after, until: { event: 'session.update' } },
      { after, until: { event: 'session.finish' }, lane: 'all' },
    ]);
    beginHolds(holds, 'response.created', 1);
    expect([isHeld(holds, 'response'), isHeld(holds, 'transcription'), isHeld(holds, 'none')]).toEqual([
      true,
      true,
      false,
    ]);
    endHolds(holds, 'session.finish');
    expect([isHeld(holds, 'response'), isHeld(holds, 'transcription')]).toEqual([true, false]);
    endHolds(holds, 'response.cancel');
    expect(isHeld(holds, 'response')).toBe(true);
    endHoldsWhere(holds, (state) => state.lane === 'response');
    expect(isHeld(holds, 'response')).toBe(false);
  });
});

const QUESTION = {
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Well?' }] },
};
const CREATE = { type: 'response.create' };

/** A session with a written question in it and modalities of text. */
function asked(...holds: Hold[]): SessionDriver {
  const deltas = ['one', ' two', ' three'];
  const reply = { items: [{ message: { text: deltas.join(''), deltas } }] };
  const scenario: Scenario = { replies: [reply, reply], holds };
  const session = new SessionDriver({ scenario });
  session.send({ type: 'session.update', session: { modalities: ['text'] } });
  session.send(QUESTION);
  return session;
}

const deltasOf = (events: readonly SeenEvent[]) =>
  events.flatMap((event) => (event.type === 'response.text.delta' ? [event['delta']] : []));

describe('in a session', () => {
  test('the response stops after the second delta and goes on where it was', () => {
    const session = asked({
      after: { event: 'response.text.delta', nth: 2 },
      until: { event: 'input_audio_buffer.clear' },
    });
    expect(deltasOf(session.send(CREATE))).toEqual(['one', ' two']);
    expect(typesOf(session.send(CREATE))).toEqual(['error']);
    const rest = session.send({ type: 'input_audio_buffer.clear' });
    expect(deltasOf(rest)).toEqual([' three']);
    expect(rest.at(-1)?.type).toBe('response.done');
    expect(session.notes).toEqual(['hold-started', 'hold-released']);
  });

  test('a cancel ends the holds of the response it ends', () => {
    const session = asked({ after: { event: 'response.created' }, until: { event: 'session.finish' } });
    session.send(CREATE);
    session.send({ type: 'response.cancel' });
    expect(session.notes).toEqual(['hold-started', 'hold-released']);
    expect(deltasOf(session.send(CREATE))).toHaveLength(3);
  });

  test('one that begins with response.done holds the next response', () => {
    const session = asked({ after: { event: 'response.done' }, until: { event: 'session.update' } });
    expect(session.send(CREATE).at(-1)?.type).toBe('response.done');
    expect(session.send(CREATE)).toEqual([]);
    const released = session.send({ type: 'session.update', session: {} });
    expect(typesOf(released).slice(0, 2)).toEqual(['session.updated', 'response.created']);
  });

  test('lane all keeps every message back, in order', () => {
    const session = asked({
      after: { event: 'response.created' },
      until: { event: 'input_audio_buffer.clear' },
      lane: 'all',
    });
    expect(typesOf(session.send(CREATE))).toEqual(['response.created']);
    expect(session.send(QUESTION)).toEqual([]);
    const released = typesOf(session.send({ type: 'input_audio_buffer.clear' }));
    expect(released.slice(0, 3)).toEqual([
      'conversation.item.created',
      'input_audio_buffer.cleared',
      'response.output_item.added',
    ]);
  });

  test('a server event can release as well', () => {
    const session = asked({
      after: { event: 'response.created' },
      until: { event: 'conversation.item.created' },
    });
    session.send(CREATE);
    expect(deltasOf(session.send(QUESTION))).toHaveLength(3);
  });

  test('one that nobody releases fails in virtual time, by its own patience', () => {
    const session = asked({ after: { event: 'response.created' }, until: UNTIL_CANCEL, patienceMs: 1_000 });
    session.send(CREATE);
    session.advance(999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close).toEqual({ code: 1011, reason: 'soundstage: a hold was not released in time' });
    expect(session.notes).toEqual(['hold-started', 'hold-timed-out']);
  });

  test('by default it waits as long as the table of limits says', () => {
    const session = asked({ after: { event: 'response.created' }, until: UNTIL_CANCEL });
    session.send(CREATE);
    session.advance(LIMITS.holdPatienceMs - 1);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close?.code).toBe(1011);
  });
});
