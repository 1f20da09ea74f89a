/** Scenarios of the library about barge-in and playback, from the client's side. */
import { describe, expect, test } from 'vitest';
import { pcm16FromBytes, resamplePcm16, synthesizeSpeech } from '../../src/media/index.js';
import { createMockServer } from '../../src/mock-server/index.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import { SocketClient } from '../support/socket-client.js';
import {
  answer,
  asked,
  audioOf,
  bytesOf,
  closing,
  heard,
  ofResponse,
  opening,
  played,
  print,
  responseId,
  sent,
  spokenBytes,
  story,
  TRANSCRIBED,
  USER_TURN,
  unmet,
} from './told.js';

const STARTED = 'input_audio_buffer.speech_started';
const STOPPED = 'input_audio_buffer.speech_stopped';
const [, ...REST_OF_TURN] = USER_TURN;
/** A voice turn and as much of its answer as came before the user spoke again. */
const INTERRUPTED = ['session.created', ...USER_TURN, TRANSCRIBED, ...opening(1), STARTED];
/** What the client does before the probe in a scenario that speaks. */
const TO_MANUAL = 'session.updated';
const CANCELLED = { type: 'cancelled', reason: 'turn_detected' };

describe('playback is stopped by speech, not by the end of a response (B7)', () => {
  test('speech-starts-after-the-whole-answer-arrived: speech_started behind response.done', async () => {
    const run = await played('speech-starts-after-the-whole-answer-arrived');
    expect(story(run)).toEqual(['session.created', ...asked(1), STARTED, STOPPED, ...asked(2)]);
    const seconds = audioOf(run, 1).length / 48_000;
    expect(seconds).toBeGreaterThan(20);
    expect(heard(run, STARTED)).toMatchObject([{ audio_start_ms: 4000, item_id: 'item_interruption' }]);
    expect(heard(run, STOPPED)).toMatchObject([{ item_id: 'item_interruption', reason: 'turn_invalid' }]);
  });

  test('user-interrupts-a-streaming-answer: the answer ends as cut, the next one follows', async () => {
    const run = await played('user-interrupts-a-streaming-answer');
    expect(story(run)).toEqual([
      ...INTERRUPTED,
      ...closing(1),
      'response.done r1',
      ...REST_OF_TURN,
      TRANSCRIBED,
      ...answer(2),
      TO_MANUAL,
      ...asked(3),
    ]);
    expect(heard(run, 'response.done')[0]).toMatchObject({
      response: { status: 'cancelled', status_details: CANCELLED, output: [{ status: 'incomplete' }] },
    });
    const whole = spokenBytes(run.scenario.replies?.[0]?.text ?? '');
    expect(print(audioOf(run, 1))).toBe(print(whole.subarray(0, audioOf(run, 1).length)));
    expect(audioOf(run, 1).length).toBeLessThan(whole.length / 2);
    expect(print(audioOf(run, 2))).toBe(print(spokenBytes('I stop.')));
  });
});

describe('audio of an answer that is over (B8)', () => {
  test('old-answer-runs-on-beside-the-new-one: audio of the old between the deltas of the new', async () => {
    const run = await played('old-answer-runs-on-beside-the-new-one');
    const types = story(run);
    const crossing = types.indexOf('response.created r2');
    const oldDone = types.indexOf('response.done r1');
    const newDone = types.indexOf('response.done r2');
    const interruption = types.indexOf(STARTED);
    expect(types.slice(interruption, interruption + 5)).toEqual([
      STARTED,
      STOPPED,
      'input_audio_buffer.committed',
      'conversation.item.created user',
      TRANSCRIBED,
    ]);
    expect([interruption, crossing, oldDone, newDone]).toEqual(
      [interruption, crossing, oldDone, newDone].toSorted((one, other) => one - other),
    );
    // Each message of the old response is followed by one of the new one.
    const between = types.slice(crossing, oldDone).map((line) => line.replace(/^.* /, ''));
    expect(new Set(between)).toEqual(new Set(['r1', 'r2', 'assistant']));
    expect(between.filter((owner) => owner === 'r1').length).toBeGreaterThanOrEqual(10);
    expect(between.some((owner, index) => owner === 'r1' && between[index + 1] === 'r1')).toBe(false);
    expect(heard(run, 'response.done').slice(0, 2)).toMatchObject([
      { response: { id: responseId(run, 1), status: 'cancelled', status_details: CANCELLED } },
      { response: { id: responseId(run, 2), status: 'completed' } },
    ]);
    expect(print(audioOf(run, 1))).toBe(
      print(spokenBytes('Once there was a lighthouse keeper who wrote letters.')),
    );
    expect(types.slice(newDone + 1)).toEqual(asked(3));
  });

  test('late-audio-comes-behind-the-next-response-created: ten deltas of the first, then the second', async () => {
    const run = await played('late-audio-comes-behind-the-next-response-created');
    const types = run.types();
    const created = types.indexOf('response.created', types.indexOf('response.created') + 1);
    const late = run.events().slice(created + 1, created + 11);
    expect(late.map(({ type, response_id }) => [type, response_id])).toEqual(
      Array.from({ length: 10 }, () => ['response.audio.delta', responseId(run, 1)]),
    );
    // What was late belongs where the answer was cut: together with what came in time it is one piece of speech.
    const early = ofResponse(run, 1, 'response.audio.delta').filter((event) => !late.includes(event));
    const whole = spokenBytes(run.scenario.replies?.[0]?.text ?? '');
    const before = bytesOf(early.slice(0, early.length - 3));
    const pieces = Buffer.concat([before, bytesOf(late), bytesOf(early.slice(-3))]);
    expect(print(pieces)).toBe(print(whole.subarray(0, pieces.length)));
    expect(story(run).slice(story(run).indexOf('response.created r2'))).toEqual([
      'response.created r2',
      'speech r1',
      ...opening(2).slice(1),
      'response.done r1',
      'speech r2',
      ...closing(2),
      'response.done r2',
      TO_MANUAL,
      ...asked(3),
    ]);
    expect(print(audioOf(run, 2))).toBe(print(spokenBytes('I stop.')));
  });
});

