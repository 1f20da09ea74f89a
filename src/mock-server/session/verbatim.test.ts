/** Fixed sequences: sends, waits, pauses, bindings, the hand-over, and what happens when the client does not come. */
import { describe, expect, test } from 'vitest';
import { SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import { LIMITS } from '../../protocol/index.js';
import { readPath, type VerbatimStep } from '../../scenarios/index.js';

const playing = (clock: 'auto' | 'paced', ...verbatim: VerbatimStep[]) =>
  new SessionDriver({ scenario: { verbatim }, clock });

describe('a sequence', () => {
  test('speaks first, in the place of the service, and answers nothing by itself', () => {
    const session = playing('auto', { send: { type: 'session.created', session: {} } });
    expect(typesOf(session.events)).toEqual(['session.created']);
    expect(session.send({ type: 'response.create' })).toEqual([]);
    expect(session.send({ type: 'no.such.type' })).toEqual([]);
  });

  test('waits for the client, passing over what it does not wait for', () => {
    const session = playing('auto', { wait: 'response.create' }, { send: { type: 'x.go' } });
    expect(session.send({ type: 'session.update', session: {} })).toEqual([]);
    expect(typesOf(session.send({ type: 'response.create' }))).toEqual(['x.go']);
  });

  test('counts what came before the step that waits for it, each message once', () => {
    const session = playing(
      'paced',
      { pauseMs: 100 },
      { wait: 'response.create' },
      { send: { type: 'x.one' } },
      { wait: 'response.create' },
      { send: { type: 'x.two' } },
    );
    expect(session.send({ type: 'response.create' })).toEqual([]);
    expect(session.advance(99)).toEqual([]);
    expect(typesOf(session.advance(1))).toEqual(['x.one']);
    expect(typesOf(session.send({ type: 'response.create' }))).toEqual(['x.two']);
  });

  test('a pause is not cut short by what the client sends meanwhile', () => {
    const session = playing('paced', { pauseMs: 400 }, { send: { type: 'x.late' } });
    for (let count = 0; count < 3; count += 1) expect(session.send({ type: 'response.create' })).toEqual([]);
    expect(typesOf(session.advance(400))).toEqual(['x.late']);
  });

  test('fills placeholders from both sides, with their types', () => {
    const session = playing(
      'auto',
      {
        send: { type: 'session.created', session: { id: '${session.id}', model: '${model}' } },
        bind: { mine: 'session.id' },
      },
      { wait: 'session.update', bind: { detection: 'session.turn_detection', voice: 'session.voice' } },
      {
        send: {
          type: 'session.updated',
          detection: '${detection}',
          text: 'voice ${voice} of ${mine}, ${unknown}',
          answer: '${response:answer}',
          again: '${response:answer}',
          other: '${new.response}',
        },
      },
    );
    const [created] = session.events;
    const [updated] = session.send({
      type: 'session.update',
      session: { voice: 'Tina', turn_detection: { type: 'server_vad' } },
    });
    expect(created).toMatchObject({
      event_id: expect.any(String),
      session: { model: 'qwen3.5-omni-flash-realtime' },
    });
    expect(updated).toMatchObject({
      detection: { type: 'server_vad' },
      text: `voice Tina of ${readPath(created, 'session.id')}, \${unknown}`,
      answer: expect.stringMatching(/^resp_/),
    });
    expect(updated?.['again']).toBe(updated?.['answer']);
    expect(updated?.['other']).not.toBe(updated?.['answer']);
  });

  test('hands over to the simulation', () => {
    const session = playing(
      'auto',
      { send: { type: 'session.created', session: {} } },
      { wait: 'anything' },
      { simulate: true },
    );
    session.send({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
    const answer = session.send({ type: 'response.create', response: { instructions: 'Speak.' } });
    expect([typesOf(answer)[0], typesOf(answer).at(-1)]).toEqual(['response.created', 'response.done']);
  });

  test('ends with a close frame of any kind', () => {
    expect(playing('auto', { close: {} }).close).toEqual({ code: 1000, reason: '' });
    expect(playing('auto', { close: { code: null } }).close).toEqual({ code: undefined, reason: '' });
  });

  test('a client that does not come ends it loudly', () => {
    const session = playing('auto', { wait: 'response.create', patienceMs: 1_000 });
    session.advance(1_000);
    expect(session.notes).toContain('verbatim-timed-out');
    expect(session.close).toEqual({
      code: 1011,
      reason: 'soundstage: the client did not send what the scenario waits for',
    });
  });

  test('a client that sends other things does not make it wait longer', () => {
    const session = playing('paced', { wait: 'response.create', patienceMs: 1_000 });
    for (let second = 0; second < 4; second += 1) {
      session.advance(300);
      session.send({ type: 'input_audio_buffer.clear' });
    }
    expect(session.notes).toContain('verbatim-timed-out');
  });

  test('the patience of each step begins with the step', () => {
    const wait = { wait: 'response.create', patienceMs: 1_000 } as const;
    const session = playing('paced', wait, wait);
    session.advance(900);
    session.send({ type: 'response.create' });
    session.advance(999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close?.code).toBe(1011);
  });

  test('on a media clock a pause waits for no audio, which a sequence does not listen to', () => {
    const session = new SessionDriver({
      scenario: { verbatim: [{ pauseMs: 100 }, { send: { type: 'x.late' } }] },
      clock: 'media',
    });
    expect(typesOf(session.events)).toEqual(['x.late']);
  });

  test('a message that a fault keeps back until the client sends something goes out then', () => {
    const session = new SessionDriver({
      scenario: {
        verbatim: [{ send: { type: 'x.one' } }, { send: { type: 'x.two' } }],
        faults: [{ do: 'delay', at: { event: '*' }, until: { event: 'response.cancel' } }],
      },
    });
    expect(typesOf(session.events)).toEqual(['x.two']);
    expect(typesOf(session.send({ type: 'response.cancel' }))).toEqual(['x.one']);
  });

  test('forgets the oldest of what nobody waited for, by size too', () => {
    const session = playing(
      'paced',
      { pauseMs: 10 },
      { wait: 'anything', bind: { first: 'event_id' } },
      { text: '{"first":"${first}"}' },
    );
    const filler = 'x'.repeat(LIMITS.verbatimArrivalChars / 2);
    for (const event_id of ['one', 'two', 'three']) session.send({ type: 'x', event_id, filler });
    expect(session.advance(10)).toEqual([{ first: 'three' }]);
  });

  test('its messages pass the faults', () => {
    const session = new SessionDriver({
      scenario: {
        verbatim: [{ send: { type: 'x.one' } }, { send: { type: 'x.two' } }],
        faults: [{ do: 'reorder', at: { event: '*' } }],
      },
    });
    expect(typesOf(session.events)).toEqual(['x.two', 'x.one']);
  });
});
