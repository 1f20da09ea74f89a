/**
 * How settings reach a session and come back: scenarios of session.update and its echo, played over a real socket, and
 * where that says more, what a client runs into that is not ready for them.
 */
import { describe, expect, test } from 'vitest';
import {
  ANSWERED,
  ASKED,
  COMMITTED,
  errors,
  fired,
  missed,
  nth,
  outline,
  play,
  playAs,
  SPOKEN,
  sessionOf,
  voiceOf,
} from './setup-and-input-checks.js';

const UPDATE = { type: 'session.update', session: { voice: 'Ethan', instructions: 'Answer in one word.' } };
const INVALID = { type: 'invalid_request_error', code: 'invalid_value' };

describe('updates that do not take', () => {
  test('voice-is-frozen-after-the-first-audio: instructions alone may still change', async () => {
    const run = await play('voice-is-frozen-after-the-first-audio');
    expect(outline(run.types())).toEqual([
      'session.created',
      ...['session.updated', ...ASKED],
      ...['session.updated', ...ASKED],
      ...ASKED,
    ]);
    expect(sessionOf(nth(run.events(), 'session.updated', 2))).toMatchObject({
      voice: 'Ethan',
      instructions: 'You are the doctor.',
    });
  });

  test('voice-is-frozen-after-the-first-audio: with another voice the whole update is refused', async () => {
    const run = await playAs('voice-is-frozen-after-the-first-audio', [
      { send: { type: 'session.update', session: { instructions: 'You are the receptionist.' } } },
      { ask: 'Who are you?' },
      { listen: 'response.done' },
      { send: { type: 'session.update', session: { voice: 'Serena', instructions: 'You are the doctor.' } } },
      { listen: 'error' },
      { send: { type: 'session.update', session: {} } },
      { listen: 'session.updated', nth: 2 },
    ]);
    expect(errors(run.events())).toEqual([
      {
        type: 'invalid_request_error',
        code: 'cannot_update_voice',
        message: 'Cannot update the voice after audio has been generated.',
        param: 'session.voice',
      },
    ]);
    expect(sessionOf(nth(run.events(), 'session.updated', 2))).toMatchObject({
      voice: 'Tina',
      instructions: 'You are the receptionist.',
    });
    expect(missed(run)).toEqual(['expect[0]']);
  });

  test('manual-mode-needs-an-explicit-null: with it the client ends its turns', async () => {
    const run = await play('manual-mode-needs-an-explicit-null');
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      ...COMMITTED,
      ...ANSWERED,
      ...ASKED,
    ]);
    expect(sessionOf(nth(run.events(), 'session.updated'))).not.toHaveProperty('turn_detection');
  });

  test('manual-mode-needs-an-explicit-null: without it the server ends them and refuses the commit', async () => {
    const run = await playAs('manual-mode-needs-an-explicit-null', [
      { send: { type: 'session.update', session: { voice: 'Ethan' } } },
      { listen: 'session.updated' },
      { speak: { ms: 600 } },
      { send: { type: 'input_audio_buffer.commit' } },
      { listen: 'error' },
    ]);
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      ...SPOKEN,
      ...ANSWERED,
      'error',
    ]);
    expect(errors(run.events())).toEqual([
      { type: 'server_error', code: 'InternalError', message: 'Internal service error: null' },
    ]);
    expect(missed(run)).toEqual(['expect[0]']);
  });

  test('one-null-too-many-voids-the-update: the nulls of the SDKs are welcome, others are not', async () => {
    const run = await play('one-null-too-many-voids-the-update');
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    const nulls: readonly Readonly<Record<string, unknown>>[] = [
      { modalities: null },
      { temperature: null },
      { max_tokens: null },
      { turn_detection: { threshold: null } },
    ];
    const wrong = await playAs('one-null-too-many-voids-the-update', [
      ...nulls.map((session) => ({
        send: { type: 'session.update', session: { ...session, instructions: 'Lost.' } },
      })),
      { send: { type: 'session.update', session: {} } },
      { listen: 'session.updated' },
    ]);
    expect(wrong.types()).toEqual(['session.created', 'error', 'error', 'error', 'error', 'session.updated']);
    expect(errors(wrong.events())).toMatchObject(
      ['modalities', 'temperature', 'max_tokens', 'turn_detection.threshold'].map((path) => ({
        ...INVALID,
        param: `session.${path}`,
      })),
    );
    expect(sessionOf(nth(wrong.events(), 'session.updated'))).not.toHaveProperty('instructions');
    expect(missed(wrong)).toEqual([0, 1, 2, 3].map((index) => `expect[${index}]`));
  });

  test('one-unknown-parameter-voids-the-update: nothing of it, then everything of the smaller one', async () => {
    const run = await play('one-unknown-parameter-voids-the-update');
    expect(outline(run.types()).slice(0, 3)).toEqual(['session.created', 'error', 'session.updated']);
    expect(errors(run.events())).toEqual([
      {
        type: 'invalid_request_error',
        code: 'unknown_parameter',
        message: "Unknown parameter: 'session.tools[0].function.strict'.",
        param: 'session.tools[0].function.strict',
      },
    ]);
    expect(fired(run)).toEqual([0]);
    const careless = await playAs('one-unknown-parameter-voids-the-update', [
      { send: UPDATE },
      { ask: 'Hello?' },
      { listen: 'response.done' },
    ]);
    expect(outline(careless.types())).toEqual(['session.created', 'error', ...ASKED]);
    expect(voiceOf(nth(careless.events(), 'response.created'))).toBe('Tina');
    expect(missed(careless)).toEqual(['expect[0]', 'expect[1]']);
  });

  test('misplaced-settings-are-accepted-without-effect: session.updated comes, the setting does not', async () => {
    const run = await play('misplaced-settings-are-accepted-without-effect');
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(sessionOf(nth(run.events(), 'session.updated'))).toMatchObject({
      modalities: ['text'],
      turn_detection: { silence_duration_ms: 400 },
    });
    const misplaced = {
      audio: { input: { turn_detection: null, transcription: { language: 'de' } } },
      output_modalities: ['text'],
      language: 'de',
      corpus: { text: 'Rhabarber' },
    };
    const wrong = await playAs('misplaced-settings-are-accepted-without-effect', [
      { send: { type: 'session.update', session: misplaced, turn_detection: null } },
      { listen: 'session.updated' },
    ]);
    expect(wrong.types()).toEqual(['session.created', 'session.updated']);
    const { audio, ...updated } = sessionOf(nth(wrong.events(), 'session.updated'));
    expect(audio).toBeUndefined();
    expect(updated).toEqual(sessionOf(nth(wrong.events(), 'session.created')));
    expect(missed(wrong)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `expect[${index}]`));
  });
});

