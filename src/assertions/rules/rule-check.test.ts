import { expect, it } from 'vitest';
import { look } from '../../../test/support/rule-finding.js';
import { client, connection, says, type WrittenLine } from '../../../test/support/written-log.js';
import { CLIENT_RULES, type ClientRule } from '../../scenarios/index.js';
import { verifyScenario } from '../verify-scenario.js';

it('each has a check, which keeps silent where there is nothing to look at', () => {
  for (const name of Object.keys(CLIENT_RULES) as ClientRule[]) {
    expect(look(name, says('input_audio_buffer.clear'))).toMatch(/^kept by all [a-z ]+: 0$/);
  }
});

it('each connection is judged by itself', () => {
  const once = client({ type: 'input_audio_buffer.clear', event_id: 'a' });
  const scenario = { expect: [{ keeps: 'unique-event-ids' as const }] };
  const judge = (second: WrittenLine[]) =>
    verifyScenario({
      scenario,
      sessions: [connection(1, once), connection(2, ...second)],
      upgrades: [],
    }).checks.at(-1);
  expect(judge([once])).toMatchObject({
    ok: true,
    saw: 'kept by all event ids: 2',
    what: 'the client keeps unique-event-ids: No `event_id` is used twice on a connection',
  });
  expect(judge([once, once])).toMatchObject({
    ok: false,
    saw: "broken once: at 100 ms on connection 2 ('a' again)",
  });
});
