/**
 * Each kind of fault as its bytes on a real socket, or as their absence.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createMockServer, type MockServer } from '../src/mock-server/index.js';
import { type Frame, OPCODES } from '../src/protocol/websocket-frames.js';
import { FAULT_KIND_NAMES, type Fault, readPath } from '../src/scenarios/index.js';
import { FramePeer, textOf } from './support/frame-peer.js';
import { clientFrame } from './support/raw-peer.js';

const WORDS = 'Grüße aus dem Süden 🌻';
const DONE = 'response.text.done';

let server: MockServer | undefined;
let peer: FramePeer | undefined;

afterEach(leave);

async function leave(): Promise<void> {
  peer?.raw.socket.destroy();
  await server?.close();
}

/** A peer that stands before a server with one fault. */
async function facing(...faults: Fault[]): Promise<FramePeer> {
  server = await createMockServer({
    scenarios: { faulty: { clock: 'auto', replies: [{ text: WORDS }], faults } },
    library: false,
  });
  peer = new FramePeer(server.urlFor({ scenario: 'faulty' }));
  return peer;
}

/** The same peer after a whole answer; what it received is there to be looked at. */
async function answered(...faults: Fault[]): Promise<FramePeer> {
  const asked = await (await facing(...faults)).open();
  asked.ask();
  await asked.untilAnswered();
  return asked;
}

/** The same peer after an answer that broke the connection off. */
async function broken(...faults: Fault[]): Promise<FramePeer> {
  const asked = await (await facing(...faults)).open();
  asked.ask();
  await asked.untilOver();
  return asked;
}

/** The messages of a whole answer when nothing goes wrong. */
const WHOLE = [
  'session.created',
  'session.updated',
  'conversation.item.created',
  'response.created',
  'response.output_item.added',
  'conversation.item.created',
  'response.content_part.added',
  'response.text.delta',
  'response.text.delta',
  'response.text.delta',
  'response.text.delta',
  'response.text.delta',
  'response.text.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
  'conversation.item.deleted',
];
const without = (type: string) => WHOLE.filter((other) => other !== type);
const upTo = (type: string) => WHOLE.slice(0, WHOLE.indexOf(type) + 1);
const shapes = (frames: readonly Frame[]) => frames.map(({ opcode, fin }) => `${opcode}${fin ? '!' : ''}`);
const around = (frames: readonly Frame[]) =>
  frames.filter(({ opcode, fin }) => !(opcode === OPCODES.text && fin));

test('every kind has a test of its own here', async () => {
  const source = await import('node:fs').then(({ readFileSync }) =>
    readFileSync(new URL('fault-bytes.test.ts', import.meta.url), 'utf8'),
  );
  const untested = FAULT_KIND_NAMES.filter((name) => !source.includes(`'${name}: `));
  expect(untested).toEqual([]);
});

test('without a fault: one final text frame for each message', async () => {
  const { types, frames } = await answered();
  expect(types).toEqual(WHOLE);
  expect(frames).toHaveLength(WHOLE.length);
});

