/**
 * Tool calls: scripted and generated, one and parallel, their outputs, and what is refused of them. Protocol
 * reference §3.8, §4.20, §5.6.
 */
import { describe, expect, it } from 'vitest';
import { asked } from './support/asked-session.js';
import {
  create,
  functionTool,
  MODEL_OF,
  textOnly,
  toolOutput,
  UTTERANCE,
  update,
} from './support/client-messages.js';
import {
  at,
  CALL_ITEM,
  errorsOf,
  joined,
  ofType,
  only,
  response,
  shapeOf,
  TEXT_ITEM,
} from './support/seen-responses.js';
import { SessionDriver, typesOf } from './support/session-driver.js';

const WEATHER = functionTool('get_weather', {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2 }, unit: { enum: ['C', 'F'] } },
  required: ['city', 'days', 'unit'],
});

function offered(tools: unknown[], more: Record<string, unknown> = {}): SessionDriver {
  const session = asked({}, MODEL_OF.omni38);
  session.send(textOnly);
  session.send(update({ tools, ...more }));
  return session;
}

describe('a generated call', () => {
  it('is made when tools are offered, and answered in words after its output', () => {
    const session = offered([WEATHER]);
    const call = session.send(create);
    expect(shapeOf(call)).toEqual(response(CALL_ITEM));
    const done = only(call, 'response.function_call_arguments.done');
    expect(done['arguments']).toBe(' {"city": "example", "days": 2, "unit": "C"}');
    expect(joined(call, 'response.function_call_arguments.delta')).toBe(done['arguments']);
    const [ack, ...more] = session.send(toolOutput(done['call_id'], 'sunny'));
    expect(more).toEqual([]);
    expect(ack).toEqual({
      event_id: expect.any(String),
      type: 'conversation.item.created',
      previous_item_id: done['item_id'],
      item: {
        id: expect.stringMatching(/^item_/),
        object: 'realtime.item',
        type: 'function_call_output',
        status: 'completed',
        call_id: done['call_id'],
        output: 'sunny',
      },
    });
    expect(shapeOf(session.send(create))).toEqual(response(TEXT_ITEM));
  });

  it('needs a response.create after its output in VAD mode too', () => {
    const session = new SessionDriver({ model: MODEL_OF.omni35 });
    session.send(update({ tools: [WEATHER] }));
    const call = session.appendAudio(UTTERANCE);
    const { call_id } = only(call, 'response.function_call_arguments.done');
    expect(typesOf(session.send(toolOutput(call_id, 'sunny')))).toEqual(['conversation.item.created']);
    expect(typesOf(session.send(create))).toContain('response.audio.delta');
  });

  it.each([MODEL_OF.turbo, MODEL_OF.flash3])('is never made by %s, which has no tools', (model) => {
    const session = asked({}, model);
    session.send(update({ tools: [WEATHER] }));
    expect(typesOf(session.send(create))).toContain('response.audio_transcript.delta');
  });

  it('respects tool_choice none, and a named choice', () => {
    const two = [functionTool('one'), functionTool('two')];
    expect(shapeOf(offered(two, { tool_choice: 'none' }).send(create))).toEqual(response(TEXT_ITEM));
    const chosen = offered(two, { tool_choice: { type: 'function', function: { name: 'two' } } }).send(
      create,
    );
    expect(only(chosen, 'response.function_call_arguments.done')['name']).toBe('two');
  });

  it('stops when the tools are taken away', () => {
    const session = offered([WEATHER]);
    session.send(update({ tools: [] }));
    expect(shapeOf(session.send(create))).toEqual(response(TEXT_ITEM));
  });
});

describe('outputs of tools', () => {
  it('are acknowledged one by one, in order, for parallel calls', () => {
    const toolCalls = ['one', 'two'].map((name) => ({ name, arguments: '{}' }));
    const session = asked({ replies: [{ toolCalls }] });
    const ids = ofType(session.send(create), 'response.function_call_arguments.done').map(
      (event) => event['call_id'],
    );
    const acks = ids.flatMap((id) => session.send(toolOutput(id, `for ${id}`)));
    expect(acks.map((ack) => at(ack, 'item.call_id'))).toEqual(ids);
    expect(acks[1]?.['previous_item_id']).toBe(at(acks[0], 'item.id'));
  });

  it('of an unknown call, and a second one for the same call, are refused', () => {
    const session = offered([WEATHER]);
    expect(errorsOf(session.send(toolOutput('call_x', 'a')))).toEqual([
      { type: 'invalid_request_error', message: 'Unknown function call id: call_x' },
    ]);
    const { call_id } = only(session.send(create), 'response.function_call_arguments.done');
    session.send(toolOutput(call_id, 'a'));
    expect(errorsOf(session.send(toolOutput(call_id, 'b')))).toEqual([
      { type: 'invalid_request_error', message: 'Duplicate function call output for call_id' },
    ]);
    expect(shapeOf(session.send(create))).toEqual(response(TEXT_ITEM));
  });

  it('may be sent while the response that calls is still active', () => {
    const after = { event: 'response.function_call_arguments.done' } as const;
    const session = asked({
      replies: [{ toolCalls: [{ name: 'f', arguments: '{}' }] }],
      holds: [{ after, until: { event: 'response.create' } }],
    });
    const { call_id } = only(session.send(create), 'response.function_call_arguments.done');
    expect(typesOf(session.send(toolOutput(call_id, 'x')))).toEqual(['conversation.item.created']);
  });
});
