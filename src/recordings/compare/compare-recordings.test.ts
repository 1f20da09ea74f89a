/** What a comparison says of two recordings, and what it does not mind. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  accepted,
  append,
  audioDelta,
  client,
  closes,
  server,
  tone,
  upgrade,
  type WrittenOptions,
  writtenRecording,
} from '../../../test/support/written-recording.js';
import { LIMITS } from '../../protocol/limits.js';
import type { DraftEntry } from '../entries.js';
import { compareRecordings } from './compare-recordings.js';

interface Session {
  readonly prefix?: string;
  readonly voice?: unknown;
  readonly words?: string;
  readonly audio?: Uint8Array;
  readonly chunk?: number;
  readonly close?: number;
}

/** One turn of voice. */
function session(options: Session = {}): DraftEntry[] {
  const { prefix = 'x', voice = 'Tina', words = 'Hello.', audio = tone(4800), chunk = 1200 } = options;
  const id = (name: string) => `${prefix}_${name}`;
  const ids = { response_id: id('response'), item_id: id('item_2') };
  const chunks: DraftEntry[] = [];
  for (let start = 0; start < audio.length; start += 2 * chunk)
    chunks.push(
      audioDelta(60, audio.subarray(start, start + 2 * chunk), { event_id: id(`d${start}`), ...ids }),
    );
  return [
    upgrade(),
    accepted(),
    server(5, {
      event_id: id('e1'),
      type: 'session.created',
      session: { id: id('s'), object: 'realtime.session' },
    }),
    client(10, { event_id: id('c1'), type: 'session.update', session: { voice } }),
    server(15, { event_id: id('e2'), type: 'session.updated', session: { id: id('s'), voice } }),
    append(20, tone(1600)),
    append(30, tone(1600)),
    client(40, { type: 'response.create' }),
    server(50, {
      event_id: id('e3'),
      type: 'response.created',
      response: { object: 'realtime.response', id: id('response') },
    }),
    ...chunks,
    server(70, { event_id: id('e4'), type: 'response.audio_transcript.done', ...ids, transcript: words }),
    server(80, {
      event_id: id('e5'),
      type: 'response.done',
      response: { object: 'realtime.response', id: id('response') },
    }),
    closes('client', 90, options.close ?? 1000),
  ];
}

const compare = (a: readonly DraftEntry[], b: readonly DraftEntry[], options: WrittenOptions = {}) =>
  compareRecordings(writtenRecording(a), writtenRecording(b, options));
const wordsOf = (a: readonly DraftEntry[], b: readonly DraftEntry[], options?: WrittenOptions) =>
  compare(a, b, options).differences.map(({ words }) => words);

describe('two recordings are the same', () => {
  it('when they are', () => {
    const { equal, same, hunks, remarks } = compare(session(), session());
    expect({ equal, hunks, remarks }).toEqual({ equal: true, hunks: [], remarks: [] });
    expect(same).toBe('The same: 5 events of the client, 7 of the server, 0.4 s of audio among them.');
  });

  it('when only ids and the cuts of the audio differ', () => {
    expect(compare(session(), session({ prefix: 'other', chunk: 700 })).equal).toBe(true);
  });

  it('when the sound and the words of one answer come in another turn', () => {
    const words = (delta: string) => server(60, { type: 'response.audio_transcript.delta', delta });
    const [one, two] = [audioDelta(60, tone(100)), audioDelta(60, tone(100, 50))];
    expect(wordsOf([one, words('a'), two, words('b')], [one, two, words('a'), words('b')])).toEqual([]);
    const between = server(60, { type: 'response.done' });
    expect(wordsOf([one, between, two], [one, two, between])).toEqual([
      'response.audio.delta: audio 4 ms longer, 3 dB quieter',
      'response.audio.delta 2 is missing',
    ]);
  });

  it('when a placeholder stands for what differs', () => {
    const redacted = session({ words: 'My name is [redacted:name-1].' });
    const placeholders = [{ placeholder: '[redacted:name-1]', rule: 'name', hits: 1 }];
    const spoken = session({ words: 'My name is Ada.' });
    expect(wordsOf(spoken, redacted, { placeholders })).toEqual([]);
    expect(wordsOf(redacted, spoken)).toEqual([]);
    expect(wordsOf(redacted, session({ words: 'Your name is Ada.' }))).toHaveLength(1);
  });

  it('when a withheld entry stands where one was', () => {
    const entries = session();
    const withheld = entries.map(
      (entry, index): DraftEntry =>
        index === 3
          ? { kind: 'withheld', from: 'client', atMs: 10, what: 'text', rule: 'x', sizeBytes: 9 }
          : entry,
    );
    expect(wordsOf(entries, withheld)).toEqual([]);
  });

  it('when voices were taken out of one', () => {
    const redacted = session({ audio: tone(4800, 100), words: '' });
    expect(wordsOf(session(), redacted, { speechRedacted: true })).toEqual([]);
    expect(wordsOf(session(), redacted)).toHaveLength(2);
  });

  it('when two directions that do not wait for each other cross, and says so', () => {
    const entries = session();
    const swapped = entries
      .with(6, { ...(entries[7] as DraftEntry), atMs: 30 })
      .with(7, entries[6] as DraftEntry);
    expect(swapped).not.toEqual(entries);
    const apart = [...entries.slice(0, 8), entries[8] as DraftEntry, ...entries.slice(9)];
    const speech = server(85, { type: 'input_audio_buffer.speech_started', audio_start_ms: 1 });
    const one = [...apart, speech, append(86, tone(160))];
    const other = [...apart, append(85, tone(160)), { ...speech, atMs: 86 }];
    const { equal, remarks, hunks } = compare(one, other);
    expect(equal).toBe(true);
    expect(hunks).toEqual([]);
    expect(remarks.map(({ words }) => words)).toEqual([
      'The two sides are interleaved differently at 1 place; the order within each side is compared by itself.',
    ]);
  });
});

