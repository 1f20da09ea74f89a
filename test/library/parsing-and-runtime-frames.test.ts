/** Scenarios of the library about frames: no JSON, very large, in fragments, too many. */
import { describe, expect, test } from 'vitest';
import { type Frame, OPCODES } from '../../src/protocol/websocket-frames.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import {
  ASKED,
  bare,
  ends,
  framesOfTurn,
  ofType,
  only,
  outline,
  played,
  problems,
  SPOKEN,
  textOf,
  upToDone,
  words,
} from './parsing-and-runtime-checks.js';

const PART = 'response.content_part.added';
/** The turn as a client hears it when that one frame is of no use. */
const WITHOUT_PART = [...ASKED, ...SPOKEN.filter((type) => type !== PART)];

/** The text messages of one written turn exactly as they came, unparsed. */
async function textsOfTurn(name: string): Promise<string[]> {
  const frames = await framesOfTurn(name);
  return frames.filter(({ opcode }) => opcode === OPCODES.text).map((frame) => textOf([frame]));
}

/** What stands where the announcement of the part belongs. */
async function textInPlaceOfPart(name: string): Promise<string> {
  const texts = await textsOfTurn(name);
  const before = texts.findLastIndex((text) => text.includes('"conversation.item.created"'));
  return texts[before + 1] ?? '';
}

function sizeBytes(event: unknown): number {
  return Buffer.byteLength(JSON.stringify(event));
}

/** Frames cut into messages: each ends with a final frame that is no control frame. */
function messages(frames: readonly Frame[]): { frames: Frame[]; text: string; between: Frame[] }[] {
  const found: { frames: Frame[]; text: string; between: Frame[] }[] = [];
  let open: { frames: Frame[]; between: Frame[] } = { frames: [], between: [] };
  for (const frame of frames) {
    if (frame.opcode >= OPCODES.close) {
      if (open.frames.length > 0) open.between.push(frame);
      continue;
    }
    open.frames.push(frame);
    if (!frame.fin) continue;
    found.push({ ...open, text: textOf(open.frames) });
    open = { frames: [], between: [] };
  }
  return found;
}