describe('upgrade', () => {
  test('refuse-upgrade: an HTTP answer, its headers and body, and the end', async () => {
    const asked = await facing({ do: 'refuse-upgrade', status: 503, retryAfterSeconds: 7 });
    await expect(asked.open()).rejects.toThrow(/^Not upgraded: HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(asked.raw.receivedText).toMatch(/\r\nretry-after: 7\r\n/);
    expect(asked.raw.receivedText).toMatch(/\r\n\r\n\{"code":"ServiceUnavailable","message":"[^"]+"\}$/);
    await asked.raw.saw.until('close');
    expect(server?.sessions).toEqual([]);
    expect(server?.upgrades).toMatchObject([{ answer: 'refused', status: 503, fault: 0, connection: 1 }]);
  });

  test('slow-upgrade: the 101 comes later than the wall time asked for', async () => {
    const asked = await facing({ do: 'slow-upgrade', byMs: 60 });
    const startedAtMs = performance.now();
    await asked.open();
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(59);
    await asked.untilText('session.created');
  });

  test.each([
    ['end', 'end'],
    ['reset', 'error ECONNRESET'],
  ] as const)('drop-upgrade: no byte of an answer, %s', async (how, seen) => {
    const asked = await facing({ do: 'drop-upgrade', how });
    void asked.open().catch(() => {});
    await asked.raw.saw.until(seen);
    expect(asked.raw.received).toHaveLength(0);
    expect(server?.upgrades).toMatchObject([{ answer: 'dropped', fault: 0 }]);
  });

  test('an upgrade fault for the first connection leaves the second alone', async () => {
    const first = await facing({ do: 'drop-upgrade', at: { connection: 1 } });
    void first.open().catch(() => {});
    await first.raw.saw.until('error');
    peer = new FramePeer(server?.urlFor({ scenario: 'faulty' }) ?? '');
    await peer.open();
    await peer.untilText('session.created');
    expect(server?.upgrades.map(({ connection, answer }) => [connection, answer])).toEqual([
      [1, 'dropped'],
      [2, 'accepted'],
    ]);
  });
});

describe('connection', () => {
  const after: Fault['at'] = { event: 'response.text.delta', nth: 2 };

  test('close: a CLOSE frame with this code and reason, nothing behind it', async () => {
    const { types, frames } = await broken({ do: 'close', at: after, code: 1012, reason: 'Restarting.' });
    expect(types).toEqual(WHOLE.slice(0, 9));
    const last = frames.at(-1) as Frame;
    const payload = Buffer.from(last.payload);
    expect([last.opcode, payload.readUInt16BE(), payload.subarray(2).toString()]).toEqual([
      OPCODES.close,
      1012,
      'Restarting.',
    ]);
  });

  test('close: without a code the payload is empty; a reason may be too long for RFC 6455', async () => {
    const empty = (await broken({ do: 'close', at: after, code: null })).frames.at(-1) as Frame;
    expect([empty.opcode, empty.payload.length]).toEqual([OPCODES.close, 0]);
    await leave();
    const long = (await broken({ do: 'close', at: after, code: 1007, reason: 'r'.repeat(300) })).frames.at(
      -1,
    ) as Frame;
    expect([long.opcode, long.payload.length]).toEqual([OPCODES.close, 302]);
  });

  test('close: instead of a message, and before a client event is carried out', async () => {
    const instead = await broken({ do: 'close', at: { event: 'response.created' }, place: 'instead' });
    expect(instead.types).toEqual(upTo('conversation.item.created'));
    await leave();
    const before = await broken({ do: 'close', at: { event: 'response.create' } });
    expect(before.types).toEqual(upTo('conversation.item.created'));
  });

  test('end: FIN after the message, and no CLOSE frame', async () => {
    const asked = await broken({ do: 'end', at: after });
    expect(asked.types).toEqual(WHOLE.slice(0, 9));
    expect(around(asked.frames)).toEqual([]);
    expect(asked.raw.saw.list).toContain('end');
  });

  test('reset: RST after the message', async () => {
    const asked = await broken({ do: 'reset', at: after });
    expect(asked.types).toEqual(WHOLE.slice(0, 9));
    expect(asked.raw.saw.list).toContain('error ECONNRESET');
    expect(asked.raw.saw.list).not.toContain('end');
  });

  test('mute: not a byte more, not even a pong, and the session goes on behind it', async () => {
    const asked = await (await facing({ do: 'mute', at: { event: 'response.created' } })).open();
    asked.ask();
    await asked.untilText('response.created');
    asked.ping('there?');
    const session = server?.sessions[0];
    const done = (text: string | undefined) => text?.includes('"response.done"') === true;
    while (session?.entries.some((entry) => entry.kind === 'server' && done(entry.intended)) !== true) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked.types).toEqual(upTo('response.created'));
    expect(around(asked.frames)).toEqual([]);
    const unsent = session.entries.filter(
      (entry) => entry.kind === 'server' && entry.disposition === 'dropped',
    );
    expect(unsent).toHaveLength(WHOLE.length - upTo('response.created').length - 1);
  });

  test('stop-reading: what the client sends is not answered until it reads again', async () => {
    const asked = await (
      await facing({ do: 'stop-reading', at: { event: 'session.created' }, forMs: 80 })
    ).open();
    await asked.untilText('session.created');
    const startedAtMs = performance.now();
    asked.ask();
    await asked.untilAnswered();
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(50);
    expect(asked.types).toEqual(WHOLE);
  });

  test('half-open: no data, no pong, no CLOSE and no FIN after the client has ended its side', async () => {
    const asked = await (await facing({ do: 'half-open', at: { event: 'session.created' } })).open();
    await asked.untilText('session.created');
    asked.ask();
    asked.ping('there?');
    asked.raw.write(clientFrame(0x88, Uint8Array.of(0x03, 0xe8)));
    asked.raw.socket.end();
    // Another conversation from beginning to end: whatever was to come has had its time.
    const other = new FramePeer(server?.url ?? '');
    await other.open();
    other.ask();
    await other.untilAnswered();
    other.raw.socket.destroy();
    expect(asked.types).toEqual(['session.created']);
    expect(asked.frames).toHaveLength(1);
    expect(asked.raw.saw.list.filter((seen) => seen !== 'data')).toEqual(['connect']);
  });

  test('ignore-close: a CLOSE of the client is not answered, TCP stays, messages stop', async () => {
    const asked = await (await facing({ do: 'ignore-close', at: { event: 'session.created' } })).open();
    asked.ask();
    await asked.untilAnswered();
    asked.raw.write(clientFrame(0x88, Uint8Array.of(0x03, 0xe8)));
    const other = new FramePeer(server?.url ?? '');
    await other.open();
    other.ask();
    await other.untilAnswered();
    other.raw.socket.destroy();
    expect(asked.types).toEqual(WHOLE);
    expect(around(asked.frames)).toEqual([]);
    expect(asked.raw.saw.list.filter((seen) => seen !== 'data')).toEqual(['connect']);
  });

  test('no-pong: pings go unanswered, events do not', async () => {
    const asked = await (await facing({ do: 'no-pong', at: { event: 'session.created' } })).open();
    await asked.untilText('session.created');
    asked.ping('there?');
    asked.ask();
    await asked.untilAnswered();
    expect(asked.types).toEqual(WHOLE);
    expect(around(asked.frames)).toEqual([]);
  });

  test('throttle: everything arrives, a frame in parts', async () => {
    const asked = await (
      await facing({ do: 'throttle', at: { event: 'session.created' }, bytesPerSecond: 40_000 })
    ).open();
    const startedAtMs = performance.now();
    asked.ask();
    await asked.untilAnswered();
    expect(asked.types).toEqual(WHOLE);
    const least = (asked.raw.received.length / 40_000) * 1_000 * 0.5;
    expect(performance.now() - startedAtMs).toBeGreaterThan(least);
  });
});

describe('frame', () => {
  const at: Fault['at'] = { event: DONE };
  const textOfAll = (frames: readonly Frame[]) =>
    Buffer.concat(frames.map(({ payload }) => payload)).toString('utf8');

  test('fragment: a text frame and continuations that are the message together', async () => {
    const { frames, types } = await answered({ do: 'fragment', at, pieces: 3 });
    expect(shapes(around(frames))).toEqual(['1', '0', '0!']);
    const parts = frames.slice(12, 15);
    expect(shapes(parts)).toEqual(['1', '0', '0!']);
    expect(JSON.parse(textOfAll(parts))).toMatchObject({ type: DONE, text: WORDS });
    expect(types).toEqual(without(DONE));
  });

  test('fragment: cuts where asked, empty fragments too', async () => {
    const { frames } = await answered({ do: 'fragment', at, cutsBytes: [0, 1, 1] });
    expect(
      frames
        .slice(12, 16)
        .map(({ payload }) => payload.length)
        .slice(0, 3),
    ).toEqual([0, 1, 0]);
  });

  test('interleave-control: a ping between the fragments', async () => {
    const { frames } = await answered({ do: 'interleave-control', at });
    expect(shapes(frames.slice(12, 15))).toEqual(['1', '9!', '0!']);
    expect(textOf(frames[13] as Frame)).toBe('between');
    expect(JSON.parse(textOfAll([frames[12], frames[14]] as Frame[]))).toMatchObject({ type: DONE });
  });

  test('split-utf8: the first fragment ends inside a character', async () => {
    const { frames } = await answered({ do: 'split-utf8', at });
    const parts = frames.slice(12, 14);
    expect(shapes(parts)).toEqual(['1', '0!']);
    expect(parts[0]?.payload.at(-1)).toBe(0xc3);
    expect(parts[1]?.payload[0]).toBe(0xbc);
    expect(JSON.parse(textOfAll(parts))).toMatchObject({ text: WORDS });
  });

  test('binary-opcode: the same bytes in a binary frame', async () => {
    const { frames } = await answered({ do: 'binary-opcode', at });
    expect(shapes(around(frames))).toEqual(['2!']);
    expect(JSON.parse(textOf(frames[12] as Frame))).toMatchObject({ type: DONE });
  });

  test('invalid-utf8: a byte 0xff inside a text frame', async () => {
    const { frames } = await answered({ do: 'invalid-utf8', at });
    expect([frames[12]?.opcode, [...(frames[12]?.payload ?? [])].filter((byte) => byte === 0xff)]).toEqual([
      1,
      [0xff],
    ]);
  });

  test('truncate-json: a whole frame with the first characters of the message', async () => {
    const { texts, types } = await answered({ do: 'truncate-json', at, keepChars: 20 });
    expect(texts[12]).toMatch(/^\{"event_id":"event_.$/);
    expect(types).toHaveLength(WHOLE.length);
  });

  test('join-messages: two documents in one frame', async () => {
    const { texts } = await answered({ do: 'join-messages', at });
    const [first = '', second = ''] = (texts[12] ?? '').split('\n');
    const [one, other] = [JSON.parse(first), JSON.parse(second)];
    expect({ ...one, event_id: 0 }).toEqual({ ...other, event_id: 0 });
    expect(one.event_id).not.toBe(other.event_id);
  });

  test('replace-text: exactly this text', async () => {
    const { texts } = await answered({ do: 'replace-text', at, text: '\ufeff[1e400, NaN]' });
    expect(texts[12]).toBe('\ufeff[1e400, NaN]');
  });

  test.each([1025, 65_537, 1_048_577])('pad: a message of exactly %i bytes', async (toBytes) => {
    const { frames } = await answered({ do: 'pad', at, toBytes });
    expect(frames[12]?.payload.length).toBe(toBytes);
    expect(JSON.parse(textOf(frames[12] as Frame))).toMatchObject({
      type: DONE,
      padding: expect.any(String),
    });
  });

  test('ping-flood: as many pings as asked for, counted from 1', async () => {
    const { frames, types } = await answered({ do: 'ping-flood', at, count: 300 });
    const pings = around(frames);
    expect(new Set(shapes(pings))).toEqual(new Set(['9!']));
    expect([pings.length, textOf(pings[0] as Frame), textOf(pings[299] as Frame)]).toEqual([300, '1', '300']);
    expect(types).toEqual(WHOLE);
  });

  test('cut-frame: so many bytes of the frame, then RST', async () => {
    const asked = await broken({ do: 'cut-frame', at, afterBytes: 30 });
    expect(asked.types).toEqual(WHOLE.slice(0, 12));
    const whole = asked.frames.reduce(
      (sum, { payload }) => sum + payload.length + (payload.length < 126 ? 2 : 4),
      0,
    );
    expect(asked.raw.received.length - whole).toBe(30);
    expect(asked.raw.saw.list).toContain('error ECONNRESET');
  });

  test.each<[Extract<Fault, { do: 'broken-frame' }>['flaw'], (frames: readonly Frame[]) => void]>([
    ['continuation-first', (frames) => expect(shapes(frames)[12]).toBe('0!')],
    ['unfinished-fragment', (frames) => expect(shapes(frames).slice(12, 14)).toEqual(['1', '1!'])],
    ['reserved-bit', (frames) => expect(frames[12]?.rsv).toBe(4)],
    ['reserved-opcode', (frames) => expect(frames[12]?.opcode).toBe(3)],
    ['masked', (frames) => expect(frames[12]?.masked).toBe(true)],
    ['long-control', (frames) => expect([frames[12]?.opcode, frames[12]?.payload.length]).toEqual([9, 126])],
    ['fragmented-control', (frames) => expect(shapes(frames)[12]).toBe('9')],
    [
      'false-length',
      (frames) => {
        const swallowed = textOf(frames[12] as Frame);
        expect(swallowed).toContain(DONE);
        expect(swallowed.length).toBeGreaterThan(swallowed.indexOf('}') + 90);
      },
    ],
  ])('broken-frame: %s', async (flaw, look) => {
    look((await answered({ do: 'broken-frame', at, flaw })).frames);
  });
});

describe('event', () => {
  const done: Fault['at'] = { event: 'response.done' };
  const eventsOf = (asked: FramePeer) =>
    asked.texts.map((text) => JSON.parse(text) as Record<string, unknown>);

  test('pass: the message as it was meant', async () => {
    expect((await answered({ do: 'pass', at: done }, { do: 'drop', at: done })).types).toEqual(WHOLE);
  });

  test('drop: the message is missing', async () => {
    expect((await answered({ do: 'drop', at: done })).types).toEqual(without('response.done'));
  });

  test('delay: behind another event, behind virtual time, behind the next message', async () => {
    const until = await answered({ do: 'delay', at: { event: DONE }, until: { event: 'response.done' } });
    expect(until.types.slice(-3)).toEqual(['response.done', DONE, 'conversation.item.deleted']);
    await leave();
    const byTime = await answered({ do: 'delay', at: { event: 'response.created' }, byMs: 310 });
    expect(byTime.types.indexOf('response.created')).toBe(7);
    await leave();
    const swapped = await answered({ do: 'delay', at: { event: 'response.created' } });
    expect(swapped.types.slice(3, 5)).toEqual(['response.output_item.added', 'response.created']);
  });

  test('delay: behind an event of the client', async () => {
    const asked = await answered({ do: 'delay', at: done, until: { event: 'conversation.item.delete' } });
    await asked.untilText('"response.done"');
    expect(asked.types.slice(-2)).toEqual(['conversation.item.deleted', 'response.done']);
  });

  test('duplicate: the same bytes again, or another event_id', async () => {
    const same = await answered({ do: 'duplicate', at: done, times: 2 });
    expect(new Set(same.texts.slice(15, 18)).size).toBe(1);
    await leave();
    const fresh = await answered({ do: 'duplicate', at: done, freshEventId: true });
    const [one, other] = eventsOf(fresh).slice(15, 17);
    expect({ ...one, event_id: 0 }).toEqual({ ...other, event_id: 0 });
    expect(one?.['event_id']).not.toBe(other?.['event_id']);
  });

  test('reorder: the order asked for, and one drawn from the seed that is another', async () => {
    const at: Fault['at'] = { event: 'response.output_item.added' };
    const asked = await answered({ do: 'reorder', at, order: [3, 1, 2] });
    expect(asked.types.slice(4, 7)).toEqual([
      'response.content_part.added',
      'response.output_item.added',
      'conversation.item.created',
    ]);
    await leave();
    const drawn = await answered({ do: 'reorder', at, count: 4 });
    expect(drawn.types.slice(4, 8)).not.toEqual(WHOLE.slice(4, 8));
    expect([...drawn.types].sort()).toEqual([...WHOLE].sort());
  });

  test('mutate: deleted, null, retyped, unknown, extra, renamed, set', async () => {
    const asked = await answered({
      do: 'mutate',
      at: done,
      edits: [
        { path: 'response.usage', change: 'delete' },
        { path: 'response.voice', change: 'null' },
        { path: 'response.output', change: 'retype' },
        { path: 'response.status', change: 'unknown-value' },
        { path: 'response', change: 'extra-key', value: 'tracing' },
        { path: 'response.conversation_id', change: 'rename', value: 'thread_id' },
        { path: 'response.object', change: 'set', value: 7 },
      ],
    });
    const response = eventsOf(asked)[15]?.['response'] as Record<string, unknown>;
    expect(response).toMatchObject({
      voice: null,
      output: { 0: expect.anything() },
      status: 'x-unknown-completed',
      tracing: expect.anything(),
      thread_id: expect.stringMatching(/^conv_/),
      object: 7,
    });
    expect(response).not.toHaveProperty('usage');
    expect(response).not.toHaveProperty('conversation_id');
  });

  test('mutate: what is not there is logged, and the message goes its way', async () => {
    const asked = await answered({
      do: 'mutate',
      at: done,
      edits: [{ path: 'response.nothing', change: 'null' }],
    });
    expect(asked.types).toEqual(WHOLE);
    const skipped = server?.sessions[0]?.entries.find(
      (entry) => entry.kind === 'note' && entry.code === 'fault-skipped',
    );
    expect(skipped).toHaveProperty('details.reason', "there is nothing at 'response.nothing'");
  });

  test('inject: events before, after and instead, with placeholders', async () => {
    const event = {
      type: 'constructor',
      of: '${event.response.id}',
      item_id: '${new.item}',
      before: '${earlier.item_id}',
    };
    const asked = await answered({ do: 'inject', at: done, events: [event], place: 'before' });
    const injected = eventsOf(asked)[15];
    expect(injected).toEqual({
      event_id: expect.stringMatching(/^event_/),
      type: 'constructor',
      of: readPath(eventsOf(asked)[16], 'response.id'),
      item_id: expect.stringMatching(/^item_/),
      before: readPath(eventsOf(asked)[14], 'item.id'),
    });
    await leave();
    const instead = await answered({ do: 'inject', at: done, events: [{ type: 'x' }], place: 'instead' });
    expect(instead.types.slice(-2)).toEqual(['x', 'conversation.item.deleted']);
  });

  test('inject: the same fresh id twice, texts that are no JSON, several times', async () => {
    const events = [
      { type: 'x.one', item_id: '${item:mine}' },
      { type: 'x.two', item_id: '${item:mine}' },
    ];
    const asked = await answered({ do: 'inject', at: done, events, texts: ['{'], times: 2 });
    expect(asked.types.slice(-7, -1)).toEqual(['x.one', 'x.two', '{', 'x.one', 'x.two', '{']);
    const ids = asked.texts.flatMap((text) => /"type":"x\.\w+","item_id":"(item_\w+)"/.exec(text)?.[1] ?? []);
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]]).toEqual([true, true, false]);
  });

  test('inject: at the opening and at a moment in virtual time', async () => {
    const asked = await answered(
      { do: 'inject', at: { event: 'open' }, events: [{ type: 'x.first' }] },
      { do: 'inject', at: { atMs: 350 }, events: [{ type: 'x.moment' }] },
    );
    expect(asked.types[0]).toBe('x.first');
    // The first delta is due at 300 ms, the second at 340, the third at 380.
    expect(asked.types.indexOf('x.moment')).toBe(10);
  });

  test('error: any row of the catalogue, in any form', async () => {
    const asked = await answered(
      { do: 'error', at: done, refusal: 'quota-rate' },
      { do: 'error', at: { event: DONE }, refusal: 'cancel-without-response', form: 'string' },
      { do: 'error', at: { event: 'response.created' }, error: { message: 'x' }, eventId: 'null' },
    );
    const errors = eventsOf(asked)
      .filter(({ type }) => type === 'error')
      .map(({ error }) => error);
    expect(errors).toEqual([
      { message: 'x', event_id: null },
      'Conversation has none active response',
      {
        type: 'invalid_request_error',
        code: 'Throttling.RateQuota',
        message: 'Requests rate limit exceeded, please try again later.',
      },
    ]);
  });

  test('refuse: an error in place of everything the client asked for', async () => {
    const asked = await answered({
      do: 'refuse',
      at: { event: 'response.create' },
      refusal: 'response-already-active',
      form: 'code-null',
    });
    expect(asked.types).toEqual([...upTo('conversation.item.created'), 'error', 'conversation.item.deleted']);
    expect(eventsOf(asked)[3]?.['error']).toEqual({
      type: 'invalid_request_error',
      message: 'Conversation already has an active response',
      code: null,
      param: null,
    });
  });

  test('ignore: no answer at all', async () => {
    const asked = await answered({ do: 'ignore', at: { event: 'response.create' } });
    expect(asked.types).toEqual([...upTo('conversation.item.created'), 'conversation.item.deleted']);
  });

  test('reuse-id: the id of an earlier message', async () => {
    const asked = await answered({ do: 'reuse-id', at: { event: DONE }, path: 'item_id' });
    const events = eventsOf(asked);
    const user = readPath(events[2], 'item.id');
    expect([events[12]?.['item_id'], events[11]?.['item_id'] === user]).toEqual([user, false]);
  });

  test('cross-response: two responses in turns', async () => {
    const asked = await answered({
      do: 'cross-response',
      at: { event: 'response.text.delta' },
      text: 'Another one.',
    });
    const created = eventsOf(asked).flatMap(({ type, response }) =>
      type === 'response.created' ? [(response as { id: string }).id] : [],
    );
    const order = eventsOf(asked).flatMap(({ type, response, response_id }) => {
      const id = response_id ?? (response as { id?: string } | undefined)?.id;
      const which = created.indexOf(String(id));
      return which < 0 ? [] : [`${which + 1} ${String(type).replace('response.', '')}`];
    });
    expect(created).toHaveLength(2);
    expect(order.indexOf('2 created')).toBeLessThan(order.indexOf('1 done'));
    expect(order.indexOf('1 done')).toBeLessThan(order.indexOf('2 done'));
    expect(order.slice(order.indexOf('2 created'), order.indexOf('2 created') + 4)).toEqual([
      '2 created',
      '1 text.delta',
      '2 output_item.added',
      '1 text.delta',
    ]);
  });

  test('split-text: every character by itself, or half of one', async () => {
    const delta: Fault['at'] = { event: 'response.text.delta', nth: 'every' };
    const single = await answered({ do: 'split-text', at: delta, everyChars: 1 });
    const deltas = (asked: FramePeer) =>
      eventsOf(asked).flatMap(({ type, delta: text }) =>
        type === 'response.text.delta' ? [String(text)] : [],
      );
    expect(deltas(single)).toEqual([...WORDS]);
    await leave();
    const halves = await answered({ do: 'split-text', at: delta, wounded: 'lone-surrogates' });
    expect(deltas(halves).join('')).toBe(WORDS);
    expect(deltas(halves).slice(-2)).toEqual(['\ud83c', '\udf3b']);
    expect(halves.texts.some((text) => text.includes('\\ud83c"'))).toBe(true);
    await leave();
    const replaced = await answered({ do: 'split-text', at: delta, wounded: 'replacement' });
    expect(deltas(replaced).slice(-2)).toEqual(['\ufffd', '\ufffd']);
  });
});

