import { describe, expect, it } from 'vitest';
import {
  binary,
  changed,
  client,
  closed,
  connection,
  note,
  says,
  server,
} from '../../test/support/written-log.js';
import { CLIENT_RULES, type Expectation, type Fault, type Hold, type Scenario } from '../scenarios/index.js';
import type { SessionEvidence, UpgradeEvidence } from './verification.js';
import { verifyScenario } from './verify-scenario.js';

/** Verdict, place and words of every check but the first, which is about the log. */
function judge(scenario: Scenario, sessions: SessionEvidence[], upgrades: UpgradeEvidence[] = []) {
  const { checks } = verifyScenario({ scenario, sessions, upgrades });
  return checks.slice(1).map(({ ok, place, saw }) => [ok, place, saw]);
}

describe('the log', () => {
  it('is complete', () => {
    expect(verifyScenario({ scenario: {}, sessions: [connection(1)], upgrades: [] })).toEqual({
      ok: true,
      checks: [
        { what: 'the log holds everything that happened', ok: true, saw: '1 connection', place: 'log' },
      ],
    });
  });

  it('cannot be judged when entries have left memory', () => {
    const sessions = [connection(1), connection(2, note('entries-evicted', { entries: 7 }))];
    const { ok, checks } = verifyScenario({ scenario: {}, sessions, upgrades: [] });
    expect([ok, checks[0]?.saw]).toEqual([
      false,
      '7 entries of connection 2 have left memory: raise sessionLogBytes, or end sessions earlier',
    ]);
  });

  it('says nothing when nobody has connected, unless that is what was expected', () => {
    const nobody = { sessions: [], upgrades: [] };
    expect(verifyScenario({ scenario: {}, ...nobody }).ok).toBe(false);
    expect(verifyScenario({ scenario: { expect: [{ keeps: 'setup-first' }] }, ...nobody }).ok).toBe(false);
    expect(verifyScenario({ scenario: { expect: [{ connects: { times: 0 } }] }, ...nobody }).ok).toBe(true);
  });

  it('shows a verbatim sequence that waited in vain', () => {
    const stuck = connection(1, note('verbatim-timed-out', { step: 2, wait: 'response.create' }));
    expect(judge({}, [stuck])).toEqual([
      [false, 'log', 'it stood still once: at 0 ms (step 2, wait response.create)'],
    ]);
  });
});

describe('faults', () => {
  const drop: Fault = {
    do: 'drop',
    at: { event: 'response.done', nth: 2, response: 1, where: { 'response.status': 'completed' } },
    note: 'A reason.',
  };
  const fired = note('fault-fired', { fault: 0 });
  const unfired = (seen: number) => note('fault-unfired', { fault: 0, seen, optional: false });

  it('strike on one connection at least', () => {
    const sessions = [connection(1, unfired(0)), connection(2, fired, fired)];
    expect(judge({ faults: [drop] }, sessions)).toEqual([
      [true, 'faults[0]', 'twice: at 0 ms on connection 2, at 100 ms on connection 2'],
    ]);
    const { checks } = verifyScenario({ scenario: { faults: [drop] }, sessions, upgrades: [] });
    expect(checks[1]).toMatchObject({
      what: "the fault drop at the 2nd response.done with response.status 'completed' of response 1 strikes",
      because: 'A reason.',
    });
  });

  it.each<[Fault, SessionEvidence[], string]>([
    [drop, [connection(1, unfired(0), closed('client'))], 'never reached: no message fitted its address'],
    [
      drop,
      [connection(1, unfired(1)), connection(2, unfired(1))],
      'never: 2 messages fitted its address, and it struck none',
    ],
    [
      { ...drop, chance: [1, 3] },
      [connection(1, unfired(1))],
      'never: 1 message fitted its address, and it struck none (it strikes by chance)',
    ],
    [drop, [connection(1)], 'not yet: 1 connection still open'],
    [
      drop,
      [connection(1, note('fault-skipped', { fault: 0, reason: 'no delta' }), unfired(1))],
      'it was reached and did nothing: no delta',
    ],
    [
      { do: 'drop', at: { event: 'response.done', connection: 2 } },
      [connection(1)],
      'never reached: there was no connection 2',
    ],
    [{ do: 'refuse-upgrade', status: 503 }, [connection(1)], 'never: it struck at none of 1 upgrade'],
    [
      drop,
      [connection(1, note('fault-fired', { fault: 1 }), unfired(0), closed('client'))],
      'never reached: no message fitted its address',
    ],
  ])('%j never struck', (asked, sessions, saw) => {
    expect(judge({ faults: [asked] }, sessions)).toEqual([[false, 'faults[0]', saw]]);
    expect(judge({ faults: [{ ...asked, optional: true }] }, sessions)).toEqual([[true, 'faults[0]', saw]]);
  });

  it('of the upgrade strike where the upgrade says so', () => {
    const upgrades: UpgradeEvidence[] = [
      { connection: 1, answer: 'refused', fault: 0 },
      { connection: 2, answer: 'accepted' },
    ];
    const faults: Fault[] = [{ do: 'refuse-upgrade', status: 503, at: { connection: 1 } }];
    expect(judge({ faults }, [connection(2)], upgrades)).toEqual([
      [true, 'faults[0]', 'once: at the upgrade of connection 1'],
    ]);
  });
});