describe('frames that are no event (F6)', () => {
  test('frame-is-empty: a text message of no characters, and the next event behind it', async () => {
    const run = await played('frame-is-empty');
    expect(outline(upToDone(run))).toEqual(WITHOUT_PART);
    expect(problems(run)).toEqual(['E_BAD_FRAME']);
    expect(await textInPlaceOfPart('frame-is-empty')).toBe('');
  });

  test('frame-holds-half-a-json-document: the first half of an event in a frame of its own', async () => {
    const run = await played('frame-holds-half-a-json-document');
    expect(outline(upToDone(run))).toEqual(WITHOUT_PART);
    expect(problems(run)).toEqual(['E_BAD_FRAME']);
    const half = await textInPlaceOfPart('frame-holds-half-a-json-document');
    expect(half).toMatch(/^\{"event_id":"event_\w+","type":"response\.content_part\.added",/);
    expect(half).not.toContain('}');
  });

  test('frame-is-json-but-no-object: null, a list, a number and a text', async () => {
    const run = await played('frame-is-json-but-no-object');
    const lost = [
      'conversation.item.created',
      PART,
      'response.content_part.done',
      'response.output_item.done',
    ];
    const left = SPOKEN.filter((type) => !lost.includes(type));
    expect(outline(upToDone(run))).toEqual([...ASKED, ...left]);
    expect(problems(run)).toEqual(['E_BAD_FRAME', 'E_BAD_FRAME', 'E_BAD_FRAME', 'E_BAD_FRAME']);
    const texts = await textsOfTurn('frame-is-json-but-no-object');
    const odd = texts.map((text) => JSON.parse(text)).filter((value) => typeof value?.type !== 'string');
    expect(odd).toEqual([null, [expect.objectContaining({ type: PART })], 42, 'response.output_item.done']);
  });

  test('frame-holds-nan-and-huge-numbers: NaN and -Infinity, then 1e400', async () => {
    const run = await played('frame-holds-nan-and-huge-numbers');
    // This client's parser refuses the first and reads the second as infinite.
    expect(problems(run)).toEqual(['E_BAD_FRAME']);
    expect(outline(upToDone(run))).toEqual([
      ...ASKED,
      'response.created',
      'response.output_item.added',
      'x.numbers',
      ...SPOKEN.slice(4),
    ]);
    expect(only(run.events(), 'x.numbers')['value']).toBe(Number.POSITIVE_INFINITY);
    const texts = await textsOfTurn('frame-holds-nan-and-huge-numbers');
    expect(texts.filter((text) => text.includes('x.numbers'))).toEqual([
      '{"event_id":"event_nan","type":"x.numbers","value":NaN,"latency_ms":-Infinity}',
      '{"event_id":"event_huge","type":"x.numbers","value":1e400,"latency_ms":123456789012345678901234567890}',
    ]);
  });

  test('frame-starts-with-a-byte-order-mark: U+FEFF and then a whole event', async () => {
    const run = await played('frame-starts-with-a-byte-order-mark');
    expect(outline(upToDone(run))).toEqual(WITHOUT_PART);
    expect(problems(run)).toEqual(['E_BAD_FRAME']);
    const text = await textInPlaceOfPart('frame-starts-with-a-byte-order-mark');
    expect(text.codePointAt(0)).toBe(0xfeff);
    expect(JSON.parse(text.slice(1))).toMatchObject({ type: PART, part: { type: 'audio' } });
  });

  test('event-has-the-same-key-twice: two types and two texts in one event', async () => {
    const run = await played('event-has-the-same-key-twice');
    expect(bare(only(run.events(), 'x.last'))).toEqual({ type: 'x.last', text: 'two' });
    expect(outline(upToDone(run))).toEqual([
      ...ASKED,
      ...SPOKEN.map((type) => (type === PART ? 'x.last' : type)),
    ]);
    expect(await textInPlaceOfPart('event-has-the-same-key-twice')).toBe(
      '{"event_id":"event_twice","type":"x.first","text":"one","type":"x.last","text":"two"}',
    );
  });

  test('two-events-in-one-frame: two documents on two lines, the second with an id of its own', async () => {
    const run = await played('two-events-in-one-frame');
    expect(outline(upToDone(run))).toEqual(WITHOUT_PART);
    expect(problems(run)).toEqual(['E_BAD_FRAME']);
    const documents = (await textInPlaceOfPart('two-events-in-one-frame'))
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map(({ type }) => type)).toEqual([PART, PART]);
    expect(documents[0].event_id).not.toBe(documents[1].event_id);
    expect(documents[0].item_id).toBe(documents[1].item_id);
  });

  test('text-frame-is-not-utf-8: the client ends it with 1007 and has a clean second connection', async () => {
    const run = await played('text-frame-is-not-utf-8');
    expect(outline(run.events(1))).toEqual([...ASKED, ...SPOKEN.slice(0, 3)]);
    expect(ends(run)).toEqual([
      ['client', 1007],
      ['client', 1000],
    ]);
    const frames = await framesOfTurn('text-frame-is-not-utf-8');
    const spoilt = frames.filter(({ payload }) => payload.includes(0xff));
    expect(spoilt.map(({ opcode, fin }) => [opcode, fin])).toEqual([[OPCODES.text, true]]);
    expect(textOf(spoilt)).toContain(PART);
  });
});

describe('large messages (F7)', () => {
  test.each([
    ['message-just-above-1-kib', 1025],
    ['message-just-above-32-kib', 32_769],
    ['message-just-above-64-kib', 65_537],
    ['message-just-above-256-kib', 262_145],
    ['message-just-above-1-mib', 1_048_577],
    ['message-just-above-16-mib', 16_777_217],
  ])('%s: response.created has %i bytes, and the answer goes on', async (name, bytes) => {
    const run = await played(name);
    const events = upToDone(run);
    expect(sizeBytes(only(events, 'response.created'))).toBe(bytes);
    expect(outline(events)).toEqual([...ASKED, ...SPOKEN]);
    expect(ends(run)).toEqual([['client', 1000]]);
    const other = ofType(run.events(), 'response.created')[1];
    expect(sizeBytes(other)).toBeLessThan(1024);
  });

  test('message-of-3-5-megabytes: the item of the user has 3,500,000 bytes', async () => {
    const run = await played('message-of-3-5-megabytes');
    const items = ofType(run.events(), 'conversation.item.created');
    expect(sizeBytes(items[0])).toBe(3_500_000);
    expect(items[0]).toMatchObject({ item: { role: 'user', content: [{ text: 'Hello.' }] } });
    expect(sizeBytes(items[1])).toBeLessThan(1024);
    expect(ends(run)).toEqual([['client', 1000]]);
  });
});

