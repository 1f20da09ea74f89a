import { describe, expect, it } from 'vitest';
import { kept, look } from '../../../test/support/rule-finding.js';
import { client, dropped, says, server } from '../../../test/support/written-log.js';

describe('tool outputs', () => {
  const output = (call_id: unknown, value: unknown = 'ok') =>
    client({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id, output: value },
    });
  const call = { type: 'function_call', call_id: 'c1' };

  it.each([
    { type: 'response.function_call_arguments.done', call_id: 'c1' },
    { type: 'response.function_call_arguments.delta', call_id: 'c1' },
    { type: 'response.output_item.done', item: call },
    { type: 'response.done', response: { id: 'r', output: [{ type: 'message' }, call] } },
  ])('one-output-per-call: a call announced by $type', (event) => {
    expect(look('one-output-per-call', server(event), output('c1'))).toBe(kept(1, 'tool outputs'));
    expect(look('one-output-per-call', output('c1'), server(event))).toBe(
      "broken once: at 0 ms (for 'c1', which is no call of this connection)",
    );
    expect(look('one-output-per-call', server(event), output('c1'), says('x'), output('c1'))).toBe(
      "broken once: at 300 ms (for 'c1', again)",
    );
    expect(look('one-output-per-call', dropped(event), output('c1'))).toMatch(/^broken/);
  });

  it('one-output-per-call: the echo of an output is no call', () => {
    const echo = server({
      type: 'conversation.item.created',
      item: { type: 'function_call_output', call_id: 'c1' },
    });
    expect(look('one-output-per-call', echo, output('c1'))).toMatch(/^broken once/);
    expect(look('one-output-per-call', output(undefined))).toMatch(/^broken once/);
  });

  it('one-output-per-call: other items are none', () => {
    const written = client({ type: 'conversation.item.create', item: { type: 'message' } });
    expect(look('one-output-per-call', written)).toBe(kept(0, 'tool outputs'));
  });

  it.each([
    ['21 degrees', true],
    ['', true],
    ['{"lamp":"on"}', true],
    ['"on"', true],
    ['"21"', true],
    [JSON.stringify('{"lamp":"on"}'), false],
    [JSON.stringify('["on"]'), false],
    [JSON.stringify('"on"'), false],
    [{ lamp: 'on' }, false],
    [null, false],
    [undefined, false],
  ])('string-outputs: %j', (value, ok) => {
    const item = { type: 'function_call_output', call_id: 'c', output: value };
    const saw = look('string-outputs', client({ type: 'conversation.item.create', item }));
    expect(saw.startsWith('kept')).toBe(ok);
  });
});
