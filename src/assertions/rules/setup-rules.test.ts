import { describe, expect, it } from 'vitest';
import { kept, look, updated } from '../../../test/support/rule-finding.js';
import { append, binary, client, dropped, says, server } from '../../../test/support/written-log.js';

describe('unique-event-ids', () => {
  const named = (event_id: unknown) => client({ type: 'response.create', event_id });
  it('looks at ids that are texts, of any message of the client', () => {
    const log = [named('a'), named('b'), named(7), named(7), says('x'), binary(1), client('{')];
    expect(look('unique-event-ids', ...log, server({ type: 'error', event_id: 'a' }))).toBe(
      kept(2, 'event ids'),
    );
    expect(look('unique-event-ids', named('a'), client({ type: 'x', event_id: 'a' }))).toBe(
      "broken once: at 100 ms ('a' again)",
    );
  });
});

describe('setup-first', () => {
  const [create, finish] = [says('response.create'), says('session.finish')];
  it('wants session.updated before the first append or request', () => {
    expect(look('setup-first', says('session.update'), updated(), append(2), create)).toBe(
      kept(1, 'first requests'),
    );
    expect(look('setup-first', append(2), updated(), create)).toBe(
      'broken once: at 0 ms (input_audio_buffer.append before session.updated)',
    );
    expect(look('setup-first', says('session.update'), create, updated())).toMatch(/^broken/);
    expect(look('setup-first', create)).toMatch(/^broken/);
    expect(look('setup-first', finish)).toBe(kept(0, 'first requests'));
  });

  it('a session.updated that was dropped is none', () => {
    expect(look('setup-first', dropped({ type: 'session.updated' }), create)).toMatch(/^broken/);
  });
});

describe('no-repeated-update', () => {
  const update = (session: unknown, event_id = 'x') => client({ type: 'session.update', event_id, session });
  it('compares what two updates in a row say', () => {
    expect(look('no-repeated-update', update({ a: 1, b: 2 }), says('x'), update({ b: 2, a: 1 }, 'y'))).toBe(
      'broken once: at 200 ms (the same as at 0 ms)',
    );
    expect(look('no-repeated-update', update({ a: 1 }), update({ a: 2 }), update({ a: 1 }))).toBe(
      kept(3, 'updates'),
    );
    expect(look('no-repeated-update', update({ a: [1, 2] }), update({ a: [2, 1] }))).toBe(kept(2, 'updates'));
  });
});