test('interrupted-answer-never-says-done (B9): no end for the first answer, all of the second', async () => {
  const run = await played('interrupted-answer-never-says-done');
  const turns = [...INTERRUPTED, ...closing(1), ...REST_OF_TURN, TRANSCRIBED, ...answer(2), TO_MANUAL];
  expect(story(run).slice(0, turns.length)).toEqual(turns);
  expect(ofResponse(run, 1, 'response.done')).toEqual([]);
  expect(print(audioOf(run, 2))).toBe(print(spokenBytes('I stop, and this answer has to be heard.')));
});

test('end-of-interrupted-audio-comes-in-the-next-answer (B10): audio.done of the first amid the second', async () => {
  const run = await played('end-of-interrupted-audio-comes-in-the-next-answer');
  const [transcriptDone, , ...otherClosing] = closing(1);
  expect(story(run)).toEqual([
    ...INTERRUPTED,
    transcriptDone,
    ...otherClosing,
    ...REST_OF_TURN,
    TRANSCRIBED,
    ...opening(2),
    'response.audio.done r1',
    'speech r2',
    'response.done r1',
    'speech r2',
    ...closing(2),
    'response.done r2',
    TO_MANUAL,
    ...asked(3),
  ]);
  expect(print(audioOf(run, 2))).toBe(
    print(spokenBytes('I stop, and this answer has more to say than one word.')),
  );
  expect(sent(run, 'input_audio_buffer.commit')).toEqual([]);
});

describe('hears-its-own-voice-and-interrupts-itself (B11)', () => {
  const NAME = 'hears-its-own-voice-and-interrupts-itself';

  test('a client without an echo hears one whole answer', async () => {
    const run = await played(NAME);
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      ...answer(1),
      TO_MANUAL,
      ...asked(2),
    ]);
    expect(ofResponse(run, 1, 'response.done')).toMatchObject([{ response: { status: 'completed' } }]);
  });

  test('a client that feeds its playback back interrupts three answers and is hung up on', async () => {
    const server = await createMockServer({
      scenarios: { [NAME]: libraryScenario(NAME) },
      library: false,
      // Only the client's audio may move time, however slow the machine is.
      mediaGraceMs: 60_000,
    });
    try {
      const url = server.urlFor({ scenario: NAME, name: 'echo', seed: 1 });
      const client = new SocketClient(`${url}?model=qwen3.5-omni-flash-realtime`);
      await client.settled();
      await echo(client);
      expect(await client.closed).toEqual({
        code: 1008,
        reason: 'The assistant keeps interrupting itself.',
      });
      expect(client.types.filter((type) => type === 'response.created')).toHaveLength(3);
      expect(client.types.filter((type) => type === STARTED)).toHaveLength(4);
      expect(client.types).not.toContain('response.done');
      // The player's clean turn is missing as well: whoever talks to itself never gets there.
      await server.sessions[0]?.closed;
      const run = { scenario: libraryScenario(NAME), sessions: server.sessions, server };
      expect(unmet(run)).toEqual(['expect[0]', 'probe']);
    } finally {
      await server.close();
    }
  });
});

test('twenty-noises-in-three-seconds (B12): forty events and no turn', async () => {
  const run = await played('twenty-noises-in-three-seconds');
  const flaps = Array.from({ length: 20 }, () => [STARTED, STOPPED]).flat();
  const [begins, ...rest] = [opening(1).slice(0, 4), ...opening(1).slice(4), ...closing(1)];
  const quiet = ['session.created', 'conversation.item.created user', ...begins];
  expect(story(run)).toEqual([...quiet, ...flaps, ...rest, 'response.done r1', ...asked(2)]);
  const starts = heard(run, STARTED);
  expect(new Set(starts.map(({ item_id }) => item_id)).size).toBe(20);
  expect(starts.at(-1)?.['audio_start_ms']).toBe(6850);
  expect(heard(run, STOPPED).every(({ reason }) => reason === 'turn_invalid')).toBe(true);
  expect(heard(run, STOPPED).map(({ item_id }) => item_id)).toEqual(starts.map(({ item_id }) => item_id));
});

