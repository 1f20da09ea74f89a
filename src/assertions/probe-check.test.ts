import { describe, expect, it } from 'vitest';
import {
  changed,
  connection,
  created,
  delta,
  done,
  dropped,
  invented,
  note,
  server,
} from '../../test/support/written-log.js';
import type { Scenario } from '../scenarios/index.js';
import type { SessionEvidence, UpgradeEvidence } from './verification.js';
import { verifyScenario } from './verify-scenario.js';

describe('the probe', () => {
  const fired = note('fault-fired', { fault: 3 });
  const clean = (id: string) => [server(created(id)), server(delta(id)), server(done(id))];
  const probe = (sessions: SessionEvidence[], upgrades: UpgradeEvidence[] = [], more: Scenario = {}) =>
    verifyScenario({ scenario: { probe: true, ...more }, sessions, upgrades })
      .checks.filter(({ place }) => place === 'probe')
      .map(({ ok, place, saw }) => [ok, place, saw])[0];

  it('is any clean response where nothing went wrong', () => {
    expect(probe([connection(1, ...clean('r'))])).toEqual([true, 'probe', 'the response created at 0 ms']);
    expect(probe([connection(1)])).toEqual([false, 'probe', 'no response was created']);
  });

  it('is a response that was created after the last fault', () => {
    expect(probe([connection(1, fired, ...clean('r'))])?.[0]).toBe(true);
    expect(probe([connection(1, ...clean('r'), fired)])).toEqual([
      false,
      'probe',
      'no response was created after faults[3] struck at 300 ms',
    ]);
    const straddling = [server(created('r')), fired, server(delta('r')), server(done('r'))];
    expect(probe([connection(1, ...straddling)])?.[0]).toBe(false);
    expect(probe([connection(1, fired, ...clean('a'), fired, ...clean('b'))])).toEqual([
      true,
      'probe',
      'the response created at 500 ms',
    ]);
  });

  it.each([
    ['had no response.done', [server(created('r')), server(delta('r'))]],
    ['had no response.done', [server(created('r')), dropped(done('r'))]],
    ['had no response.done', [server(created('r')), server(done('other'))]],
    ['ended as cancelled', [server(created('r')), server(done('r', 'cancelled'))]],
    ['has no id', [server({ type: 'response.created' }), server(done('r'))]],
    ['had a message that was dropped', [server(created('r')), dropped(delta('r')), server(done('r'))]],
    ['had a message that was invented', [server(created('r')), invented(delta('r')), server(done('r'))]],
    ['had a message that was changed', [server(created('r')), changed(delta('r'), '{"x'), server(done('r'))]],
  ])('%s: that is no clean turn', (why, lines) => {
    expect(probe([connection(1, ...lines)])).toEqual([
      false,
      'probe',
      `none: the one created at 0 ms ${why}`,
    ]);
  });

  it('of a verbatim scenario asks only for what went out', () => {
    const lines = [invented(created('r')), dropped(delta('r')), invented(done('r'))];
    const verbatim: Scenario = { verbatim: [{ wait: 'anything' }] };
    expect(probe([connection(1, ...lines)], [], verbatim)?.[0]).toBe(true);
    expect(probe([connection(1, ...lines)])?.[0]).toBe(false);
    expect(probe([connection(1, invented(created('r')))], [], verbatim)?.[0]).toBe(false);
  });

  it('may come on a later connection, not on an earlier one', () => {
    const good = connection(1, ...clean('r'));
    expect(probe([connection(1, fired), connection(2, ...clean('r'))])).toEqual([
      true,
      'probe',
      'the response created at 0 ms on connection 2',
    ]);
    expect(probe([good, connection(2, fired)])?.[0]).toBe(false);
  });

  it('must come after an upgrade that went wrong', () => {
    const upgrades = (...answers: UpgradeEvidence['answer'][]) =>
      answers.map((answer, index) => ({ connection: index + 1, answer }));
    const first = connection(1, ...clean('r'));
    const second = connection(2, ...clean('r'));
    expect(probe([first], upgrades('accepted', 'refused'))).toEqual([
      false,
      'probe',
      'no response was created after the upgrade of connection 2 was refused',
    ]);
    expect(probe([second], upgrades('dropped', 'accepted'))?.[0]).toBe(true);
    const third = connection(3, ...clean('r'));
    expect(probe([third], upgrades('accepted', 'refused', 'accepted'))?.[0]).toBe(true);
    const slow: UpgradeEvidence[] = [{ connection: 1, answer: 'accepted', fault: 0 }];
    expect(probe([first], slow)?.[0]).toBe(true);
    expect(
      probe([first], [...upgrades('accepted'), { connection: 2, answer: 'accepted', fault: 0 }])?.[0],
    ).toBe(false);
  });
});
