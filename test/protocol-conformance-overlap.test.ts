/**
 * What strikes while something else is under way: barge-in, a second create, and the rest of the overlap table.
 * Holds make each strike between two deltas. Protocol reference §3.6, §5.5, §5.9.
 */
import { describe, expect, it } from 'vitest';
import { answering, asked, heldUntil } from './support/asked-session.js';
import {
  append,
  commit,
  create,
  MODEL_OF,
  pause,
  SPEAKING,
  UTTERANCE,
  update,
  userText,
} from './support/client-messages.js';
import {
  at,
  audioSamples,
  errorsOf,
  ofType,
  only,
  response,
  SPOKEN_ITEM,
  shapeOf,
  spokenShape,
} from './support/seen-responses.js';
import { type SeenEvent, SessionDriver, typesOf } from './support/session-driver.js';

const ALREADY_ACTIVE = {
  type: 'invalid_request_error',
  message: 'Conversation already has an active response',
};
const WHILE_SPEAKING = {
  type: 'invalid_request_error',
  code: 'invalid_value',
  message: 'Cannot create response while user is speaking.',
  param: 'response.create',
};
const CLOSING = [
  'response.audio_transcript.done',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
];

describe('barge-in (§5.5)', () => {
  function bargeIn(
    model: string,
    settings: Readonly<Record<string, unknown>> = {},
  ): { begun: SeenEvent[]; rest: SeenEvent[] } {
    const session = new SessionDriver({ model, scenario: heldUntil('input_audio_buffer.speech_started') });
    session.send(update({ turn_detection: settings }));
    const begun = session.appendAudio(UTTERANCE);
    return { begun, rest: session.appendAudio(UTTERANCE) };
  }

  it.each(Object.entries(MODEL_OF))(
    '%s: the answer stops, and the new turn gets its own',
    (family, model) => {
      const { begun, rest } = bargeIn(model);
      const first = at(only(begun, 'response.created'), 'response.id');
      expect(ofType(begun, 'response.audio.delta')).toHaveLength(2);
      const cut = family === 'omni35' ? CLOSING : [...CLOSING, 'response.done'];
      expect(typesOf(rest).slice(0, 1 + cut.length)).toEqual(['input_audio_buffer.speech_started', ...cut]);
      if (family !== 'omni35') {
        expect(at(rest[5], 'response')).toMatchObject({
          id: first,
          status: 'cancelled',
          status_details: { type: 'cancelled', reason: 'turn_detected' },
        });
      }
      const second = rest.slice(1 + cut.length);
      expect(typesOf(second)).toContain('input_audio_buffer.committed');
      expect(spokenShape(second.slice(typesOf(second).indexOf('response.created')))).toEqual(
        response(SPOKEN_ITEM),
      );
      expect(at(only(second, 'response.created'), 'response.id')).not.toBe(first);
      expect(JSON.stringify(second)).not.toContain(String(first));
    },
  );

  it('interrupt_response false: the answer runs on, and the next one follows it', () => {
    const { begun, rest } = bargeIn(MODEL_OF.omni38, { interrupt_response: false });
    const first = at(only(begun, 'response.created'), 'response.id');
    const [done1, done2] = ofType(rest, 'response.done');
    expect([at(done1, 'response.id'), at(done1, 'response.status')]).toEqual([first, 'completed']);
    expect(at(done2, 'response.status')).toBe('completed');
    expect(audioSamples([...begun, ...rest]).length).toBeGreaterThan(2 * 24_000);
    const order = typesOf(rest).filter((type) => /committed|response\.(created|done)/.test(type));
    expect(order).toEqual([
      'response.done',
      'input_audio_buffer.committed',
      'response.created',
      'response.done',
    ]);
  });

  it('in manual mode speech interrupts nothing', () => {
    const { session } = answering(MODEL_OF.omni38, 'response.create');
    expect(session.appendAudio(UTTERANCE)).toEqual([]);
    expect(typesOf(session.send(commit)).slice(0, 2)).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.created',
    ]);
  });
});

describe('the overlap table (§5.9)', () => {
  it('a second create is refused and the active response runs on', () => {
    const { session, begun } = answering(MODEL_OF.omni35, 'response.create');
    const rest = session.send(create);
    expect(errorsOf(rest)).toEqual([ALREADY_ACTIVE]);
    expect(typesOf(rest)[0]).toBe('error');
    expect(at(only(rest, 'response.done'), 'response.status')).toBe('completed');
    expect(spokenShape([...begun, ...rest]).filter((type) => type !== 'error')).toEqual(
      response(SPOKEN_ITEM),
    );
  });

  it('an update is accepted and holds for the next response', () => {
    const { session } = answering(MODEL_OF.omni35, 'response.create');
    expect(typesOf(session.send(update({ modalities: ['text'] })))).toEqual(['session.updated']);
    expect(at(only(session.send(create), 'response.done'), 'response.modalities')).toEqual(['text', 'audio']);
    expect(at(only(session.send(create), 'response.done'), 'response.modalities')).toEqual(['text']);
  });

  it('an item is accepted, an unknown event refused, both without touching the response', () => {
    const { session } = answering(MODEL_OF.omni35, 'response.create');
    expect(typesOf(session.send(userText('By the way')))).toEqual(['conversation.item.created']);
    expect(errorsOf(session.send({ type: 'output_audio_buffer.clear' }))).toEqual([
      { type: 'invalid_request_error', message: "Invalid value: 'output_audio_buffer.clear'." },
    ]);
    expect(at(only(session.send(create), 'response.done'), 'response.status')).toBe('completed');
  });

  it('a create while the user speaks is refused, and their turn is answered', () => {
    const session = new SessionDriver({ model: MODEL_OF.omni38 });
    session.send(userText('Hello?'));
    session.appendAudio(SPEAKING);
    expect(errorsOf(session.send(create))).toEqual([WHILE_SPEAKING]);
    expect(shapeOf(session.appendAudio(pause(1500)))).toContain('response.done');
  });

  it('session.finish brings everything to its end', () => {
    const { session } = answering(MODEL_OF.omni35, 'session.finish');
    const rest = session.send({ type: 'session.finish' });
    expect(typesOf(rest).slice(-2)).toEqual(['response.done', 'session.finished']);
  });

  it('the voice freezes with the first sound, the formats with the first append', () => {
    const session = asked({}, MODEL_OF.omni35);
    expect(typesOf(session.send(update({ voice: 'Ethan', input_audio_format: 'pcm16' })))).toEqual([
      'session.updated',
    ]);
    session.send(append(pause(100)));
    expect(at(session.send(update({ input_audio_format: 'pcm' }))[0], 'error.code')).toBe('invalid_value');
    expect(typesOf(session.send(update({ voice: 'Tina' })))).toEqual(['session.updated']);
    session.send(create);
    expect(errorsOf(session.send(update({ voice: 'Ethan' })))).toEqual([
      {
        type: 'invalid_request_error',
        code: 'cannot_update_voice',
        message: 'Cannot update the voice after audio has been generated.',
        param: 'session.voice',
      },
    ]);
  });
});