describe('echoes that differ', () => {
  const STRANGE = {
    input_audio_format: 'audio/pcm;rate=16000',
    output_audio_format: { type: 'audio/pcm', rate: 24000 },
    expires_at: { added: [1, 'two', null] },
  };

  test('session-echo-spells-the-settings-differently: strange values, and the session works', async () => {
    const run = await play('session-echo-spells-the-settings-differently');
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(sessionOf(nth(run.events(), 'session.created'))).toMatchObject({
      ...STRANGE,
      voice: 'x-unknown-Tina',
    });
    expect(sessionOf(nth(run.events(), 'session.updated'))).toMatchObject({
      ...STRANGE,
      voice: 'x-unknown-Ethan',
    });
    expect(voiceOf(nth(run.events(), 'response.created'))).toBe('Ethan');
    expect(fired(run)).toEqual([0, 1]);
  });

  test('session-updated-echoes-only-a-part: four keys are missing and in force', async () => {
    const run = await play('session-updated-echoes-only-a-part');
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      'session.updated',
      ...ASKED,
      ...ASKED,
    ]);
    for (const which of [1, 2]) {
      expect(Object.keys(sessionOf(nth(run.events(), 'session.updated', which))).sort()).toEqual([
        'id',
        'input_audio_transcription',
        'instructions',
        'model',
        'object',
        'turn_detection',
      ]);
    }
    expect(nth(run.events(), 'response.created')).toMatchObject({
      response: { voice: 'Ethan', modalities: ['text', 'audio'], output_audio_format: 'pcm' },
    });
    expect(fired(run)).toEqual([0, 0]);
  });

  test('second-session-updated-comes-late: whoever waits asks after it', async () => {
    const run = await play('second-session-updated-comes-late');
    const setUp = ['session.updated', ...ASKED];
    expect(outline(run.types())).toEqual(['session.created', ...setUp, ...setUp, ...ASKED]);
    expect(fired(run)).toEqual([0]);
  });

  test('second-session-updated-comes-late: whoever does not wait is answered before it', async () => {
    const run = await playAs('second-session-updated-comes-late', [
      { send: { type: 'session.update', session: { instructions: 'Say yes.' } } },
      { listen: 'session.updated' },
      { send: { type: 'session.update', session: { instructions: 'Say no.' } } },
      { ask: 'Do you agree?' },
      { listen: 'session.updated' },
    ]);
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, 'session.updated']);
    expect(missed(run)).toEqual(['expect[0]']);
  });

  test('session-updated-never-shows-what-was-asked-for: the echo never changes, and in the end it costs', async () => {
    const run = await play('session-updated-never-shows-what-was-asked-for');
    const never = { voice: 'Chelsie', instructions: 'You are a helpful assistant.' };
    expect(outline(run.types())).toEqual(['session.created', 'session.updated', ...ASKED, ...ASKED]);
    expect(sessionOf(nth(run.events(), 'session.updated'))).toMatchObject(never);
    expect(voiceOf(nth(run.events(), 'response.created'))).toBe('Ethan');
    expect(fired(run)).toEqual([0]);
    const stubborn = await playAs('session-updated-never-shows-what-was-asked-for', [
      ...Array.from({ length: 5 }, () => ({ send: UPDATE })),
      { listen: 'error', nth: 2 },
    ]);
    expect(stubborn.types()).toEqual([
      'session.created',
      ...Array.from({ length: 3 }, () => 'session.updated'),
      'error',
      'error',
    ]);
    expect(errors(stubborn.events())[1]).toMatchObject({ code: 'Throttling.RateQuota' });
    expect(missed(stubborn)).toEqual(['expect[0]', 'expect[1]']);
  });
});
