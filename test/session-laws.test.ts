/**
 * The laws that random clients are judged by notice when they are broken: each case doctors a clean transcript.
 */
import { expect, it } from 'vitest';
import { MODEL_OF, UTTERANCE } from './support/client-messages.js';
import { type SeenEvent, SessionDriver } from './support/session-driver.js';
import { checkLaws } from './support/session-laws.js';

const session = new SessionDriver({ model: MODEL_OF.omni38 });
session.appendAudio(UTTERANCE);
session.appendAudio(UTTERANCE);

function doctored(type: string, change: (event: SeenEvent) => readonly object[]): SeenEvent[] {
  const index = session.events.findLastIndex((event) => event.type === type);
  return session.events.flatMap((event, at) => (at === index ? change(event) : [event])) as SeenEvent[];
}
const renamed = (event: SeenEvent) => ({ ...event, event_id: `event_${'9'.repeat(21)}` });
const error = (fields: object) => (event: SeenEvent) => [
  event,
  { event_id: `event_${'9'.repeat(21)}`, type: 'error', error: fields },
];

it('a clean transcript passes', () => {
  expect(() => checkLaws(session.events)).not.toThrow();
});

it.each<[string, RegExp, SeenEvent[]]>([
  ['an extra key', /strict schema/, doctored('response.created', (event) => [{ ...event, extra: 1 }])],
  ['an event id twice', /event id is unique/, doctored('response.audio.done', (event) => [event, event])],
  [
    'a missing response.done',
    /one response is active/,
    session.events.filter(
      (event, index) => event.type !== 'response.done' || index === session.events.length - 1,
    ),
  ],
  ['a lost delta', /add up/, doctored('response.audio_transcript.delta', () => [])],
  ['steps out of order', /order of its kind/, doctored('response.content_part.added', () => [])],
  [
    'a wrong predecessor',
    /previous_item_id/,
    doctored('conversation.item.created', (event) => [{ ...event, previous_item_id: 'item_x' }]),
  ],
  [
    'a commit under another id',
    /announced|chain|comes after/,
    doctored('input_audio_buffer.committed', (event) => [{ ...event, item_id: 'item_x' }]),
  ],
  [
    'a stop under another id',
    /speech stops/,
    doctored('input_audio_buffer.speech_stopped', (event) => [{ ...event, item_id: 'item_x' }]),
  ],
  [
    'two transcripts',
    /transcribed once/,
    doctored('conversation.item.input_audio_transcription.completed', (event) => [event, renamed(event)]),
  ],
  [
    'a step after the end',
    /belongs to the active one/,
    doctored('response.done', (event) => [
      event,
      renamed({ ...(session.events.findLast(({ type }) => type === 'response.audio.done') as SeenEvent) }),
    ]),
  ],
  [
    'an error nobody knows',
    /catalogue/,
    doctored('response.done', error({ type: 'invalid_request_error', message: 'Nope.' })),
  ],
  [
    'a right message under a wrong code',
    /catalogue/,
    doctored('response.done', error({ type: 'invalid_request_error', code: 'x', message: 'Invalid JSON.' })),
  ],
])('%s is noticed', (_, noticed, events) => {
  expect(() => checkLaws(events)).toThrow(noticed);
});
