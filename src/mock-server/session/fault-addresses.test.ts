/** Where faults strike: by event, occurrence, response, turn, fields, state, moment, connection and chance. */
import { describe, expect, test } from 'vitest';
import { SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import type { Fault, FaultAddress } from '../../scenarios/index.js';

const MARK = { type: 'x.mark' };
const mark = (at: FaultAddress, rest: object = {}): Fault => ({
  do: 'inject',
  at,
  events: [MARK],
  place: 'before',
  ...rest,
});

/** A session in manual mode that answers in writing. */
function session(
  faults: Fault[],
  options: { clock?: 'auto' | 'paced' | 'media'; connection?: number } = {},
): SessionDriver {
  const driver = new SessionDriver({
    scenario: { replies: [{ text: 'One two.' }, { text: 'Three four.' }], faults },
    ...options,
  });
  driver.send({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
  return driver;
}

const ask = { type: 'response.create', response: { instructions: 'Speak.' } };
/** What stands right behind each mark. */
const marked = (driver: SessionDriver) => {
  const types = typesOf(driver.events);
  return types.flatMap((type, index) => (type === 'x.mark' ? [types[index + 1] ?? 'the end'] : []));
};
const counts = (driver: SessionDriver) => typesOf(driver.events).filter((type) => type === 'x.mark').length;

describe('an address', () => {
  test.each<[string, FaultAddress, number]>([
    ['the first of its type', { event: 'response.text.delta' }, 1],
    ['every one', { event: 'response.text.delta', nth: 'every' }, 4],
    ['the first three', { event: 'response.text.delta', nth: 'every', times: 3 }, 3],
    ['two from the second on', { event: 'response.text.delta', nth: 2, times: 2 }, 2],
    ['the second of the second response', { event: 'response.text.delta', nth: 2, response: 2 }, 1],
    ['the third of a response that has two', { event: 'response.text.delta', nth: 3, response: 2 }, 0],
    ['a field', { event: 'response.text.delta', nth: 'every', where: { delta: 'Three' } }, 1],
    [
      'a field that is there',
      { event: 'conversation.item.created', nth: 'every', where: { previous_item_id: '~present' } },
      1,
    ],
    [
      'a field that is not',
      { event: 'conversation.item.created', nth: 'every', where: { previous_item_id: '~absent' } },
      1,
    ],
    ['any message while a response is active', { event: '*', nth: 'every', state: 'response-active' }, 18],
    ['no message while nobody speaks twice', { event: '*', nth: 'every', state: 'user-speaking' }, 0],
  ])('%s', (_what, at, count) => {
    const driver = session([mark(at)]);
    driver.send(ask);
    driver.send(ask);
    expect(counts(driver)).toBe(count);
  });

  test('the turn of the user: 0 before the first, then by its beginning', () => {
    const driver = session([mark({ event: '*', nth: 'every', turn: 1 })]);
    driver.send(ask);
    expect(counts(driver)).toBe(0);
    const append = { type: 'input_audio_buffer.append', audio: Buffer.alloc(3_200).toString('base64') };
    driver.send(append);
    driver.send({ type: 'input_audio_buffer.commit' });
    expect(marked(driver)).toEqual(['input_audio_buffer.committed', 'conversation.item.created']);
    const before = counts(driver);
    driver.send(append);
    driver.send({ type: 'input_audio_buffer.commit' });
    expect(counts(driver)).toBe(before);
  });

  test('the state of the buffer when the client commits', () => {
    const refuse = (state: 'buffer-empty' | 'buffer-filled'): Fault => ({
      do: 'refuse',
      at: { event: 'input_audio_buffer.commit', state },
      error: { message: state },
    });
    const driver = session([refuse('buffer-filled'), refuse('buffer-empty')]);
    const commit = { type: 'input_audio_buffer.commit' };
    expect(driver.send(commit)[0]).toHaveProperty('error.message', 'buffer-empty');
    driver.send({ type: 'input_audio_buffer.append', audio: 'AAAA' });
    expect(driver.send(commit)[0]).toHaveProperty('error.message', 'buffer-filled');
  });

  test('a client event by its fields', () => {
    const driver = session([
      {
        do: 'refuse',
        at: { event: 'conversation.item.create', where: { 'item.role': 'system' } },
        error: 'no',
      },
    ]);
    const item = (role: string) => ({
      type: 'conversation.item.create',
      item: { type: 'message', role, content: [{ type: 'input_text', text: 'x' }] },
    });
    expect(typesOf(driver.send(item('user')))).toEqual(['conversation.item.created']);
    expect(typesOf(driver.send(item('system')))).toEqual(['error']);
  });

  test('one connection of several', () => {
    const at: FaultAddress = { event: 'session.created', connection: 2 };
    expect([1, 2, 3].map((connection) => counts(session([mark(at)], { connection })))).toEqual([0, 1, 0]);
  });

  test('a chance is drawn from the seed, the same in every run', () => {
    const faults = [mark({ event: 'response.text.delta', nth: 'every' }, { chance: [1, 2] })];
    const seen = (seed: number) => {
      const driver = new SessionDriver({ seed, scenario: { replies: [{ text: 'a '.repeat(40) }], faults } });
      driver.send({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
      driver.send(ask);
      return typesOf(driver.events).join(' ');
    };
    const [one, again, other] = [seen(1), seen(1), seen(2)];
    expect(one).toBe(again);
    const count = one.split('x.mark').length - 1;
    expect(count).toBeGreaterThan(5);
    expect(count).toBeLessThan(35);
    expect(other).not.toBe(one);
  });
});

describe('a moment', () => {
  test('on a clock that jumps it strikes when time passes it, and draws no clock to it', () => {
    const driver = session([mark({ atMs: 320 })]);
    expect(counts(driver)).toBe(0);
    driver.send(ask);
    // The first delta is due at 300 ms, the second at 340.
    expect(marked(driver)).toEqual(['response.text.delta']);
    expect(typesOf(driver.events).slice(0, typesOf(driver.events).indexOf('x.mark'))).toContain(
      'response.text.delta',
    );
  });

  test('on a paced clock it strikes in its time, without any message', () => {
    const driver = session([mark({ atMs: 1_000 })], { clock: 'paced' });
    expect(driver.advance(999)).toEqual([]);
    expect(typesOf(driver.advance(1))).toEqual(['x.mark']);
  });

  test('at 0 it strikes right after the opening', () => {
    expect(typesOf(session([mark({ atMs: 0 })]).events).slice(0, 2)).toEqual(['session.created', 'x.mark']);
  });
});

describe('of several faults', () => {
  test('the first that fits decides, and the others go on counting', () => {
    const driver = session([
      { do: 'pass', at: { event: 'response.text.delta', nth: 2 } },
      { do: 'drop', at: { event: 'response.text.delta', nth: 'every' } },
      mark({ event: 'response.text.delta', nth: 3 }),
    ]);
    driver.send(ask);
    driver.send(ask);
    const deltas = driver.events
      .filter(({ type }) => type === 'response.text.delta')
      .map(({ delta }) => delta);
    expect(deltas).toEqual([' two.']);
    // The third delta was the second fault's already.
    expect(counts(driver)).toBe(0);
  });

  test('what a fault invents is not struck again', () => {
    const driver = session([
      { do: 'duplicate', at: { event: 'response.text.delta', nth: 'every' }, times: 3 },
      { do: 'drop', at: { event: 'x.mark' as 'error', nth: 'every' }, optional: true },
    ]);
    driver.send(ask);
    expect(driver.events.filter(({ type }) => type === 'response.text.delta')).toHaveLength(8);
  });
});

describe('a hold', () => {
  const hold = (until: object, after: object) => ({ after, until }) as never;

  test('begins with an event of the client, before it is carried out', () => {
    const driver = new SessionDriver({
      scenario: { holds: [hold({ event: 'response.cancel' }, { event: 'response.create' })] },
    });
    expect(driver.send(ask)).toEqual([]);
    expect(driver.notes).toContain('hold-started');
  });

  test('lets go when the client has sent the event, even if a fault refuses it', () => {
    const driver = new SessionDriver({
      scenario: {
        holds: [hold({ event: 'response.cancel' }, { event: 'response.created' })],
        faults: [{ do: 'refuse', at: { event: 'response.cancel' }, refusal: 'cancel-without-response' }],
      },
    });
    driver.send({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
    expect(typesOf(driver.send(ask))).toEqual(['response.created']);
    const answer = typesOf(driver.send({ type: 'response.cancel' }));
    expect([answer[0], answer.at(-1)]).toEqual(['error', 'response.done']);
  });

  test('lets go after some virtual time', () => {
    const driver = new SessionDriver({
      clock: 'paced',
      scenario: { holds: [hold({ ms: 700 }, { event: 'response.created' })] },
    });
    driver.send({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
    expect(typesOf(driver.send(ask))).toEqual(['response.created']);
    expect(driver.advance(699)).toEqual([]);
    expect(typesOf(driver.advance(1)).slice(0, 1)).toEqual(['response.output_item.added']);
  });
});
