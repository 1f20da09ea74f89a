/** Scenarios of the library about ids, order, repetition, damaged characters and the shapes of errors. */
import { describe, expect, test } from 'vitest';
import { decodeBase64, synthesizeSpeech } from '../../src/media/index.js';
import type { HeardEvent } from '../../src/play/index.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import { playOver } from '../support/library.js';
import {
  ASKED,
  bare,
  ends,
  ofType,
  only,
  outline,
  played,
  problems,
  SPOKEN,
  upToDone,
  words,
} from './parsing-and-runtime-checks.js';

const WORDS = 'response.audio_transcript.delta';
const SOUND = 'response.audio.delta';
const ADDED = 'response.output_item.added';
const ITEM = 'conversation.item.created';
const PART = 'response.content_part.added';
const TRANSCRIPT = 'conversation.item.input_audio_transcription.completed';
const SPEECH_RATE_HZ = 24_000;

/** The sound of these events, joined in the order in which they came. */
function sound(events: readonly HeardEvent[]): Buffer {
  return Buffer.concat(
    ofType(events, SOUND).map(({ delta }) => decodeBase64(String(delta)) ?? Buffer.alloc(0)),
  );
}

/** The sound of a text as the service speaks it. */
function spoken(text: string): Buffer {
  const { samples } = synthesizeSpeech(text, { sampleRateHz: SPEECH_RATE_HZ, voice: 'Tina' });
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** The id of the first answer's item. */
function itemId(events: readonly HeardEvent[]): unknown {
  return ofType(events, WORDS).at(-1)?.['item_id'];
}

describe('ids that the client does not know (F10)', () => {
  test('deltas-for-an-item-nobody-announced: six events about nothing, and a whole answer around them', async () => {
    const run = await played('deltas-for-an-item-nobody-announced');
    const events = upToDone(run);
    const from = events.findIndex(({ type }) => type === PART) + 1;
    const strange = events.slice(from, from + 6);
    expect(strange.map(({ type }) => type)).toEqual([
      WORDS,
      SOUND,
      'response.text.delta',
      'response.function_call_arguments.delta',
      TRANSCRIPT,
      'response.output_item.done',
    ]);
    const known = events.filter((event) => !strange.includes(event));
    for (const event of strange) expect(JSON.stringify(event)).toContain('nobodyannounced');
    for (const event of known) expect(JSON.stringify(event)).not.toContain('nobodyannounced');
    expect(outline(known)).toEqual([...ASKED, ...SPOKEN]);
    expect(words(known)).toBe('This is the answer you know of.');
  });

  test('answer-item-is-never-announced: deltas right behind response.created', async () => {
    const run = await played('answer-item-is-never-announced');
    const events = upToDone(run);
    const unannounced = SPOKEN.filter((type) => ![ADDED, ITEM, PART].includes(type));
    expect(outline(events)).toEqual([...ASKED, ...unannounced]);
    expect(words(events)).toBe('You can hear me all the same.');
    expect(sound(events).equals(spoken('You can hear me all the same.'))).toBe(true);
  });

  test('deltas-come-after-their-item-was-deleted: deleted, and then more of it', async () => {
    const run = await played('deltas-come-after-their-item-was-deleted');
    const done = upToDone(run).length;
    const id = itemId(upToDone(run));
    const late = run.events().slice(done, done + 4);
    expect(late.map(bare)).toMatchObject([
      { type: 'conversation.item.deleted', item_id: id },
      { type: WORDS, item_id: id, delta: ' And one more thing.' },
      { type: SOUND, item_id: id, delta: 'AAAAAAAAAAA=' },
      { type: 'response.output_item.done', item: { id, status: 'completed' } },
    ]);
  });
});

describe('another order (F11, F12)', () => {
  test('deltas-come-before-their-item-and-part: words and sound, then part, conversation, item', async () => {
    const run = await played('deltas-come-before-their-item-and-part');
    const events = upToDone(run);
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 8)).toEqual([...ASKED, 'response.created', WORDS, SOUND, PART, ITEM, ADDED]);
    const said = 'The end comes first, and then the beginning.';
    expect(words(events)).toBe(said);
    expect(sound(events).equals(spoken(said))).toBe(true);
    expect(events.at(-1)).toMatchObject({ response: { output: [{ content: [{ transcript: said }] }] } });
  });

  test('response-created-comes-after-the-first-deltas: announced behind its first words', async () => {
    const run = await played('response-created-comes-after-the-first-deltas');
    const events = upToDone(run);
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 8)).toEqual([...ASKED, ADDED, ITEM, PART, WORDS, 'response.created', SOUND]);
    const { id } = only(events, 'response.created')['response'] as { readonly id: string };
    expect(events[2]).toMatchObject({ response_id: id });
    expect(words(events)).toBe('I had begun before you knew.');
  });

  test('server-greets-before-the-session-is-configured: an answer ahead of session.updated', async () => {
    const run = await played('server-greets-before-the-session-is-configured');
    const events = upToDone(run, 2);
    const greeting = SPOKEN.filter((type) => type !== ITEM);
    expect(outline(events)).toEqual(['session.created', ...greeting, 'session.updated', ITEM, ...SPOKEN]);
    expect(words(events.slice(0, 11))).toBe('Hello there.');
    expect(sound(events.slice(0, 11)).equals(Buffer.alloc(32))).toBe(true);
  });

  test('user-transcript-comes-before-its-item: committed, transcript, item, and the transcript once', async () => {
    const run = await played('user-transcript-comes-before-its-item');
    const events = upToDone(run);
    expect(outline(events)).toEqual([
      'session.created',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      TRANSCRIPT,
      ITEM,
      ...SPOKEN,
    ]);
    const { item_id } = only(events, 'input_audio_buffer.committed');
    expect(only(events, TRANSCRIPT)).toMatchObject({ item_id, transcript: 'What is the time?' });
    expect(ofType(events, ITEM)[0]).toMatchObject({ item: { id: item_id, role: 'user' } });
  });
});

