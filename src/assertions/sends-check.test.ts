import { describe, expect, it } from 'vitest';
import {
  binary,
  client,
  connection,
  created,
  delta,
  done,
  dropped,
  says,
  server,
} from '../../test/support/written-log.js';
import type { Expectation } from '../scenarios/index.js';
import type { SessionEvidence } from './verification.js';
import { verifyScenario } from './verify-scenario.js';

/** Verdict and words of one expectation. */
function judge(expectation: Expectation, ...sessions: SessionEvidence[]) {
  const { checks } = verifyScenario({ scenario: { expect: [expectation] }, sessions, upgrades: [] });
  const check = checks.find(({ place }) => place === 'expect[0]');
  return [check?.ok, check?.what, check?.saw];
}

const update = (voice: unknown) => client({ type: 'session.update', session: { voice } });
const cancels = connection(1, says('response.cancel'), says('response.create'), says('response.cancel'));

describe('how often the client sends something', () => {
  it.each<[object, boolean, string]>([
    [{}, true, 'at least once'],
    [{ times: 2 }, true, 'exactly twice'],
    [{ times: 1 }, false, 'exactly once'],
    [{ atLeast: 3 }, false, 'at least 3 times'],
    [{ atMost: 2 }, true, 'at most twice'],
    [{ atMost: 1 }, false, 'at most once'],
    [{ atLeast: 1, atMost: 2 }, true, 'at least once and at most twice'],
    [{ atLeast: 0 }, true, 'any number of times'],
  ])('%j', (bounds, ok, words) => {
    expect(judge({ sends: 'response.cancel', ...bounds }, cancels)).toEqual([
      ok,
      `the client sends response.cancel ${words}`,
      'twice: at 0 ms, at 200 ms',
    ]);
  });

  it('never', () => {
    expect(judge({ sends: 'response.cancel', times: 0 }, cancels).slice(0, 2)).toEqual([
      false,
      'the client never sends response.cancel',
    ]);
    expect(judge({ sends: 'session.finish', times: 0 }, cancels)[0]).toBe(true);
    expect(judge({ sends: 'session.finish' }, cancels)).toEqual([
      false,
      'the client sends session.finish at least once',
      'never',
    ]);
  });

  it('anything: what is no JSON, what is binary, what the service does not know', () => {
    const session = connection(1, client('{"type":'), binary(3), says('x.y'), server(created('r')));
    expect(judge({ sends: 'anything', times: 3 }, session)[0]).toBe(true);
  });

  it('does not take a message of the server for one of the client', () => {
    const session = connection(1, server({ type: 'response.cancel' }));
    expect(judge({ sends: 'response.cancel' }, session)[0]).toBe(false);
  });
});