test('announcement-is-interrupted (B13): cancelled in mid-sentence, and not asked for again', async () => {
  const run = await played('announcement-is-interrupted');
  const [created, added, item, part, ...rest] = answer(1);
  const [question, ...reply] = asked(2);
  expect(story(run)).toEqual([
    'session.created',
    created,
    added,
    item,
    part,
    STARTED,
    ...rest,
    question,
    STOPPED,
    ...reply,
  ]);
  expect(heard(run, 'response.done')[0]).toMatchObject({
    response: {
      status: 'cancelled',
      status_details: CANCELLED,
      output: [{ status: 'incomplete', content: [{ transcript: 'Dinner is ready, and the' }] }],
    },
  });
  const asking = sent(run, 'response.create');
  expect(asking.map(({ response }) => response)).toEqual([
    { instructions: 'Say exactly: Dinner is ready, and the table is laid.' },
    undefined,
  ]);
});

test('finished-answer-comes-again-without-its-words (B16): truncated, and shown with an empty transcript', async () => {
  const run = await played('finished-answer-comes-again-without-its-words');
  const again = ['conversation.item.truncated', 'conversation.item.retrieved'];
  expect(story(run)).toEqual(['session.created', ...asked(1), ...again, ...asked(2)]);
  const itemId = ofResponse(run, 1, 'response.audio.done')[0]?.['item_id'];
  expect(heard(run, 'response.audio_transcript.done')[0]).toMatchObject({
    item_id: itemId,
    transcript: 'The boats leave at nine, and the last one returns at six.',
  });
  expect(heard(run, again[0] ?? '')).toMatchObject([{ item_id: itemId, content_index: 0 }]);
  expect(heard(run, again[1] ?? '')).toMatchObject([
    { item: { id: itemId, role: 'assistant', content: [{ type: 'audio', transcript: '' }] } },
  ]);
});

test('noise-gets-an-empty-transcript (B17): nothing and white space are final transcripts', async () => {
  const run = await played('noise-gets-an-empty-transcript');
  const [created, added, item, part, ...rest] = answer(1);
  const user = 'conversation.item.created user';
  expect(story(run)).toEqual([
    'session.created',
    user,
    created,
    added,
    item,
    part,
    user,
    TRANSCRIBED,
    TRANSCRIBED,
    ...rest,
    ...asked(2),
  ]);
  expect(heard(run, TRANSCRIBED).map(({ item_id, transcript }) => [item_id, transcript])).toEqual([
    ['item_noise', ''],
    ['item_noise', ' \n'],
  ]);
  expect(sent(run, 'response.cancel')).toEqual([]);
});

describe('speech without a turn (B18)', () => {
  test('speech-starts-and-nothing-follows: speech_started amid an answer that goes on', async () => {
    const run = await played('speech-starts-and-nothing-follows');
    const [user, created, added, item, part, ...rest] = asked(1);
    expect(story(run)).toEqual([
      'session.created',
      user,
      created,
      added,
      item,
      part,
      STARTED,
      ...rest,
      ...asked(2),
    ]);
    expect(print(audioOf(run, 1))).toBe(
      print(spokenBytes('This answer goes on as if nothing had happened, and so should you.')),
    );
  });

  test('speech-is-heard-and-never-answered: the first turn ends in nothing, the second is whole', async () => {
    const run = await played('speech-is-heard-and-never-answered');
    expect(story(run)).toEqual([
      'session.created',
      STARTED,
      'previews',
      STOPPED,
      ...USER_TURN,
      TRANSCRIBED,
      ...answer(1),
      ...asked(2),
    ]);
    expect(print(audioOf(run, 1))).toBe(print(spokenBytes('This time you get an answer.')));
    const [first, second] = heard(run, STARTED);
    expect(heard(run, 'input_audio_buffer.committed')).toMatchObject([{ item_id: second?.['item_id'] }]);
    expect(first?.['item_id']).not.toBe(second?.['item_id']);
  });
});

/** Speaks once and then sends back whatever it hears, 100 ms at a time, until the server hangs up. */
async function echo(client: SocketClient): Promise<void> {
  const packet = 1_600;
  let microphone = synthesizeSpeech('Tell me a story.', { sampleRateHz: 16_000 }).samples.slice(0, 16_000);
  for (let count = 0; count < 400 && !client.isClosed; count += 1) {
    const samples = new Int16Array(packet);
    samples.set(microphone.subarray(0, packet));
    microphone = microphone.slice(packet);
    const audio = Buffer.from(samples.buffer).toString('base64');
    client.send({ type: 'input_audio_buffer.append', audio });
    for (const event of await client.answers().catch(() => [])) {
      // Playback stops when the user seems to speak; nothing else is wrong with this client.
      if (event.type === STARTED) microphone = new Int16Array(0);
      if (event.type !== 'response.audio.delta') continue;
      const heardSamples = pcm16FromBytes(Buffer.from(String(event['delta']), 'base64'));
      const fedBack = resamplePcm16(heardSamples, 24_000, 16_000);
      microphone = Int16Array.from([...microphone, ...fedBack]);
    }
  }
}