describe('the same thing twice (F13)', () => {
  test('every-kind-of-event-comes-twice: each event of the answer is there again under its own id', async () => {
    const run = await played('every-kind-of-event-comes-twice');
    const events = upToDone(run, 2);
    const repeated = events.filter((event, index) => event.event_id === events[index - 1]?.event_id);
    expect(repeated.map(({ type }) => type)).toEqual([
      'response.created',
      ADDED,
      ITEM,
      PART,
      WORDS,
      SOUND,
      ...SPOKEN.slice(5),
    ]);
    for (const event of repeated) expect(events[events.indexOf(event) - 1]).toEqual(event);
    const once = events.filter((event) => !repeated.includes(event));
    expect(outline(once)).toEqual([...ASKED, ...SPOKEN]);
    expect(words(once)).toBe('Once is enough for me.');
    expect(words(events)).not.toBe('Once is enough for me.');
  });

  test('finished-item-comes-again-with-its-whole-text: the item a second time, now complete', async () => {
    const run = await played('finished-item-comes-again-with-its-whole-text');
    const events = upToDone(run);
    expect(outline(events)).toEqual([...ASKED, ...SPOKEN.slice(0, -1), ITEM, 'response.done']);
    const [, announced, again] = ofType(events, ITEM);
    const id = itemId(events);
    expect(announced).toMatchObject({ item: { id, status: 'in_progress', content: [] } });
    const whole = { id, status: 'completed', content: [{ type: 'text', text: 'Once is enough for me.' }] };
    expect(again).toMatchObject({ item: whole });
  });
});

describe('ids of the client (F16, F17)', () => {
  test('error-names-one-audio-chunk-by-its-event-id: the second chunk, and no other', async () => {
    const run = await played('error-names-one-audio-chunk-by-its-event-id');
    const sent = (run.sessions[0]?.entries ?? []).flatMap((entry) =>
      entry.kind === 'client' ? JSON.parse(entry.text) : [],
    );
    const chunks = ofType(sent, 'input_audio_buffer.append');
    expect(only(run.events(), 'error')['error']).toEqual({
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'The audio chunk cannot be used.',
      param: 'audio',
      event_id: chunks[1]?.['event_id'],
    });
    expect(new Set(sent.map(({ event_id }) => event_id)).size).toBe(sent.length);
    expect(outline(upToDone(run))).toContain('response.done');
  });

  test('server-gives-items-ids-of-its-own: the item comes back under another id', async () => {
    const run = await played('server-gives-items-ids-of-its-own');
    const events = upToDone(run);
    const [item] = ofType(events, ITEM);
    expect(item).toMatchObject({ item: { role: 'user', content: [{ text: 'Hello.' }] } });
    expect(item?.['item']).toMatchObject({ id: expect.stringMatching(/^item_(?!chosenbytheclient)\w+$/) });
    expect(JSON.stringify(run.events())).not.toContain('chosenbytheclient');
    expect(outline(events)).toEqual([...ASKED, ...SPOKEN]);
  });
});

