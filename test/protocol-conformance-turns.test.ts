/**
 * User turns that the client ends: with audio, with images, as text, and what is transcribed of them. Protocol
 * reference §3.2 to §3.5, §4.7 to §4.12, §5.2, §5.7, §5.8.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../src/scenarios/index.js';
import {
  append,
  appendImage,
  clear,
  commit,
  create,
  MODEL_OF,
  manual,
  pause,
  SPEAKING,
  SPEECH,
  textOnly,
  UTTERANCE,
  update,
  userText,
} from './support/client-messages.js';
import { at, errorsOf, joined, only, response, SPOKEN_ITEM, spokenShape } from './support/seen-responses.js';
import { SessionDriver, typesOf } from './support/session-driver.js';

const JPEG = readFileSync(new URL('./fixtures/images/scene-640x480.jpg', import.meta.url));
const EMPTY_COMMIT = {
  type: 'invalid_request_error',
  message: 'Error committing input audio buffer: buffer too small, or have no audio.',
};
const INPUT = 'input_audio_buffer';
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';
const opened = (model: string, scenario: Scenario = {}) => new SessionDriver({ model, scenario });
const manualTurn = (model: string, scenario: Scenario = {}) => {
  const session = opened(model, scenario);
  session.send(manual);
  session.send(append(SPEECH));
  return { session, committed: session.send(commit) };
};

describe('a manual turn (§5.2)', () => {
  it.each(Object.values(MODEL_OF))('%s: committed, the item, its transcript, then the answer', (model) => {
    const { session, committed } = manualTurn(model);
    expect(typesOf(committed)).toEqual([
      `${INPUT}.committed`,
      'conversation.item.created',
      `${TRANSCRIPTION}.completed`,
    ]);
    const id = committed[0]?.['item_id'];
    expect(Object.keys(committed[0] ?? {}).sort()).toEqual(['event_id', 'item_id', 'type']);
    expect(committed[1]).toEqual({
      event_id: expect.any(String),
      type: 'conversation.item.created',
      item: {
        id,
        object: 'realtime.item',
        type: 'message',
        status: 'in_progress',
        role: 'user',
        content: [{ type: 'input_audio' }],
      },
    });
    expect(committed[2]).toMatchObject({ item_id: id, content_index: 0, transcript: expect.any(String) });
    const answer = session.send(create);
    expect(spokenShape(answer)).toEqual(response(SPOKEN_ITEM));
    expect(only(answer, 'conversation.item.created')['previous_item_id']).toBe(id);
    expect(
      at(only(answer, 'response.done'), 'response.usage.input_tokens_details.audio_tokens'),
    ).toBeGreaterThan(0);
  });

  it('qwen3.5-omni-flash does not transcribe it', () => {
    const { committed } = manualTurn('qwen3.5-omni-flash-realtime');
    expect(typesOf(committed)).toEqual([`${INPUT}.committed`, 'conversation.item.created']);
  });

  it('no voice activity is reported, and nothing is transcribed when that is off', () => {
    const session = opened(MODEL_OF.omni38);
    session.send(update({ turn_detection: null, input_audio_transcription: null }));
    expect(session.appendAudio(UTTERANCE)).toEqual([]);
    expect(typesOf(session.send(commit))).toEqual([`${INPUT}.committed`, 'conversation.item.created']);
  });

  it('an empty buffer is refused, and a clean turn after it completes', () => {
    const session = opened(MODEL_OF.omni35);
    session.send(manual);
    expect(errorsOf(session.send(commit))).toEqual([EMPTY_COMMIT]);
    session.send(append(SPEECH));
    expect(typesOf(session.send(commit))[0]).toBe(`${INPUT}.committed`);
    expect(errorsOf(session.send(commit))).toEqual([EMPTY_COMMIT]);
    expect(spokenShape(session.send(create))).toEqual(response(SPOKEN_ITEM));
  });

  it('clear empties the buffer and is answered even when it is empty', () => {
    const session = opened(MODEL_OF.omni35);
    session.send(manual);
    session.send(append(SPEECH));
    expect(typesOf([...session.send(clear), ...session.send(clear)])).toEqual([
      `${INPUT}.cleared`,
      `${INPUT}.cleared`,
    ]);
    expect(errorsOf(session.send(commit))).toEqual([EMPTY_COMMIT]);
  });

  it('a failed transcription is an event of its own; the answer comes all the same', () => {
    const { session, committed } = manualTurn(MODEL_OF.omni38, {
      userTurns: [{ transcriptionFailed: true }],
    });
    expect(only(committed, `${TRANSCRIPTION}.failed`)).toMatchObject({
      content_index: 0,
      error: { code: 'audio_unintelligible', message: 'The audio could not be transcribed.' },
    });
    expect(spokenShape(session.send(create))).toEqual(response(SPOKEN_ITEM));
  });
});

describe('images (§3.5, §5.8)', () => {
  const IMAGE_FIRST = [{ type: 'invalid_request_error', message: 'Error append image before append audio.' }];

  it('need audio in the current buffer, every time', () => {
    const session = opened(MODEL_OF.omni35);
    session.send(manual);
    expect(errorsOf(session.send(appendImage(JPEG)))).toEqual(IMAGE_FIRST);
    session.send(append(pause(100)));
    expect(session.send(appendImage(JPEG))).toEqual([]);
    session.send(commit);
    expect(errorsOf(session.send(appendImage(JPEG)))).toEqual(IMAGE_FIRST);
    session.send(append(pause(100)));
    session.send(clear);
    expect(errorsOf(session.send(appendImage(JPEG)))).toEqual(IMAGE_FIRST);
  });

  it('count 300 tokens at 640x480, once committed', () => {
    const session = opened(MODEL_OF.omni35);
    session.send(textOnly);
    session.send(append(SPEECH));
    session.send(appendImage(JPEG));
    session.send(commit);
    const done = only(session.send(create), 'response.done');
    expect(at(done, 'response.usage.input_tokens_details.image_tokens')).toBe(300);
  });

  it('are committed by voice activity too', () => {
    const session = opened(MODEL_OF.omni38);
    session.appendAudio(SPEAKING);
    expect(session.send(appendImage(JPEG))).toEqual([]);
    const rest = session.appendAudio(pause(1500));
    expect(at(only(rest, 'response.done'), 'response.usage.input_tokens_details.image_tokens')).toBe(300);
  });
});

describe('a text turn (§5.7)', () => {
  it.each([MODEL_OF.omni35, MODEL_OF.omni38])(
    '%s: acknowledged complete, answered on request, also with VAD on',
    (model) => {
      const session = opened(model);
      const [created, ...more] = session.send(userText('Hello?', 'my_own_id'));
      expect(more).toEqual([]);
      expect(created?.['item']).toEqual({
        id: expect.stringMatching(/^item_/),
        object: 'realtime.item',
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_text', text: 'Hello?' }],
      });
      expect(joined(session.send(create), 'response.audio_transcript.delta')).not.toBe('');
    },
  );
});