describe('audio', () => {
  test('split-audio: odd, single and empty pieces, with and without padding, and every byte', async () => {
    const spoken = async (...faults: Fault[]) => {
      const asked = await (await facing(...faults)).open();
      asked.send({ type: 'session.update', session: { turn_detection: null } });
      asked.send({ type: 'response.create', response: { instructions: 'Speak.' } });
      await asked.untilAnswered();
      const deltas = asked.texts
        .map((text) => JSON.parse(text) as { type: string; delta: string })
        .filter(({ type }) => type === 'response.audio.delta')
        .map(({ delta }) => delta);
      await leave();
      return deltas;
    };
    const bytes = (deltas: readonly string[]) =>
      Buffer.concat(deltas.map((delta) => Buffer.from(delta, 'base64')));
    const plain = await spoken();
    const every: Fault['at'] = { event: 'response.audio.delta', nth: 'every' };
    const split = await spoken({ do: 'split-audio', at: every, sizesBytes: [1, 0, 3] });
    expect(split.slice(0, 4).map((delta) => bytes([delta]).length)).toEqual([
      1,
      0,
      3,
      bytes(plain.slice(0, 1)).length - 4,
    ]);
    expect(split[0]).toMatch(/==$/);
    expect(bytes(split).equals(bytes(plain))).toBe(true);
    const drawn = await spoken({ do: 'split-audio', at: every, pieces: 4, padding: false });
    expect(drawn).toHaveLength(plain.length * 4);
    expect(bytes([drawn[0] ?? '']).length % 2).toBe(1);
    expect(drawn.some((delta) => delta.includes('='))).toBe(false);
    expect(bytes(drawn).equals(bytes(plain))).toBe(true);
  });
});
