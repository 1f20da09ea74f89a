/** Scenarios of the library about transcripts and the history of a conversation, from the client's side. */
import { describe, expect, test } from 'vitest';
import type { HeardEvent } from '../../src/play/index.js';
import {
  answer,
  asked,
  audioOf,
  call,
  closing,
  heard,
  joined,
  ofResponse,
  opening,
  outputs,
  played,
  print,
  sent,
  spokenBytes,
  story,
  TRANSCRIBED,
  USER_TURN,
} from './told.js';

const FAILED = 'conversation.item.input_audio_transcription.failed';
const LEAVE = 'When do the boats leave?';

describe('the transcript of the user comes late (G1, G8)', () => {
  test('user-transcript-comes-after-the-answer: behind response.done, for an item that stands before it', async () => {
    const run = await played('user-transcript-comes-after-the-answer');
    expect(story(run)).toEqual(['session.created', ...USER_TURN, ...answer(1), TRANSCRIBED, ...asked(2)]);
    const [question, reply] = heard(run, 'conversation.item.created');
    const questionId = itemId(question);
    expect(heard(run, TRANSCRIBED)).toMatchObject([{ item_id: questionId, transcript: LEAVE }]);
    expect(reply).toMatchObject({ previous_item_id: questionId, item: { role: 'assistant' } });
  });

  test('transcript-of-one-turn-comes-during-the-next: behind the second speech_started, with the first item', async () => {
    const run = await played('transcript-of-one-turn-comes-during-the-next');
    const [started, ...rest] = USER_TURN;
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      ...answer(1),
      started,
      TRANSCRIBED,
      ...rest,
      TRANSCRIBED,
      ...answer(2),
      ...asked(3),
    ]);
    const turns = heard(run, 'input_audio_buffer.speech_started').map(({ item_id }) => item_id);
    expect(new Set(turns).size).toBe(2);
    expect(heard(run, TRANSCRIBED)).toMatchObject([
      { item_id: turns[0], transcript: LEAVE },
      { item_id: turns[1], transcript: 'And when do they return?' },
    ]);
  });
});

describe('the transcript of the user never comes (G2)', () => {
  test('user-transcript-never-comes: an answer without previews and without a final transcript', async () => {
    const run = await played('user-transcript-never-comes');
    const silent = USER_TURN.filter((line) => line !== 'previews');
    expect(story(run)).toEqual(['session.created', ...silent, ...answer(1), ...asked(2)]);
    expect(run.types().filter((type) => type.includes('transcription'))).toEqual([]);
    expect(print(audioOf(run, 1))).toBe(print(spokenBytes('I have understood you without a transcript.')));
  });

  test('user-transcript-fails: an event of failure where the transcript belongs, and the answer', async () => {
    const run = await played('user-transcript-fails');
    expect(story(run)).toEqual(['session.created', ...USER_TURN, FAILED, ...answer(1), ...asked(2)]);
    const [committed] = heard(run, 'input_audio_buffer.committed');
    const error = { code: 'audio_unintelligible', message: 'The audio could not be transcribed.' };
    expect(heard(run, FAILED)).toMatchObject([{ item_id: committed?.['item_id'], content_index: 0, error }]);
    expect(ofResponse(run, 1, 'response.done')).toMatchObject([{ response: { status: 'completed' } }]);
  });

  test('user-speaks-twice-before-one-answer: two items, two transcripts, one response', async () => {
    const run = await played('user-speaks-twice-before-one-answer');
    const second = USER_TURN.filter((line) => line !== 'previews');
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      ...second,
      TRANSCRIBED,
      ...answer(1),
      ...asked(2),
    ]);
    const [committed] = heard(run, 'input_audio_buffer.committed');
    const firstId = committed?.['item_id'];
    const secondId = 'item_second_utterance';
    expect(heard(run, TRANSCRIBED)).toMatchObject([
      { item_id: firstId, transcript: LEAVE },
      { item_id: secondId, transcript: 'And may I bring my dog?' },
    ]);
    expect(heard(run, 'conversation.item.created').slice(0, 3)).toMatchObject([
      { item: { id: firstId, role: 'user' } },
      { previous_item_id: firstId, item: { id: secondId, role: 'user' } },
      { previous_item_id: secondId, item: { role: 'assistant' } },
    ]);
  });
});

describe('audio without its text (G3)', () => {
  test('spoken-words-come-only-as-deltas: nothing but deltas holds the words', async () => {
    const run = await played('spoken-words-come-only-as-deltas');
    const [, audioDone, , itemDone] = closing(1);
    expect(story(run)).toEqual([
      'session.created',
      'conversation.item.created user',
      ...opening(1),
      audioDone,
      itemDone,
      'response.done r1',
      ...asked(2),
    ]);
    const words = 'The boats leave at nine, and the last one returns at six.';
    expect(joined(ofResponse(run, 1, 'response.audio_transcript.delta'))).toBe(words);
    expect(ofResponse(run, 1, 'response.output_item.done')).toMatchObject([{ item: { content: [] } }]);
    expect(ofResponse(run, 1, 'response.done')).toMatchObject([{ response: { output: [{ content: [] }] } }]);
    expect(print(audioOf(run, 1))).toBe(print(spokenBytes(words)));
  });

  test('spoken-words-have-no-end-before-a-tool-call: no end of the caption, then a call and a new answer', async () => {
    const run = await played('spoken-words-have-no-end-before-a-tool-call');
    const [, audioDone, , itemDone] = closing(1);
    expect(story(run)).toEqual([
      'session.created',
      'conversation.item.created user',
      ...opening(1),
      audioDone,
      itemDone,
      ...call(1),
      'response.done r1',
      'conversation.item.created function_call_output',
      ...answer(2),
      ...asked(3),
    ]);
    expect(joined(ofResponse(run, 1, 'response.audio_transcript.delta'))).toBe(
      'One moment, I am going to look that up.',
    );
    expect(ofResponse(run, 2, 'response.audio_transcript.done')).toMatchObject([
      { transcript: 'It is sunny in Hangzhou.' },
    ]);
    expect(outputs(run)).toHaveLength(1);
  });
});