describe('with which fields', () => {
  const session = connection(
    1,
    update('Tina'),
    update(null),
    client({ type: 'session.update', session: {} }),
  );
  it.each<[unknown, number]>([
    ['Tina', 1],
    [null, 1],
    ['~absent', 1],
    ['~present', 2],
    ['Cherry', 0],
  ])('session.voice %j', (voice, times) => {
    const where = { 'session.voice': voice };
    expect(judge({ sends: 'session.update', where, times }, session)[0]).toBe(true);
    expect(judge({ sends: 'session.update', where, times: times + 1 }, session)[0]).toBe(false);
  });

  it('says what it met instead', () => {
    const where = { 'session.voice': 'Cherry', 'session.tools': '~present' };
    expect(judge({ sends: 'session.update', where }, session)).toEqual([
      false,
      "the client sends session.update with session.voice 'Cherry', session.tools present at least once",
      "never; 3 other session.updates, the first with session.voice 'Tina', session.tools absent",
    ]);
  });

  it('tells null from absent in what it met', () => {
    const where = { 'session.voice': 'Cherry' };
    expect(judge({ sends: 'session.update', where }, connection(1, update(null)))[2]).toBe(
      'never; 1 other session.update, the first with session.voice null',
    );
  });

  it('compares objects and lists by what they hold', () => {
    const tools = client({ type: 'session.update', session: { tools: [{ a: 1, b: [2] }] } });
    const holds = (value: unknown) =>
      judge({ sends: 'session.update', where: { 'session.tools': value } }, connection(1, tools))[0];
    expect(holds([{ b: [2], a: 1 }])).toBe(true);
    expect([[{ b: [2] }], [{ b: [2], a: 1, c: 3 }], [{ b: { 0: 2 }, a: 1 }], '[…]'].map(holds)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('where', () => {
  const session = connection(
    1,
    says('response.create'),
    server(created('r1')),
    server(delta('r1')),
    says('response.cancel'),
    server(done('r1')),
    says('response.create'),
    server(created('r2')),
    server(delta('r2')),
    says('response.cancel'),
  );

  it.each<[object, number]>([
    [{ after: { event: 'response.created' } }, 2],
    [{ after: { event: 'response.created', nth: 2 } }, 1],
    [{ after: { event: 'response.text.delta', response: 2 } }, 1],
    [{ after: { event: 'response.done', response: 2 } }, 0],
    [{ before: { event: 'response.done' } }, 1],
    [{ before: { event: 'response.done', nth: 2 } }, 2],
    [{ after: { event: 'response.create', nth: 1 }, before: { event: 'response.create', nth: 2 } }, 1],
  ])('%j', (where, times) => {
    expect(judge({ sends: 'response.cancel', ...where, times }, session)[0]).toBe(true);
    expect(judge({ sends: 'response.cancel', ...where, times: times + 1 }, session)[0]).toBe(false);
  });

  it('says so when the event after which it counts never came', () => {
    const after = { event: 'response.done', nth: 2, response: 1 } as const;
    expect(judge({ sends: 'response.cancel', after }, session)).toEqual([
      false,
      'the client sends response.cancel at least once after the 2nd response.done of response 1',
      'never; the 2nd response.done of response 1 never came',
    ]);
  });

  it('counts responses by those announced on the wire: a dropped one and a repeated one do not count', () => {
    const lost = connection(
      1,
      dropped(created('r0')),
      server(created('r1')),
      server(created('r1')),
      server(created('r2')),
      server(delta('r2')),
      says('response.cancel'),
    );
    const after = { event: 'response.text.delta', response: 2 } as const;
    expect(judge({ sends: 'response.cancel', after }, lost)[0]).toBe(true);
    expect(judge({ sends: 'response.cancel', after: { ...after, response: 3 } }, lost)[0]).toBe(false);
  });

  it('a dropped event is no mark', () => {
    const silent = connection(1, dropped(created('r1')), says('response.cancel'));
    expect(judge({ sends: 'response.cancel', after: { event: 'response.created' } }, silent)[0]).toBe(false);
  });

  it('a mark is an event of the side that has such events', () => {
    const pretended = connection(1, says('response.created'), says('response.cancel'));
    const answered = connection(1, server({ type: 'response.cancel' }), says('response.create'));
    expect(judge({ sends: 'response.cancel', after: { event: 'response.created' } }, pretended)[0]).toBe(
      false,
    );
    expect(judge({ sends: 'response.create', after: { event: 'response.cancel' } }, answered)[0]).toBe(false);
  });

  it('takes the connections as one line, or one of them', () => {
    const first = connection(1, server({ type: 'error' }), update('Tina'));
    const second = connection(2, update('Tina'), says('response.create'));
    const after = { event: 'error' } as const;
    expect(judge({ sends: 'session.update', times: 2, after }, first, second)[2]).toBe(
      'twice: at 100 ms on connection 1, at 0 ms on connection 2',
    );
    expect(judge({ sends: 'session.update', connection: 2 }, first, second)).toEqual([
      true,
      'the client sends session.update at least once on connection 2',
      'once: at 0 ms',
    ]);
    expect(judge({ sends: 'session.update', connection: 3 }, first, second)).toEqual([
      false,
      'the client sends session.update at least once on connection 3',
      'never; there was no connection 3',
    ]);
  });

  it('carries the reason along', () => {
    const because = 'the service refuses the second one';
    const { checks } = verifyScenario({
      scenario: { expect: [{ sends: 'response.cancel', atMost: 1, because }] },
      sessions: [session],
      upgrades: [],
    });
    expect(checks.at(-1)).toMatchObject({ ok: false, because, place: 'expect[0]' });
  });
});