describe('messages in fragments and odd frames (F8)', () => {
  test('messages-arrive-in-fragments: three frames a message, the last one with empty ones', async () => {
    const run = await played('messages-arrive-in-fragments');
    expect(outline(upToDone(run))).toEqual([...ASKED, ...SPOKEN]);
    expect(problems(run)).toEqual([]);
    const found = messages(await framesOfTurn('messages-arrive-in-fragments'));
    const answer = found.slice(ASKED.length);
    const opcodes = ({ frames }: { frames: Frame[] }) => frames.map(({ opcode }) => opcode);
    for (const message of answer.slice(0, -1)) expect(opcodes(message)).toEqual([1, 0, 0]);
    const last = answer.at(-1);
    expect(last?.frames.slice(0, 5).map(({ payload }) => payload.length)).toEqual([0, 0, 20, 0, 80]);
    expect(last?.frames.map(({ fin }) => fin)).toEqual([false, false, false, false, false, true]);
    expect(JSON.parse(last?.text ?? '')).toMatchObject({ type: 'response.done' });
  });

  test('ping-in-the-middle-of-a-message: two pings in one message, a pong in each of the others', async () => {
    const run = await played('ping-in-the-middle-of-a-message');
    expect(outline(upToDone(run))).toEqual([...ASKED, ...SPOKEN]);
    const found = messages(await framesOfTurn('ping-in-the-middle-of-a-message'));
    const [created, ...others] = found.slice(ASKED.length);
    expect(created?.between.map(({ opcode }) => opcode)).toEqual([OPCODES.ping, OPCODES.ping]);
    expect(JSON.parse(created?.text ?? '')).toMatchObject({ type: 'response.created' });
    expect(others.length).toBeGreaterThan(SPOKEN.length - 2);
    for (const { between } of others) expect(between.map(({ opcode }) => opcode)).toEqual([OPCODES.pong]);
  });

  test('fragment-ends-inside-a-character: neither frame is text by itself, together they are', async () => {
    const run = await played('fragment-ends-inside-a-character');
    const events = upToDone(run);
    const said = 'Grüße aus 北京 🌊';
    expect(words(events)).toBe(said);
    expect(only(events, 'response.content_part.done')).toMatchObject({ part: { text: said } });
    const found = messages(await framesOfTurn('fragment-ends-inside-a-character'));
    const cut = found.filter(({ frames }) => frames.length > 1);
    expect(cut.map(({ text }) => JSON.parse(text).type)).toEqual([
      'response.audio_transcript.delta',
      'response.content_part.done',
      'response.done',
    ]);
    for (const { frames } of cut) {
      expect(frames.length).toBe(2);
      // U+FFFD: what a reader of single frames makes of half a character.
      for (const frame of frames) expect(textOf([frame])).toContain('\ufffd');
    }
  });

  test('event-comes-in-a-binary-frame: one event as binary, all others as text', async () => {
    const run = await played('event-comes-in-a-binary-frame');
    expect(outline(upToDone(run))).toEqual(WITHOUT_PART);
    expect(problems(run)).toEqual(['E_BAD_FRAME']);
    const frames = await framesOfTurn('event-comes-in-a-binary-frame');
    const binary = frames.filter(({ opcode }) => opcode === OPCODES.binary);
    expect(binary.map((frame) => JSON.parse(textOf([frame])).type)).toEqual([PART]);
  });
});

describe('more than a client should hold (F9)', () => {
  test('message-of-64-mib: the client refuses it with 1009 and has a clean second connection', async () => {
    const run = await played('message-of-64-mib');
    expect(libraryScenario('message-of-64-mib').faults).toMatchObject([{ do: 'pad', toBytes: 2 ** 26 }]);
    expect(outline(run.events(1))).toEqual(ASKED);
    expect(ends(run)).toEqual([
      ['client', 1009],
      ['client', 1000],
    ]);
  });

  test('session-created-comes-two-thousand-times: 2,001 announcements of one session, then a turn', async () => {
    const run = await played('session-created-comes-two-thousand-times');
    const events = upToDone(run);
    const announcements = ofType(events, 'session.created');
    expect(announcements.length).toBe(2001);
    expect(events.slice(0, 2001)).toEqual(announcements);
    expect(new Set(announcements.map(({ event_id }) => event_id)).size).toBe(2001);
    expect(new Set(announcements.map(({ session }) => JSON.stringify(session))).size).toBe(1);
    expect(outline(events.slice(2001))).toEqual(['session.updated', 'conversation.item.created', ...SPOKEN]);
  });
});