describe('holds', () => {
  const hold: Hold = {
    after: { event: 'response.created', nth: 2 },
    until: { event: 'response.cancel', ms: 50 },
  };
  const of = (code: 'hold-started' | 'hold-timed-out' | 'hold-unreached') => note(code, { hold: 0 });

  it('are reached and let go', () => {
    const sessions = [connection(1, of('hold-started'))];
    expect(judge({ holds: [hold] }, sessions)).toEqual([[true, 'holds[0]', 'began once: at 0 ms']]);
    expect(verifyScenario({ scenario: { holds: [hold] }, sessions, upgrades: [] }).checks[1]?.what).toBe(
      'the hold after the 2nd response.created until response.cancel or 50 ms is reached and let go in time',
    );
  });

  it.each<[SessionEvidence[], boolean, boolean, string]>([
    [
      [connection(1, of('hold-started'), of('hold-timed-out'))],
      false,
      false,
      'waited in vain once: at 100 ms',
    ],
    [[connection(1, of('hold-unreached'), closed('client'))], false, true, 'never reached on 1 connection'],
    [[connection(1)], true, true, 'not reached yet'],
    [[], false, true, 'never reached: there was no session'],
    [
      [connection(1, of('hold-unreached'), closed('client')), connection(2, of('hold-started'))],
      true,
      true,
      'began once: at 0 ms on connection 2',
    ],
  ])('case %#', (sessions, ok, okIfOptional, saw) => {
    expect(judge({ holds: [hold] }, sessions)).toEqual([[ok, 'holds[0]', saw]]);
    expect(judge({ holds: [{ ...hold, optional: true }] }, sessions)).toEqual([
      [okIfOptional, 'holds[0]', saw],
    ]);
  });

  it('put on a running session count when they time out', () => {
    const sessions = [
      connection(1, note('hold-timed-out', { hold: 1 }), note('hold-unreached', { hold: 2 })),
    ];
    expect(judge({ holds: [{ ...hold, optional: true }] }, sessions).slice(1)).toEqual([
      [false, 'holds[1]', 'waited in vain once: at 0 ms'],
    ]);
  });
});

describe('whatever a log holds', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const odd = [
    client(''),
    client('null'),
    client('[1]'),
    client('{"type":7}'),
    client(deep),
    client(`{"type":"conversation.item.create","item":${deep}}`),
    client(`{"type":"session.update","session":${deep}}`),
    client(`{"type":"session.update","session":${deep}}`),
    client('{"type":"session.update","session":{"__proto__":{"voice":1}}}'),
    client('{"type":"input_audio_buffer.append","audio":7}'),
    client('{"type":"input_image_buffer.append"}'),
    client('{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":{}}}'),
    says('response.cancel'),
    says('constructor'),
    binary(0),
    server('{"type":"response.created","response":null}'),
    server(deep),
    server(
      '{"type":"session.updated","session":{"audio":{"input":{"format":{"channels":-1,"sample_rate":0}}}}}',
    ),
    changed('{', '}'),
    note('fault-fired', {}),
    note('hold-timed-out', {}),
  ];
  const marks = ['response.created', 'response.cancel'] as const;
  const expectations: Expectation[] = [
    ...(Object.keys(CLIENT_RULES) as (keyof typeof CLIENT_RULES)[]).map((keeps) => ({ keeps })),
    { sends: 'anything', where: { 'a[0]..b': '~present', __proto__: null, '': { a: Number.NaN } } },
    ...marks.map((event) => ({ sends: 'session.update' as const, after: { event }, before: { event } })),
    { connects: { times: 0 } },
    { ends: {} },
  ];

  it('is judged without throwing', () => {
    const scenario: Scenario = { probe: true, expect: expectations };
    const sessions = [
      connection(1, ...odd),
      connection(1, ...odd, closed('protocol-error', 1002)),
      connection(0),
    ];
    const { ok, checks } = verifyScenario({
      scenario,
      sessions,
      upgrades: [{ connection: 5, answer: 'dropped' }],
    });
    expect(ok).toBe(false);
    expect(checks.filter(({ what, saw }) => what.length > 500 || saw.length > 1_000)).toEqual([]);
  });

  it('is left as it was', () => {
    const sessions = [connection(1, ...odd)];
    const before = JSON.stringify(sessions);
    verifyScenario({ scenario: { probe: true, expect: expectations }, sessions, upgrades: [] });
    expect(JSON.stringify(sessions)).toBe(before);
  });
});
