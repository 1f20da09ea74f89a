/**
 * From a reply to steps: order (§5.0), times, cuts; and that the pieces are the whole.
 */
import { describe, expect, test } from 'vitest';
import { type PlannedItem, type PlanOptions, planResponse } from './reply-plan.js';
import type { ResponseStep } from './response-types.js';

const RATE_HZ = 24_000;

function plan(items: readonly PlannedItem[], options: Partial<PlanOptions> = {}) {
  let ids = 0;
  return planResponse({
    items,
    spoken: true,
    voice: 'Tina',
    format: { label: 'pcm', container: 'pcm', sampleRateHz: RATE_HZ },
    delivery: {},
    maxTokens: undefined,
    itemId: () => `item_${++ids}`,
    callId: () => 'call_1',
    ...options,
  });
}

const say = (text: string, more: Partial<Extract<PlannedItem, { kind: 'message' }>> = {}): PlannedItem => ({
  kind: 'message',
  text,
  deltas: undefined,
  samples: undefined,
  ...more,
});
const call = (argumentsText: string, delta = true): PlannedItem => ({
  kind: 'call',
  name: 'lamp',
  argumentsText,
  delta,
});
/** `<offset> <kind>`, repeated deltas as one. */
const outline = (steps: readonly ResponseStep[]) =>
  steps.map((step) => step.kind).filter((kind, index, all) => kind !== all[index - 1]);
const textOf = (steps: readonly ResponseStep[]) => steps.map((step) => step.text ?? '').join('');

describe('order', () => {
  test('a written answer', () => {
    expect(outline(plan([say('Hello you there')], { spoken: false }).steps)).toEqual([
      'created',
      'item-added',
      'item-created',
      'part-added',
      'text-delta',
      'text-done',
      'part-done',
      'item-done',
      'done',
    ]);
  });

  test('a spoken answer: the first words come before the first sound', () => {
    const kinds = outline(plan([say('Hello you there')]).steps);
    expect(kinds.slice(0, 6)).toEqual([
      'created',
      'item-added',
      'item-created',
      'part-added',
      'transcript-delta',
      'audio-delta',
    ]);
    expect(kinds.slice(-5)).toEqual(['transcript-done', 'audio-done', 'part-done', 'item-done', 'done']);
  });

  test('calls one after the other, one of them without a delta', () => {
    expect(
      plan([call(' {"a": 1}'), call('{}', false)]).steps.map((step) => `${step.item} ${step.kind}`),
    ).toEqual([
      '-1 created',
      '0 item-added',
      '0 item-created',
      '0 arguments-delta',
      '0 arguments-done',
      '0 item-done',
      '1 item-added',
      '1 item-created',
      '1 arguments-done',
      '1 item-done',
      '-1 done',
    ]);
  });

  test('an empty message has no deltas', () => {
    expect(outline(plan([say('')], { spoken: false }).steps)).not.toContain('text-delta');
    expect(outline(plan([say('')]).steps)).not.toContain('audio-delta');
  });

  test.each([true, false])('time never runs backwards (spoken: %s)', (spoken) => {
    const { steps } = plan([say('One two three four five.'), call('{}'), say('Six.')], { spoken });
    const offsets = steps.map((step) => step.offsetMs);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  });
});

describe('times', () => {
  const long = new Int16Array(RATE_HZ);

  test('the first delta 300 ms after the start, sound in pieces of 200 ms at the rate it is heard', () => {
    const { steps } = plan([say('One two.', { samples: long })]);
    const audio = steps.filter((step) => step.kind === 'audio-delta');
    expect(audio.map((step) => step.offsetMs)).toEqual([300, 500, 700, 900, 1100]);
    expect(audio.map((step) => (step.toSample ?? 0) - (step.fromSample ?? 0))).toEqual(Array(5).fill(4800));
  });

  test('as the script says', () => {
    const delivery = { firstDeltaMs: 10, audioChunkMs: 400, textDeltaMs: 7 };
    const spoken = plan([say('One two.', { samples: long })], { delivery }).steps;
    expect(spoken.filter((step) => step.kind === 'audio-delta').map((step) => step.offsetMs)).toEqual([
      10, 410, 810,
    ]);
    const written = plan([say('ab', { deltas: ['a', 'b'] })], { delivery, spoken: false }).steps;
    expect(written.filter((step) => step.kind === 'text-delta').map((step) => step.offsetMs)).toEqual([
      10, 17,
    ]);
  });

  test('a chunk length that makes no sense still ends', () => {
    const { steps } = plan([say('One.', { samples: new Int16Array(48) })], { delivery: { audioChunkMs: 0 } });
    expect(steps.filter((step) => step.kind === 'audio-delta')).toHaveLength(2);
  });

  test('the second item begins when the first has ended', () => {
    const { steps } = plan([say('One.', { samples: long }), call('{}')]);
    const ended = steps.find((step) => step.kind === 'item-done')?.offsetMs;
    expect(steps.find((step) => step.item === 1)?.offsetMs).toBe((ended ?? 0) + 300);
  });
});

describe('pieces', () => {
  const TEXTS = [
    'Hello, you there.',
    '  spaced   out  ',
    '你好，今天天气怎么样？',
    'a'.repeat(50),
    '\n',
    'emoji 😀😀😀😀😀😀😀😀😀',
  ];

  test.each(TEXTS)('of %j add up, written and spoken', (text) => {
    expect(textOf(plan([say(text)], { spoken: false }).steps)).toBe(text);
    expect(textOf(plan([say(text)]).steps)).toBe(text);
    expect(textOf(plan([say(text, { samples: new Int16Array(9_999) })]).steps)).toBe(text);
  });

  test('of a voice add up to all its samples', () => {
    const { items, steps } = plan([say('Hello, you there.')]);
    let next = 0;
    for (const step of steps) {
      if (step.kind !== 'audio-delta') continue;
      expect(step.fromSample).toBe(next);
      next = step.toSample ?? 0;
    }
    expect(items[0]?.type === 'message' && items[0].speech.sampleCount).toBe(next);
  });

  test('of a script are kept exactly', () => {
    const deltas = ['He', 'llo', '', ' you'];
    const texts = (spoken: boolean, kind: string) =>
      plan([say('Hello you', { deltas })], { spoken })
        .steps.filter((step) => step.kind === kind)
        .map((step) => step.text);
    expect(texts(false, 'text-delta')).toEqual(deltas);
    expect(texts(true, 'transcript-delta')).toEqual(deltas);
  });
});

describe('max_tokens', () => {
  test('cuts the text, its voice in proportion, and what would follow', () => {
    const samples = new Int16Array(1_600);
    const { items, steps, truncated } = plan([say('abcdefghijklmnop', { samples }), call('{}')], {
      maxTokens: 2,
    });
    expect(truncated).toBe(true);
    expect(items).toHaveLength(1);
    expect(items[0]?.text).toBe('abcdefgh');
    expect(items[0]?.type === 'message' && items[0].speech.sampleCount).toBe(800);
    expect(textOf(steps)).toBe('abcdefgh');
  });

  test('counts over all messages; calls cost nothing', () => {
    const { items, truncated } = plan([say('abcd'), call('{"long": "argument"}'), say('efghijkl')], {
      maxTokens: 2,
    });
    expect(items.map((item) => item.text)).toEqual(['abcd', '{"long": "argument"}', 'efgh']);
    expect(truncated).toBe(true);
  });

  test('exactly enough cuts nothing', () => {
    expect(plan([say('abcdefgh')], { maxTokens: 2 }).truncated).toBe(false);
  });
});
