import { expect, test } from 'vitest';
import { SessionDriver, typesOf } from '../../../test/support/session-driver.js';
import { synthesizeSpeech } from '../../media/index.js';

const QUESTION = synthesizeSpeech('Tell me more about it.', { sampleRateHz: 16_000 }).samples;
const SECOND = new Int16Array(16_000);

test('a request that speech overtakes before its response is announced is refused, not forgotten', () => {
  const holds = [
    { after: { event: 'input_audio_buffer.committed' }, until: { event: 'response.cancel' } },
  ] as const;
  const session = new SessionDriver({
    clock: 'media',
    scenario: { holds, quirks: { echoErrorEventId: true } },
  });
  session.send({ type: 'session.update', session: { turn_detection: { create_response: false } } });
  session.appendAudio(SECOND);
  session.appendAudio(QUESTION);
  session.appendAudio(SECOND);
  expect(session.send({ event_id: 'mine', type: 'response.create' })).toEqual([]);
  const events = session.appendAudio(QUESTION);
  expect(typesOf(events)).toContain('input_audio_buffer.speech_started');
  expect(events.find((event) => event.type === 'error')?.['error']).toMatchObject({
    message: 'Cannot create response while user is speaking.',
    event_id: 'mine',
  });
  expect(typesOf(session.events)).not.toContain('response.created');
});