describe('a comparison says', () => {
  it('which key has another value, another type, appeared or vanished', () => {
    const settings = (rest: object) => [
      server(1, { type: 'session.updated', session: { voice: 'Tina', ...rest } }),
    ];
    expect(wordsOf(settings({ a: 1 }), settings({ voice: 'Cherry', a: '1', b: { c: null } }))).toEqual([
      "session.updated: session.a 1 (number) → '1' (string)",
      "session.updated: session.voice 'Tina' → 'Cherry'",
      'session.updated: session.b appeared: {"c":null}',
    ]);
    expect(wordsOf(settings({ a: 1 }), settings({}))).toEqual(['session.updated: session.a vanished: was 1']);
  });

  it('what was added and what is missing, in a row once', () => {
    const deltas = [1, 2, 3].map((n) => server(60, { type: 'response.text.delta', delta: String(n) }));
    expect(wordsOf(session(), [...session(), ...deltas])).toEqual(['response.text.delta (×3) was added']);
    expect(wordsOf([...session(), ...deltas], session())).toEqual(['response.text.delta (×3) is missing']);
  });

  it('that an added event does not change what the ids after it refer to', () => {
    const [first, ...rest] = session();
    const added = server(1, {
      type: 'conversation.item.created',
      item: { id: 'item_new', object: 'realtime.item' },
    });
    expect(wordsOf(session(), [first as DraftEntry, added, ...rest])).toEqual([
      'conversation.item.created was added',
    ]);
  });

  it('that an id now belongs to something else', () => {
    const items = (second: string) => [
      server(1, { type: 'response.output_item.added', item_id: 'item_1' }),
      server(2, { type: 'response.output_item.added', item_id: 'item_2' }),
      server(3, { type: 'response.output_item.done', item_id: second }),
    ];
    expect(wordsOf(items('item_1'), items('item_2'))).toEqual([
      'response.output_item.done: item_id "item#1" → "item#2"',
    ]);
  });

  it('what stands at another place', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((type, index) => server(index, { type }));
    const moved = compare([a, b, c] as DraftEntry[], [b, c, a] as DraftEntry[]);
    expect(moved.differences.map(({ words }) => words)).toEqual(['a stands at another place: event 1 → 3']);
    expect(moved.hunks[0]?.lines.map(({ mark }) => mark).join('')).toBe('-  +');
  });

  it('how audio differs, without keeping it', () => {
    expect(wordsOf(session(), session({ audio: tone(4800, 8_000, 20) }))).toEqual([
      'response.audio.delta: audio same length, different samples',
    ]);
    expect(wordsOf(session({ audio: tone(24_000, 4_000) }), session({ audio: tone(15_600, 5_650) }))).toEqual(
      ['response.audio.delta: audio 350 ms shorter, 3 dB louder'],
    );
    const quiet = tone(24_000);
    quiet.fill(0, 24_000, 28_800);
    expect(wordsOf(session({ audio: tone(24_000) }), session({ audio: quiet }))[0]).toMatch(
      /same length, different samples, .* dB quieter at 0\.5 s/,
    );
  });

  it('which image, close code and handshake differ', () => {
    const image = (byte: number) =>
      client(1, { type: 'input_image_buffer.append', image: btoa(`\xff\xd8${byte}`) });
    expect(wordsOf([image(1)], [image(2)])[0]).toContain("input_image_buffer.append: image 'sha256 ");
    expect(wordsOf(session(), session({ close: 1001 }))).toEqual(["client's close: code 1000 → 1001"]);
    const refused: DraftEntry = { ...(accepted() as DraftEntry & { kind: 'answer' }), status: 401 };
    expect(wordsOf([upgrade(), accepted()], [upgrade(), refused])).toEqual(['answer: status 101 → 401']);
  });

  it('which time is out of its tolerance', () => {
    const [a, b] = [[server(1, { type: 'a' })], [server(12_000, { type: 'a' })]];
    expect(wordsOf(a, b)).toEqual([
      'a comes at 12000 ms instead of 1 ms, which is more than the tolerance of 10000 ms',
    ]);
    const options = { timeToleranceMs: 20_000 };
    expect(compareRecordings(writtenRecording(a), writtenRecording(b), options).equal).toBe(true);
  });

  it('that an answer now comes before its request', () => {
    const request = client(5, { type: 'response.create' });
    const answer = server(5, { type: 'response.created' });
    expect(wordsOf([request, answer], [answer, request])).toEqual([
      "response.created now comes before the client's response.create; it did not before",
    ]);
  });

  it('the lines around a change, with the numbers of a unified diff', () => {
    const [hunk] = compare(session(), session({ voice: 'Cherry' })).hunks;
    expect([hunk?.header, ...(hunk?.lines ?? []).map(({ mark, text }) => `${mark}${text}`)]).toEqual([
      '@@ -1,8 +1,8 @@',
      ' C upgrade {"method":"GET","target":"/api-ws/v1/realtime?model=qwen3.5-omni-flash-realtime"}',
      ' S answer {"status":101}',
      ' S {"event_id":"event","session":{"id":"session#1","object":"realtime.session"},"type":"session.created"}',
      '-C {"event_id":"event","session":{"voice":"Tina"},"type":"session.update"}',
      '+C {"event_id":"event","session":{"voice":"Cherry"},"type":"session.update"}',
      '-S {"event_id":"event","session":{"id":"session#1","voice":"Tina"},"type":"session.updated"}',
      '+S {"event_id":"event","session":{"id":"session#1","voice":"Cherry"},"type":"session.updated"}',
      expect.stringContaining(' C {"audio":{"samples":3200,"sha256":'),
      ' C {"type":"response.create"}',
      ' S {"event_id":"event","response":{"id":"response#1","object":"realtime.response"},"type":"response.created"}',
    ]);
  });

  it('that two recordings have too little in common to line up', () => {
    const many = (type: string) => Array.from({ length: LIMITS.comparedEdits }, () => server(1, { type }));
    expect(wordsOf(many('a'), many('b'))).toEqual([
      `Not compared event by event: more than ${LIMITS.comparedEdits} events of one side were added or removed. By hash, their transcripts are not the same.`,
    ]);
  });

  it('how many differences it does not list', () => {
    const many = (value: number) => [
      server(1, { type: 'a', list: Array.from({ length: LIMITS.comparedDifferences + 7 }, () => value) }),
    ];
    const { differences, unlisted } = compare(many(1), many(2));
    expect([differences.length, unlisted]).toEqual([LIMITS.comparedDifferences, 7]);
  });
});