describe('characters cut between deltas (F18)', () => {
  const SAID = 'Out at sea 🌊🚤 all is well.';

  test('characters-become-question-marks-between-deltas: four U+FFFD, and the right text at the end', async () => {
    const events = upToDone(await played('characters-become-question-marks-between-deltas'));
    expect(words(events)).toBe(SAID.replace(/\p{Surrogate}|[\u{10000}-\u{10ffff}]/gu, '\ufffd\ufffd'));
    expect(only(events, 'response.audio_transcript.done')['transcript']).toBe(SAID);
    expect(only(events, 'response.content_part.done')).toMatchObject({ part: { text: SAID } });
  });

  test('characters-are-halved-between-deltas: halves of surrogate pairs that only joining makes whole', async () => {
    const events = upToDone(await played('characters-are-halved-between-deltas'));
    const deltas = ofType(events, WORDS).map(({ delta }) => String(delta));
    expect(deltas.every((delta) => delta.length === 1)).toBe(true);
    const halves = deltas.filter((delta) => /\p{Surrogate}/u.test(delta));
    expect(halves).toEqual(['\ud83c', '\udf0a', '\ud83d', '\udea4']);
    expect(deltas.join('')).toBe(SAID);
    expect(only(events, 'response.audio_transcript.done')['transcript']).toBe(SAID);
  });
});

describe('errors that are none (F15, F19)', () => {
  const MESSAGE = 'Conversation has none active response';
  const PLAIN = { type: 'invalid_request_error', message: MESSAGE };

  test('harmless-errors-with-status-codes-in-their-ids: 429, 503, 401 and 1008 where they mean nothing', async () => {
    const run = await played('harmless-errors-with-status-codes-in-their-ids');
    const errors = ofType(run.events(), 'error');
    const alarming = ['429', '503', '401', '1008'];
    expect(errors.map(({ event_id }) => event_id)).toEqual([
      'event_7f429ac1008e503d401b9',
      'event_a1011bc403f1006d500e7',
    ]);
    for (const error of errors) {
      expect(alarming.filter((digits) => JSON.stringify(error).includes(digits))).toEqual(alarming);
      expect(error['error']).toMatchObject({ type: 'invalid_request_error' });
    }
    expect(outline(upToDone(run))).toEqual([
      ...ASKED,
      'response.created',
      'error',
      'error',
      ...SPOKEN.slice(1),
    ]);
    expect(ends(run)).toEqual([['client', 1000]]);
  });

  test('same-error-in-every-shape: six shapes of one error', async () => {
    const run = await played('same-error-in-every-shape');
    expect(ofType(run.events(), 'error').map(bare)).toEqual([
      { type: 'error', error: PLAIN },
      { type: 'error', error: { ...PLAIN, code: null, param: null } },
      { type: 'error', error: { message: MESSAGE } },
      { type: 'error', error: { ...PLAIN, event_id: null } },
      { type: 'error', error: PLAIN, client_event_id: null },
      { type: 'error', error: MESSAGE },
    ]);
    const plain = upToDone(run).filter(({ type }) => type !== 'error');
    expect(outline(plain)).toEqual([...ASKED, ...SPOKEN]);
    expect(problems(run)).toEqual([]);
  });

  test('error-is-a-text-or-missing: a text, null, a list, a message beside, nothing', async () => {
    const run = await played('error-is-a-text-or-missing');
    expect(ofType(run.events(), 'error').map(bare)).toEqual([
      { type: 'error', error: MESSAGE },
      { type: 'error', error: null },
      { type: 'error', error: [MESSAGE] },
      { type: 'error', message: MESSAGE },
      { type: 'error' },
    ]);
    const plain = upToDone(run).filter(({ type }) => type !== 'error');
    expect(outline(plain)).toEqual([...ASKED, ...SPOKEN]);
    expect(problems(run)).toEqual([]);
  });
});

describe('sessions of text only', () => {
  test.each([
    ['characters-become-question-marks-between-deltas', ['response.text.delta']],
    ['characters-are-halved-between-deltas', ['response.text.delta']],
    ['fragment-ends-inside-a-character', ['response.text.delta']],
    ['numbers-arrive-as-text', ['response.text.delta']],
    ['every-kind-of-event-comes-twice', ['response.text.delta', 'response.text.done']],
  ])('%s: strikes at the written words as well', async (name, types) => {
    const scenario = libraryScenario(name);
    const session = { modalities: ['text'] };
    const drive = [{ send: { type: 'session.update', session } }, ...(scenario.drive ?? [])];
    const run = await playOver({ ...scenario, drive }, name);
    expect(run.server.verify(name).checks.filter(({ ok }) => !ok)).toEqual([]);
    const struck = new Set<unknown>();
    for (const entry of run.sessions[0]?.entries ?? [])
      if (entry.kind === 'note') struck.add(entry.details['struck']);
    expect([...struck]).toEqual(expect.arrayContaining(types));
    expect(run.types()).not.toContain('response.audio.delta');
  });
});