describe('more than one final transcript (G4)', () => {
  test('user-transcript-is-final-twice: the same item and words under two event ids', async () => {
    const run = await played('user-transcript-is-final-twice');
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      TRANSCRIBED,
      ...answer(1),
      ...asked(2),
    ]);
    const [first, second] = heard(run, TRANSCRIBED);
    expect(first).toMatchObject({ transcript: LEAVE });
    expect(second).toEqual({ ...first, event_id: second?.['event_id'] });
    expect(second?.['event_id']).not.toBe(first?.['event_id']);
  });

  test('growing-user-transcript-is-final-each-time: three final transcripts of one item, each longer', async () => {
    const run = await played('growing-user-transcript-is-final-each-time');
    expect(story(run)).toEqual([
      'session.created',
      ...USER_TURN,
      TRANSCRIBED,
      TRANSCRIBED,
      TRANSCRIBED,
      ...answer(1),
      ...asked(2),
    ]);
    const finals = heard(run, TRANSCRIBED);
    expect(finals.map(({ transcript }) => transcript)).toEqual(['When', 'When do the', LEAVE]);
    expect(new Set(finals.map(({ item_id }) => item_id)).size).toBe(1);
    expect(new Set(finals.map(({ event_id }) => event_id)).size).toBe(3);
  });
});

test('delta-comes-after-its-item-is-done (G5): the first words come last', async () => {
  const run = await played('delta-comes-after-its-item-is-done');
  expect(story(run)).toEqual([
    'session.created',
    'conversation.item.created user',
    ...opening(1),
    ...closing(1),
    'speech r1',
    'response.done r1',
    ...asked(2),
  ]);
  const words = 'The boats leave at nine, and the last one returns at six.';
  const deltas = ofResponse(run, 1, 'response.audio_transcript.delta').map(({ delta }) => delta);
  const late = deltas.at(-1);
  expect(late).toBe('The boats ');
  expect([late, ...deltas.slice(0, -1)].join('')).toBe(words);
  expect(ofResponse(run, 1, 'response.output_item.done')).toMatchObject([
    { item: { status: 'completed', content: [{ text: words }] } },
  ]);
  expect(print(audioOf(run, 1))).toBe(print(spokenBytes(words)));
});

test('item-of-the-answer-is-announced-late (G6): both items of the turn behind response.done', async () => {
  const run = await played('item-of-the-answer-is-announced-late');
  const [created, added, assistant, ...rest] = answer(1);
  const user = 'conversation.item.created user';
  expect(story(run)).toEqual([
    'session.created',
    ...USER_TURN.filter((line) => line !== user),
    TRANSCRIBED,
    created,
    added,
    ...rest,
    user,
    assistant,
    ...asked(2),
  ]);
  const [question, reply] = heard(run, 'conversation.item.created');
  const [committed] = heard(run, 'input_audio_buffer.committed');
  expect(question).toMatchObject({ item: { id: committed?.['item_id'] } });
  expect(reply).toMatchObject({
    previous_item_id: committed?.['item_id'],
    item: { id: itemId(ofResponse(run, 1, 'response.output_item.added')[0]) },
  });
  expect(sent(run, 'conversation.item.delete')).toEqual([]);
});

test('speaks-before-it-calls-a-tool (G7): a message and a call in one response, and a response after them', async () => {
  const run = await played('speaks-before-it-calls-a-tool');
  expect(story(run)).toEqual([
    'session.created',
    'conversation.item.created user',
    ...opening(1),
    ...closing(1),
    ...call(1),
    'response.done r1',
    'conversation.item.created function_call_output',
    ...answer(2),
    ...asked(3),
  ]);
  const said = (transcript: string) => ({ type: 'message', content: [{ type: 'audio', transcript }] });
  expect(heard(run, 'response.done').slice(0, 2)).toMatchObject([
    {
      response: {
        output: [
          said('One moment, I am going to look that up.'),
          { type: 'function_call', name: 'get_weather', arguments: '{"city": "Hangzhou"}' },
        ],
      },
    },
    { response: { output: [said('It is sunny in Hangzhou.')] } },
  ]);
  const added = ofResponse(run, 1, 'response.output_item.added').map(({ output_index }) => output_index);
  expect(added).toEqual([0, 1]);
});

/** The id of the item that an event is about. */
function itemId(event: HeardEvent | undefined): unknown {
  return (event?.['item'] as { readonly id?: unknown } | undefined)?.id;
}