const event = fc
  .record({ from: fc.boolean(), type: fc.constantFrom('a', 'b.delta', 'c'), value: fc.json({ maxDepth: 2 }) })
  .map(({ from, type, value }) =>
    (from ? client : server)(1, `{"type":"${type}","value":${value},"__proto__":{"x":1}}`),
  );

property.prop([fc.array(event, { maxLength: 12 })])('a recording is equal to itself', (entries) => {
  expect(compare(entries, entries)).toMatchObject({ equal: true, hunks: [], remarks: [] });
});

property.prop([fc.array(event, { maxLength: 12 }), fc.array(event, { maxLength: 12 })])(
  'what differs is seen from both sides',
  (a, b) => {
    expect(compare(a, b).equal).toBe(compare(b, a).equal);
  },
);

const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

property.prop([letters, letters, fc.nat(4)])(
  'the unified diff makes one list of lines into the other',
  (a, b, contextLines) => {
    const recordings = [a, b].map((types) => writtenRecording(types.map((type) => server(1, { type }))));
    const [from, to] = recordings as [(typeof recordings)[0], (typeof recordings)[0]];
    const { hunks } = compareRecordings(from, to, { contextLines });
    const lineOf = (type: string) => `S {"type":"${type}"}`;
    const patched: string[] = [];
    let read = 0;
    for (const { header, lines } of hunks) {
      const [startA = 0, countA, startB = 0, countB] = (header.match(/\d+/g) ?? []).map(Number);
      while (read < startA - 1) patched.push(lineOf(a[read++] ?? ''));
      expect(patched).toHaveLength(startB - 1);
      expect(lines.filter(({ mark }) => mark !== '+')).toHaveLength(countA ?? -1);
      expect(lines.filter(({ mark }) => mark !== '-')).toHaveLength(countB ?? -1);
      for (const { mark, text } of lines) {
        if (mark !== '+') expect(text).toBe(lineOf(a[read++] ?? ''));
        if (mark !== '-') patched.push(text);
      }
      expect(lines.findIndex(({ mark }) => mark !== ' ')).toBeLessThanOrEqual(contextLines);
    }
    while (read < a.length) patched.push(lineOf(a[read++] ?? ''));
    expect(patched).toEqual(b.map(lineOf));
  },
);
