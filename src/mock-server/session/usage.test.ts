/**
 * `usage` of a response: parts that add up, only the kinds that occurred (§4.23, §11.12).
 */
import { describe, expect, test } from 'vitest';
import { SessionDriver } from '../../../test/support/session-driver.js';
import { textTokens, type Usage } from '../../protocol/index.js';
import type { Scenario } from '../../scenarios/index.js';

const INSTRUCTIONS = 'Be brief.';
const CREATE = { type: 'response.create' };

function usages(
  scenario: Scenario,
  update: Readonly<Record<string, unknown>>,
  act?: (session: SessionDriver) => void,
) {
  const session = new SessionDriver({ scenario });
  session.send({ type: 'session.update', session: { instructions: INSTRUCTIONS, ...update } });
  act?.(session);
  session.send(CREATE);
  session.send(CREATE);
  const done = session.events.filter((event) => event.type === 'response.done');
  return done.map((event) => (event['response'] as { usage: Usage }).usage);
}

const ANSWER = 'Sure, it is on.';

describe('computed', () => {
  test('a written answer costs its words, and is history for the next', () => {
    const [first, second] = usages(
      { replies: [{ text: ANSWER }, { text: ANSWER }] },
      { modalities: ['text'] },
    );
    const [asked, said] = [textTokens(INSTRUCTIONS), textTokens(ANSWER)];
    expect(first).toEqual({
      total_tokens: asked + said,
      input_tokens: asked,
      output_tokens: said,
      input_tokens_details: { text_tokens: asked },
      output_tokens_details: { text_tokens: said },
    });
    expect(second?.input_tokens).toBe(asked + said);
  });

  test('a voice costs 12.5 tokens a second beside its words', () => {
    const wav = new Int16Array(2 * 16_000);
    const [usage] = usages({ replies: [{ text: ANSWER, wav }] }, {});
    expect(usage?.output_tokens_details).toEqual({ text_tokens: textTokens(ANSWER), audio_tokens: 25 });
    expect(usage?.output_tokens).toBe(textTokens(ANSWER) + 25);
  });

  test('the audio of the user is read as well', () => {
    const [usage] = usages({}, { modalities: ['text'], turn_detection: null }, (session) => {
      session.appendAudio(new Int16Array(4 * 16_000));
      session.send({ type: 'input_audio_buffer.commit' });
    });
    expect(usage?.input_tokens_details).toEqual({ text_tokens: textTokens(INSTRUCTIONS), audio_tokens: 50 });
  });

  test('what a cancelled answer had said by then', () => {
    const deltas = ['four', 'more'];
    const scenario: Scenario = {
      replies: [{ items: [{ message: { text: deltas.join(''), deltas } }] }],
      holds: [{ after: { event: 'response.text.delta' }, until: { event: 'response.cancel' } }],
      quirks: { emitDoneOnCancel: true },
    };
    const session = new SessionDriver({ scenario });
    session.send({ type: 'session.update', session: { instructions: INSTRUCTIONS, modalities: ['text'] } });
    session.send(CREATE);
    const done = session.send({ type: 'response.cancel' }).at(-1)?.['response'] as { usage: Usage };
    expect(done.usage.output_tokens_details).toEqual({ text_tokens: 1 });
  });
});

test('a script has the last word', () => {
  const usage: Usage = {
    total_tokens: 3,
    input_tokens: 1,
    output_tokens: 2,
    input_tokens_details: { text_tokens: 1 },
    output_tokens_details: { text_tokens: 2 },
  };
  expect(usages({ replies: [{ text: ANSWER, usage }] }, { modalities: ['text'] })[0]).toEqual(usage);
});
