/**
 * Turns that voice activity begins and ends, and what a manual commit does to them. Protocol reference §3.3, §4.5,
 * §4.6, §4.10, §5.3, §11.5, §11.14.
 */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../src/scenarios/index.js';
import {
  append,
  clear,
  commit,
  create,
  MODEL_OF,
  pause,
  SPEAKING,
  SPEECH,
  UTTERANCE,
  update,
} from './support/client-messages.js';
import {
  at,
  errorsOf,
  ofType,
  only,
  response,
  SPOKEN_ITEM,
  shapeOf,
  spokenShape,
  TEXT_ITEM,
} from './support/seen-responses.js';
import { SessionDriver, typesOf } from './support/session-driver.js';

const EMPTY_COMMIT = {
  type: 'invalid_request_error',
  message: 'Error committing input audio buffer: buffer too small, or have no audio.',
};
const INPUT = 'input_audio_buffer';
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';
const VOICE_TURN = [
  `${INPUT}.speech_started`,
  `${INPUT}.speech_stopped`,
  `${INPUT}.committed`,
  'conversation.item.created',
  `${TRANSCRIPTION}.completed`,
];

const opened = (model: string, scenario: Scenario = {}) => new SessionDriver({ model, scenario });

describe('a turn by voice activity (§5.3)', () => {
  it.each(Object.entries(MODEL_OF))(
    '%s: started, stopped, committed, the item, its transcript, the answer',
    (family, model) => {
      const turn = opened(model).appendAudio(UTTERANCE);
      const input = turn.slice(0, typesOf(turn).indexOf('response.created'));
      expect(typesOf(input).filter((type) => !type.endsWith('.delta'))).toEqual(VOICE_TURN);
      expect(spokenShape(turn.slice(input.length))).toEqual(response(SPOKEN_ITEM));
      const ids = new Set(input.map((event) => event['item_id'] ?? at(event, 'item.id')));
      expect(ids.size).toBe(1);
      const startMs = Number(turn[0]?.['audio_start_ms']);
      const endMs = Number(only(turn, `${INPUT}.speech_stopped`)['audio_end_ms']);
      expect(Math.abs(startMs - (1000 - 300))).toBeLessThanOrEqual(200);
      expect(Math.abs(endMs - (1000 + SPEECH.length / 16))).toBeLessThanOrEqual(300);
      const previews = ofType(input, `${TRANSCRIPTION}.delta`);
      expect(previews.length > 0).toBe(family === 'omni35' || family === 'omni38');
    },
  );

  it('previews grow to exactly the completed transcript, all before the user stops', () => {
    const turn = opened(MODEL_OF.omni35).appendAudio(UTTERANCE);
    const previews = ofType(turn, `${TRANSCRIPTION}.delta`);
    for (const [index, { text }] of previews.entries()) {
      expect(String(previews[index + 1]?.['text'] ?? text).startsWith(String(text))).toBe(true);
    }
    const { transcript } = only(turn, `${TRANSCRIPTION}.completed`);
    const last = previews.at(-1);
    expect(`${last?.['text']}${last?.['stash']}`).toBe(transcript);
    expect(typesOf(turn).lastIndexOf(`${TRANSCRIPTION}.delta`)).toBeLessThan(
      typesOf(turn).indexOf(`${INPUT}.speech_stopped`),
    );
  });

  it('without silence after it the end is never noticed', () => {
    const turn = opened(MODEL_OF.omni38).appendAudio(SPEAKING);
    expect(typesOf(turn).filter((type) => !type.endsWith('.delta'))).toEqual([`${INPUT}.speech_started`]);
  });

  it('create_response false leaves the answer to the client', () => {
    const session = opened(MODEL_OF.omni38);
    session.send(update({ turn_detection: { create_response: false }, modalities: ['text'] }));
    expect(typesOf(session.appendAudio(UTTERANCE)).at(-1)).toBe(`${TRANSCRIPTION}.completed`);
    expect(shapeOf(session.send(create))).toEqual(response(TEXT_ITEM));
  });

  it('clear during speech forgets it: no stop, no commit', () => {
    const session = opened(MODEL_OF.omni38);
    session.appendAudio(SPEAKING);
    expect(typesOf(session.send(clear))).toEqual([`${INPUT}.cleared`]);
    expect(session.appendAudio(pause(3000))).toEqual([]);
    expect(typesOf(session.appendAudio(UTTERANCE))).toContain('response.done');
  });

  it('the clock of the audio runs on from turn to turn', () => {
    const session = opened(MODEL_OF.omni38);
    const first = session.appendAudio(UTTERANCE);
    const second = session.appendAudio(UTTERANCE);
    const startMs = (turn: typeof first) => Number(only(turn, `${INPUT}.speech_started`)['audio_start_ms']);
    expect(startMs(second) - startMs(first)).toBe(UTTERANCE.length / 16);
  });

  it.each([
    ['turn_invalid', { reason: 'turn_invalid' }, []],
    [
      'error',
      {},
      [
        {
          type: 'invalid_request_error',
          message: 'Input speech was not accepted by semantic turn detection.',
        },
      ],
    ],
  ] as const)('semantic_vad can reject a turn: %s', (rejected, stopped, errors) => {
    const session = opened(MODEL_OF.omni38, { userTurns: [{ rejected }] });
    session.send(update({ turn_detection: { type: 'semantic_vad' } }));
    const turn = session.appendAudio(UTTERANCE);
    expect(only(turn, `${INPUT}.speech_stopped`)['reason']).toBe(
      stopped && 'reason' in stopped ? stopped.reason : undefined,
    );
    expect(errorsOf(turn)).toEqual(errors);
    expect(ofType(turn, `${INPUT}.committed`)).toEqual([]);
    expect(typesOf(session.appendAudio(UTTERANCE))).toContain('response.done');
  });

  it('server_vad never rejects', () => {
    const turn = opened(MODEL_OF.omni38, { userTurns: [{ rejected: 'error' }] }).appendAudio(UTTERANCE);
    expect(typesOf(turn)).toContain('response.done');
  });
});

describe('a manual commit while voice activity owns the buffer (§3.3, §11.5)', () => {
  it('is an internal error on OMNI35, unless the buffer is empty', () => {
    const session = opened(MODEL_OF.omni35);
    expect(errorsOf(session.send(commit))).toEqual([EMPTY_COMMIT]);
    session.send(append(pause(100)));
    expect(errorsOf(session.send(commit))).toEqual([
      { type: 'server_error', code: 'InternalError', message: 'Internal service error: null' },
    ]);
    expect(session.close).toBeUndefined();
    expect(typesOf(session.appendAudio(UTTERANCE))).toContain('response.done');
  });

  it.each([MODEL_OF.turbo, MODEL_OF.flash3, MODEL_OF.omni38])(
    'is a normal commit on %s, under the id of the speech',
    (model) => {
      const session = opened(model);
      const speaking = session.appendAudio(SPEAKING);
      const committed = session.send(commit);
      expect(only(committed, `${INPUT}.committed`)['item_id']).toBe(speaking[0]?.['item_id']);
      expect(ofType(committed, 'response.created')).toEqual([]);
      expect(typesOf(session.send(create))).toContain('response.done');
    },
  );
});
