/**
 * Transcripts of the user's audio: when they come (quirk `transcriptionOrder`) and what they say.
 */
import { describe, expect, test } from 'vitest';
import { SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import { synthesizeSpeech } from '../../media/index.js';
import type { Quirks } from '../../protocol/index.js';
import type { Scenario } from '../../scenarios/index.js';

const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const FAILED = 'conversation.item.input_audio_transcription.failed';
const DELTA = 'conversation.item.input_audio_transcription.delta';
const PLUS = 'qwen3.5-omni-plus-realtime';

/** Commits a second of silence in manual mode and asks for an answer in the same breath. */
function manualTurn(session: SessionDriver) {
  session.send({ type: 'session.update', session: { turn_detection: null, modalities: ['text'] } });
  session.appendAudio(new Int16Array(16_000));
  return [
    ...session.send({ type: 'input_audio_buffer.commit' }),
    ...session.send({ type: 'response.create' }),
  ];
}

/** The types that show the order, without the rest of the response. */
const MILESTONES = ['input_audio_buffer.committed', 'response.created', 'response.done', COMPLETED, FAILED];
const milestones = (types: readonly string[]) =>
  types.flatMap((type) => (MILESTONES.includes(type) ? [type.split('.').at(-1)] : []));

function turn(clock: 'auto' | 'paced', quirks: Partial<Quirks>, userTurns: Scenario['userTurns'] = []) {
  const session = new SessionDriver({ model: PLUS, clock, scenario: { quirks, userTurns } });
  const caused = [...manualTurn(session), ...session.advance(clock === 'paced' ? 20_000 : 0)];
  return { session, types: milestones(typesOf(caused)), caused };
}

describe.each(['auto', 'paced'] as const)('order on clock %s', (clock) => {
  test.each([
    ['before-response', ['committed', 'completed', 'created', 'done']],
    ['after-created', ['committed', 'created', 'completed', 'done']],
    ['after-done', ['committed', 'created', 'done', 'completed']],
    ['never', ['committed', 'created', 'done']],
  ] as const)('%s', (transcriptionOrder, expected) => {
    expect(turn(clock, { transcriptionOrder }).types).toEqual(expected);
  });
});

describe('what it says', () => {
  test('the script, on the item of the turn', () => {
    const { caused } = turn('auto', {}, [{ transcript: 'Turn on the lamp.' }]);
    const [committed] = caused;
    const completed = caused.find((event) => event.type === COMPLETED);
    expect(completed).toMatchObject({ transcript: 'Turn on the lamp.', item_id: committed?.['item_id'] });
  });

  test('a failure instead, when the script says so (§4.12)', () => {
    const { caused, types } = turn('auto', {}, [{ transcriptionFailed: true }]);
    expect(types).toEqual(['committed', 'failed', 'created', 'done']);
    expect(caused.find((event) => event.type === FAILED)?.['error']).toEqual({
      code: 'audio_unintelligible',
      message: 'The audio could not be transcribed.',
    });
  });

  test('nothing when transcription is switched off', () => {
    const session = new SessionDriver({ model: PLUS });
    session.send({ type: 'session.update', session: { input_audio_transcription: null } });
    expect(typesOf(manualTurn(session))).not.toContain(COMPLETED);
  });
});

describe('previews while the user speaks (§4.10)', () => {
  const { samples } = synthesizeSpeech(
    'Could you please tell me when the next train to the harbour leaves today?',
    {
      sampleRateHz: 16_000,
      voice: 'Tina',
    },
  );
  const transcript = 'Could you please tell me when the next train to the harbour leaves today?';
  const session = new SessionDriver({
    model: PLUS,
    scenario: { userTurns: [{ transcript, language: 'en' }] },
  });
  session.appendAudio(samples);
  session.appendAudio(new Int16Array(32_000));
  const previews = session.events.filter((event) => event.type === DELTA);

  test('one for every half second of speech, and one that ends the turn', () => {
    expect(previews.length).toBeGreaterThanOrEqual(Math.floor(samples.length / 8_000) - 1);
    const types = typesOf(session.events);
    expect(types.lastIndexOf(DELTA) + 1).toBe(types.indexOf('input_audio_buffer.speech_stopped'));
  });

  test('the confirmed text only grows, with the guess behind it stays within the transcript, and ends as it', () => {
    let confirmed = '';
    for (const { text, stash } of previews as unknown as { text: string; stash: string }[]) {
      expect(text.startsWith(confirmed)).toBe(true);
      expect(transcript.startsWith(text + stash)).toBe(true);
      confirmed = text;
    }
    expect(previews.at(-1)).toMatchObject({ text: transcript, stash: '' });
    expect(session.events.find((event) => event.type === COMPLETED)?.['transcript']).toBe(transcript);
  });
});
