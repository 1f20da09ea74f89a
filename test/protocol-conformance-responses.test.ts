/**
 * The five shapes of a response, and what one response.create may change. Protocol reference §3.6, §4.14 to
 * §4.23, §5.0.
 */
import { describe, expect, it } from 'vitest';
import { asked } from './support/asked-session.js';
import { create, createWith, functionTool, MODEL_OF, textOnly } from './support/client-messages.js';
import {
  at,
  audioSamples,
  CALL_ITEM,
  errorsOf,
  joined,
  ofType,
  only,
  response,
  SPOKEN_ITEM,
  shapeOf,
  spokenShape,
  TEXT_ITEM,
} from './support/seen-responses.js';
import { SessionDriver } from './support/session-driver.js';

describe('the five shapes of a response (§5.0)', () => {
  it('text only', () => {
    const answer = asked().send(createWith({ modalities: ['text'] }));
    expect(shapeOf(answer)).toEqual(response(TEXT_ITEM));
    const text = joined(answer, 'response.text.delta');
    expect(text.length).toBeGreaterThan(20);
    expect(only(answer, 'response.text.done')['text']).toBe(text);
    expect(at(only(answer, 'response.content_part.done'), 'part')).toEqual({ type: 'text', text });
    expect(at(only(answer, 'response.output_item.done'), 'item.content')).toEqual([{ type: 'text' }]);
    expect(at(only(answer, 'response.done'), 'response.output.0.content')).toEqual([{ type: 'text', text }]);
    expect(at(only(answer, 'response.created'), 'response.modalities')).toEqual(['text']);
  });

  it('text and audio: the words come as a transcript, ahead of their sound', () => {
    const answer = asked().send(create);
    expect(spokenShape(answer)).toEqual(response(SPOKEN_ITEM));
    const deltas = answer.map((event) => event.type).filter((type) => type.endsWith('.delta'));
    expect(deltas[0]).toBe('response.audio_transcript.delta');
    expect(deltas.at(-1)).toBe('response.audio.delta');
    const words = joined(answer, 'response.audio_transcript.delta');
    expect(only(answer, 'response.audio_transcript.done')['transcript']).toBe(words);
    expect(at(only(answer, 'response.content_part.added'), 'part')).toEqual({ type: 'audio', text: '' });
    expect(at(only(answer, 'response.content_part.done'), 'part')).toEqual({ type: 'audio', text: words });
    expect(at(only(answer, 'response.output_item.done'), 'item.content')).toEqual([
      { type: 'audio', text: words },
    ]);
    expect(at(only(answer, 'response.done'), 'response.output.0.content')).toEqual([
      { type: 'audio', transcript: words },
    ]);
    const seconds = audioSamples(answer).length / 24_000;
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(8);
  });

  it('one call', () => {
    const session = asked({ replies: [{ toolCalls: [{ name: 'clock', arguments: '{}' }] }] });
    const answer = session.send(create);
    expect(shapeOf(answer)).toEqual(response(CALL_ITEM));
    const { call_id, item_id } = only(answer, 'response.function_call_arguments.done');
    expect(at(only(answer, 'response.done'), 'response.output')).toEqual([
      {
        id: item_id,
        object: 'realtime.item',
        type: 'function_call',
        status: 'completed',
        call_id,
        name: 'clock',
        arguments: '{}',
      },
    ]);
  });

  it('two calls, one after the other', () => {
    const toolCalls = ['one', 'two'].map((name) => ({ name, arguments: { n: name } }));
    const answer = asked({ replies: [{ toolCalls }] }).send(create);
    expect(shapeOf(answer)).toEqual(response(CALL_ITEM, CALL_ITEM));
    const done = ofType(answer, 'response.function_call_arguments.done');
    expect(done.map((event) => [event['name'], event['output_index']])).toEqual([
      ['one', 0],
      ['two', 1],
    ]);
    expect(new Set(done.map((event) => event['call_id'])).size).toBe(2);
    expect(at(only(answer, 'response.done'), 'response.output.length')).toBe(2);
  });

  it('a message and then a call', () => {
    const session = asked({
      replies: [{ text: 'One moment.', toolCalls: [{ name: 'clock', arguments: '{}' }] }],
    });
    const answer = session.send(create);
    expect(spokenShape(answer)).toEqual(response(SPOKEN_ITEM, CALL_ITEM));
    const added = ofType(answer, 'response.output_item.added');
    expect(added.map((event) => [event['output_index'], at(event, 'item.type')])).toEqual([
      [0, 'message'],
      [1, 'function_call'],
    ]);
  });
});

describe('what one response.create may change (§3.6)', () => {
  it('its modalities hold for this response only', () => {
    const session = asked();
    expect(shapeOf(session.send(createWith({ modalities: ['text'] })))).toContain('response.text.done');
    expect(shapeOf(session.send(create))).toContain('response.audio.done');
    session.send(textOnly);
    expect(shapeOf(session.send(createWith({ modalities: ['audio', 'text'] })))).toContain(
      'response.audio.done',
    );
    expect(shapeOf(session.send(create))).toContain('response.text.done');
  });

  it.each([
    [['audio'], "['audio']"],
    [[], '[]'],
    [['text', 'video'], "['text', 'video']"],
  ])('refuses the modalities %j', (modalities, shown) => {
    const answer = asked().send(createWith({ modalities }));
    expect(answer.map((event) => event['error'])).toEqual([
      {
        type: 'invalid_request_error',
        code: 'invalid_value',
        message: `Invalid modalities: ${shown}. Supported combinations are: ['text'] and ['audio', 'text'].`,
        param: 'response.modalities',
      },
    ]);
  });

  it('its instructions are something to answer; null ones are not', () => {
    const session = new SessionDriver({ model: MODEL_OF.omni38 });
    session.send(textOnly);
    expect(errorsOf(session.send(createWith({ instructions: null })))).toEqual([
      {
        type: 'invalid_request_error',
        message: 'Cannot create response without input, history, or instructions',
      },
    ]);
    expect(shapeOf(session.send(createWith({ instructions: 'Say hello.' })))).toEqual(response(TEXT_ITEM));
  });

  it('fields of other dialects have no effect', () => {
    const extra = { input: [], tools: [functionTool('x')], conversation: 'none', metadata: { a: 1 } };
    expect(spokenShape(asked().send(createWith(extra)))).toEqual(response(SPOKEN_ITEM));
  });
});
