import { describe, expect, it } from 'vitest';
import { closed, connection } from '../../test/support/written-log.js';
import type { Expectation } from '../scenarios/index.js';
import type { SessionEvidence, UpgradeEvidence } from './verification.js';
import { verifyScenario } from './verify-scenario.js';

function judge(expectation: Expectation, sessions: SessionEvidence[], upgrades: UpgradeEvidence[] = []) {
  const { checks } = verifyScenario({ scenario: { expect: [expectation] }, sessions, upgrades });
  const check = checks.find(({ place }) => place === 'expect[0]');
  return [check?.ok, check?.what, check?.saw];
}

describe('how often the client connects', () => {
  const upgrades: UpgradeEvidence[] = [
    { connection: 1, answer: 'refused', fault: 0 },
    { connection: 2, answer: 'dropped', fault: 0 },
    { connection: 3, answer: 'accepted' },
  ];

  it('counts what was refused and dropped as well', () => {
    const sessions = [connection(3)];
    expect(judge({ connects: { times: 3 } }, sessions, upgrades)).toEqual([
      true,
      'the client connects exactly 3 times',
      '3 times: refused, dropped, accepted',
    ]);
    expect(judge({ connects: { atMost: 2 } }, sessions, upgrades)[0]).toBe(false);
  });

  it('counts a session whose upgrade is no longer remembered', () => {
    expect(judge({ connects: { times: 4 } }, [connection(9), connection(3)], upgrades)[0]).toBe(true);
  });

  it('never, where nobody came', () => {
    expect(judge({ connects: { times: 0 } }, [])).toEqual([true, 'the client connects never', 'never']);
    expect(judge({ connects: {} }, [])[0]).toBe(false);
  });
});

describe('how a connection ends', () => {
  const left = connection(1, closed('client', 1000));
  const cut = connection(2, closed('dropped'));
  const open = connection(3);

  it.each<[object, SessionEvidence[], boolean]>([
    [{ by: 'client' }, [left], true],
    [{ by: 'server' }, [left], false],
    [{ by: 'dropped' }, [cut], true],
    [{ by: 'client' }, [left, cut], false],
    [{ by: 'nobody' }, [open], true],
    [{ by: 'nobody' }, [left], false],
    [{ by: 'client' }, [open], false],
    [{ code: 1000 }, [left], true],
    [{ code: 1001 }, [left], false],
    [{ code: 1000 }, [open], false],
    [{ notCode: [1002, 1007] }, [left, cut, open], true],
    [{ notCode: [1002, 1000] }, [left], false],
    [{ by: 'client', notCode: [1000] }, [left], false],
    [{}, [left, cut], true],
    [{}, [left, open], false],
  ])('%j', (ends, sessions, ok) => {
    expect(judge({ ends }, sessions)[0]).toBe(ok);
  });

  it('says how they ended', () => {
    expect(judge({ ends: { by: 'client', code: 1000 } }, [left, cut, open])).toEqual([
      false,
      'every connection is closed by the client and ends with code 1000',
      'connection 2 ended at 0 ms by dropped, no code; connection 3 is still open',
    ]);
  });

  it('of one connection, which must have been let in', () => {
    expect(judge({ ends: { by: 'dropped' }, connection: 2 }, [left, cut])[0]).toBe(true);
    expect(judge({ ends: { notCode: [1002] }, connection: 4 }, [left, cut])).toEqual([
      false,
      'connection 4 does not end with code 1002',
      'there was no such connection',
    ]);
  });
});
