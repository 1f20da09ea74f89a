/**
 * A recording followed by a pure session: where each message of the server comes, what its bytes are, and what the first
 * difference is called.
 */
import { describe, expect, it } from 'vitest';
import {
  append as appended,
  client,
  closes,
  server,
  upgrade,
  writtenRecording,
} from '../../../test/support/written-recording.js';
import { bytesFromPcm16, encodeBase64 } from '../../media/index.js';
import { FrameReader } from '../../protocol/websocket-frames.js';
import { type DraftEntry, ReplayScript } from '../../recordings/index.js';
import type { Fault, Hold } from '../../scenarios/index.js';
import {
  createSession,
  endReplay,
  replayReport,
  type SessionOperation,
  type SessionState,
  step,
} from './index.js';
import type { ReplaySettings } from './replay.js';

interface Options extends Omit<Partial<ReplaySettings>, 'script'> {
  readonly target?: string;
  readonly faults?: readonly Fault[];
  readonly holds?: readonly Hold[];
  readonly clock?: 'auto' | 'media' | 'paced';
}

const MODEL = 'qwen3.5-omni-flash-realtime';
const TARGET = `/api-ws/v1/realtime?model=${MODEL}`;

/** A session that replays, and everything it wanted done. */
class Replayed {
  readonly state: SessionState;
  readonly operations: SessionOperation[] = [];

  constructor(entries: readonly DraftEntry[], options: Options = {}) {
    const { target = TARGET, faults = [], holds = [], clock = 'auto', ...settings } = options;
    const script = new ReplayScript(writtenRecording([upgrade(), ...entries]));
    this.state = createSession({
      model: MODEL,
      seed: 5,
      connectionKey: 'replayed#1',
      clock,
      scenario: { faults, holds },
      replay: { script, ...settings },
      target,
    });
    this.feed({ kind: 'open' });
  }

  feed(input: Parameters<typeof step>[1]): readonly SessionOperation[] {
    const caused = step(this.state, input);
    this.operations.push(...caused);
    return caused;
  }

  /** Sends a message and gives the types, or the texts, of what follows. */
  send(event: object | string): string[] {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    return typesOf(this.feed({ kind: 'text', text }));
  }

  speak(samples: Int16Array): string[] {
    return this.send({ type: 'input_audio_buffer.append', audio: encodeBase64(bytesFromPcm16(samples)) });
  }

  get report() {
    if (this.state.replay === undefined) throw new Error('no replay');
    return replayReport(this.state.replay);
  }

  get texts(): string[] {
    return this.operations.flatMap((operation) => (operation.op === 'send' ? [operation.text ?? ''] : []));
  }

  end() {
    if (this.state.replay !== undefined) endReplay(this.state.replay);
    return this.report;
  }
}

function typesOf(operations: readonly SessionOperation[]): string[] {
  return operations.flatMap((operation) => {
    if (operation.op === 'close') return [`close ${operation.code}`];
    if (operation.op !== 'send' || operation.text === undefined) return [];
    return [(JSON.parse(operation.text) as { type: string }).type];
  });
}

const word = (samples: number, amplitude = 9_000) => new Int16Array(samples).fill(amplitude);
const silent = (samples: number) => new Int16Array(samples);
const packet = (samples: Int16Array) => appended(0, bytesFromPcm16(samples));

describe('a message of the server', () => {
  const entries = [
    server(0, { type: 'session.created' }),
    packet(word(1_600)),
    server(0, { type: 'at-1600' }),
    packet(word(1_600)),
    client(0, { type: 'response.cancel' }),
    server(0, { type: 'after-cancel' }),
  ];

  it('comes at its sample of the audio, whatever the cut', () => {
    const session = new Replayed(entries);
    expect(session.texts).toHaveLength(1);
    expect(session.speak(word(1_599))).toEqual([]);
    expect(session.speak(word(1))).toEqual(['at-1600']);
    expect(session.speak(word(1_600))).toEqual([]);
    expect(session.send({ type: 'response.cancel' })).toEqual(['after-cancel']);
    expect(session.end()).toMatchObject({ ok: true, isComplete: true });
  });

  it('waits for its own sample when a message that may shift comes early', () => {
    const session = new Replayed(entries);
    expect(session.speak(word(1_599))).toEqual([]);
    expect(session.send({ type: 'response.cancel' })).toEqual([]);
    expect(session.speak(word(1_601))).toEqual(['at-1600', 'after-cancel']);
  });

  it('that is due never is left over when the client leaves before its audio', () => {
    const session = new Replayed(entries);
    session.speak(word(1_500));
    expect(session.end()).toMatchObject({
      ok: false,
      leftovers: { clientMessages: 1, serverEntries: 2, audioMs: 107, entry: 3 },
    });
  });
});

describe('a message that may shift', () => {
  const early = [packet(word(16_000)), client(0, { type: 'response.cancel' }), packet(word(16_000))];

  it.each([
    [8_000, true],
    [7_999, false],
    [24_000, true],
  ])('recorded at sample 16 000, sent at %i, is taken: %s', (at, ok) => {
    const session = new Replayed(early);
    session.speak(word(at));
    session.send({ type: 'response.cancel' });
    session.speak(word(32_000 - at));
    expect(session.end().ok).toBe(ok);
  });

  it('is missed when the audio goes on for more than the slack', () => {
    const session = new Replayed(early);
    expect(session.speak(word(24_001))).toEqual(['close 4409']);
    expect(session.report.mismatch).toMatchObject({
      entry: 3,
      expected: 'response.cancel',
      came: 'audio',
      message: expect.stringContaining('500 ms (audioSlackMs)'),
    });
  });
});

describe('a message that may not shift', () => {
  const entries = [
    packet(word(1_600)),
    client(0, { type: 'input_audio_buffer.commit' }),
    packet(word(1_600)),
    client(0, { type: 'input_audio_buffer.clear' }),
  ];

  it('must come at its sample', () => {
    const session = new Replayed(entries);
    session.speak(word(1_599));
    expect(session.send({ type: 'input_audio_buffer.commit' })).toEqual(['close 4409']);
    expect(session.report.mismatch).toMatchObject({ entry: 3, path: 'audio' });
  });

  it('is missed by the first word behind it', () => {
    const session = new Replayed(entries);
    expect(session.speak(word(1_601))).toEqual(['close 4409']);
    expect(session.report.mismatch).toMatchObject({ expected: 'input_audio_buffer.commit', came: 'audio' });
  });

  it('gives the whole slack back', () => {
    const session = new Replayed(entries);
    session.speak(silent(8_000));
    session.speak(word(1_600));
    session.send({ type: 'input_audio_buffer.commit' });
    session.speak(silent(8_000));
    session.speak(word(1_600));
    session.send({ type: 'input_audio_buffer.clear' });
    expect(session.end()).toMatchObject({ ok: true, isComplete: true });
  });
});

it('silence without an end is a mismatch that names the option', () => {
  const session = new Replayed([packet(word(160)), client(0, { type: 'response.create' })]);
  session.speak(word(160));
  session.send({ type: 'response.create' });
  expect(session.speak(silent(8_000))).toEqual([]);
  expect(session.speak(silent(1))).toEqual(['close 4409']);
  expect(session.report.mismatch?.message).toContain('more than 500 ms of silence (audioSlackMs)');
});

describe('what waits for silence that does not come', () => {
  const entries = [packet(word(160)), packet(silent(8_000)), server(0, { type: 'heard' })];

  it('comes when nothing has come for a while, and the silence may still follow', () => {
    const session = new Replayed(entries);
    session.speak(word(160));
    expect(typesOf(session.feed({ kind: 'replay-silence' }))).toEqual(['heard']);
    expect(session.speak(silent(16_000))).toEqual([]);
    expect(session.end()).toMatchObject({ ok: true, isComplete: true });
  });

  it('does not come for speech that is missing', () => {
    const session = new Replayed(entries);
    session.speak(word(159));
    expect(session.feed({ kind: 'replay-silence' })).toEqual([]);
  });
});

describe('recorded pauses', () => {
  const entries = [
    server(10, { type: 'session.created' }),
    appended(1_000, bytesFromPcm16(word(1_600))),
    server(1_100, { type: 'heard' }),
    server(1_350, { type: 'said' }),
  ];

  it('count from the entry before, whoever sent it', () => {
    const session = new Replayed(entries, { timeFactor: 1 });
    expect(session.speak(word(1_600))).toEqual(['heard', 'said']);
    const times = session.operations.flatMap(({ op, atMs }) => (op === 'send' ? [atMs] : []));
    expect(times).toEqual([10, 110, 360]);
  });

  it('pass with the wall clock on a paced clock', () => {
    const session = new Replayed(entries, { timeFactor: 0.5, clock: 'paced' });
    expect(typesOf(session.feed({ kind: 'advance', byMs: 5 }))).toEqual(['session.created']);
    session.speak(word(1_600));
    expect(typesOf(session.feed({ kind: 'advance', byMs: 49 }))).toEqual([]);
    expect(typesOf(session.feed({ kind: 'advance', byMs: 1 }))).toEqual(['heard']);
    expect(typesOf(session.feed({ kind: 'advance', byMs: 125 }))).toEqual(['said']);
  });
});

describe('the URL', () => {
  const of = (target: string, recorded: string) => {
    const script = new ReplayScript(writtenRecording([upgrade(recorded)]));
    const base = { model: MODEL, seed: 1, connectionKey: 'url#1', clock: 'auto', scenario: {} } as const;
    const state = createSession({ ...base, target, replay: { script } });
    step(state, { kind: 'open' });
    return state.replay === undefined ? undefined : replayReport(state.replay).mismatch?.path;
  };

  it.each([
    ['/x?model=a&region=eu', '/x?model=a&region=us', 'region'],
    ['/x?model=a', '/x?model=a&trace=1', 'trace'],
    ['/x?model=b', '/x?model=a', 'model'],
    ['/s/one/api?model=a&scenario=x&name=y&seed=3', '/x?model=a', undefined],
    ['/x?model=a&api_key=sk-1', '/x?model=a&api_key=%5Bredacted%3Acredential-1%5D', undefined],
    ['/x?model=a&user=tina', '/x?model=a&user=[redacted:mine-1]', undefined],
    ['/x?tier=b?model=a', '/x?model=a&tier=b', undefined],
  ])('%s, recorded %s: differs at %s', (target, recorded, path) => {
    expect(of(target, recorded)).toBe(path);
  });
});

describe('ids', () => {
  const item = 'item_AAAAAAAAAAAAAAAAAAAAA';
  const asked = { type: 'conversation.item.create', event_id: 'mine', item: { id: 'a', type: 'message' } };

  it('of the client are the ones this client makes, wherever the server names them', () => {
    const session = new Replayed([
      client(0, asked),
      server(0, { event_id: 'event_1', type: 'x', item: { id: 'a' }, previous_item_id: item }),
      server(0, { type: 'error', error: { event_id: 'mine', message: `Item a is not ${item}.` } }),
    ]);
    session.send({ ...asked, event_id: 'other-1', item: { type: 'message', id: 'my "b"' } });
    const [first, second] = session.texts.map((text) => JSON.parse(text));
    expect(first.item.id).toBe('my "b"');
    expect(first.previous_item_id).toMatch(/^item_[1-9A-Za-z]{21}$/);
    expect(first.previous_item_id).not.toBe(item);
    expect(first.event_id).toMatch(/^event_\d$/);
    expect(second.error).toEqual({
      event_id: 'other-1',
      message: `Item my "b" is not ${first.previous_item_id}.`,
    });
  });

  it('of one thing cannot stand for two', () => {
    const session = new Replayed([
      client(0, asked),
      client(0, { ...asked, item: { id: 'c', type: 'message' } }),
    ]);
    session.send(asked);
    expect(session.send(asked)).toEqual(['close 4409']);
    expect(session.report.mismatch).toMatchObject({ path: 'item.id', recorded: '"c"', live: '"a"' });
  });

  it('of unknown shapes keep their prefix and length', () => {
    const session = new Replayed([
      server(0, { type: 'x', item: { id: 'msg_77ab' }, call_id: '0af3-99', response_id: 'r' }),
    ]);
    const [sent] = session.texts.map((text) => JSON.parse(text));
    expect(sent.item.id).toMatch(/^msg_[0-9a-f]{4}$/);
    expect(sent.call_id).toMatch(/^[0-9a-f]{4}-[0-9a-f]{2}$/);
    expect(sent.response_id).toHaveLength(1);
  });
});

describe('what is no plain message', () => {
  it('is sent as the bytes it was', () => {
    const payload = Uint8Array.of(1, 2, 250);
    const session = new Replayed([
      { kind: 'ping', atMs: 0, from: 'server', payload },
      { kind: 'binary', atMs: 0, from: 'server', payload },
      { kind: 'invalid-text', atMs: 0, from: 'server', payload },
      { kind: 'bytes', atMs: 0, from: 'server', payload },
      { kind: 'end', atMs: 0, from: 'server', how: 'reset' },
    ]);
    const bytes = session.operations.flatMap((operation) => (operation.op === 'bytes' ? [operation] : []));
    const opcodes = bytes.slice(0, 3).map((sent) => new FrameReader().push(sent.bytes)[0]);
    expect(opcodes).toMatchObject([9, 2, 1].map((opcode) => ({ opcode, fin: true, payload })));
    expect(bytes[3]?.bytes).toEqual(payload);
    expect(session.operations.filter(({ op }) => op !== 'note').at(-1)).toMatchObject({ op: 'reset' });
    expect(session.end()).toMatchObject({ ok: true, isComplete: true });
  });

  it('comes in the fragments it came in, and what a longer id adds in the last', () => {
    const text = '{"type":"x","item":{"id":"a"}}';
    const sizes = [4, 0, text.length - 4];
    const session = new Replayed([
      client(0, { type: 'conversation.item.create', item: { id: 'a' } }),
      { kind: 'text', atMs: 0, from: 'server', parts: [text], frames: sizes },
    ]);
    session.feed({ kind: 'text', text: '{"type":"conversation.item.create","item":{"id":"longer"}}' });
    const sent = session.operations.find(({ op }) => op === 'send');
    const frames = new FrameReader().push(
      sent?.op === 'send' ? (sent.frames ?? new Uint8Array(0)) : new Uint8Array(0),
    );
    expect(frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.length])).toEqual([
      [1, false, 4],
      [0, false, 0],
      [0, true, text.length + 1],
    ]);
  });

  it.each([
    [1007, 'a'.repeat(200)],
    [undefined, ''],
    [3999, ''],
  ])('a close frame with %s keeps its code and its whole reason', (code, reason) => {
    const session = new Replayed([closes('server', 0, code, reason)]);
    expect(session.operations.find(({ op }) => op === 'close')).toMatchObject({ code, reason, whole: true });
  });

  it('from the client is compared by its size; what was withheld is anything', () => {
    const binary = { kind: 'binary', atMs: 0, from: 'client', payload: new Uint8Array(3) } as const;
    const withheld = {
      kind: 'withheld',
      atMs: 0,
      from: 'client',
      what: 'text',
      rule: 'r',
      sizeBytes: 9,
    } as const;
    const session = new Replayed([binary, withheld, server(0, { type: 'x' })]);
    session.feed({ kind: 'binary', sizeBytes: 3 });
    expect(session.send('whatever it is')).toEqual(['x']);
    const other = new Replayed([binary]);
    expect(typesOf(other.feed({ kind: 'binary', sizeBytes: 4 }))).toEqual(['close 4409']);
  });
});

describe('what a mismatch says', () => {
  const session = { voice: 'Tina', instructions: 'Be kind.', tools: [{ name: 'a' }, { name: 'b' }] };
  const entries = [client(0, { type: 'session.update', session })];

  it.each([
    [{ ...session, voice: 'Ethan' }, 'session.voice', '"Tina"', '"Ethan"'],
    [{ ...session, tools: [{ name: 'a' }, { name: 'c' }] }, 'session.tools.1.name', '"b"', '"c"'],
    [{ ...session, tools: [{ name: 'a' }] }, 'session.tools.1', '{"name":"b"}', 'nothing'],
    [{ ...session, temperature: 1 }, 'session.temperature', 'nothing', '1'],
  ])('case %#', (changed, path, recorded, live) => {
    const replayed = new Replayed(entries);
    replayed.send({ type: 'session.update', session: changed });
    expect(replayed.report.mismatch).toMatchObject({ entry: 2, line: 2, path, recorded, live });
    const noted = replayed.operations.filter((operation) => operation.op === 'note').at(-1);
    expect(noted).toMatchObject({ code: 'replay-mismatch', details: { entry: 2, line: 2, path } });
    const close = replayed.operations.find(({ op }) => op === 'close');
    expect(close).toMatchObject({ reason: `soundstage: replay mismatch at entry 2: ${path}` });
  });

  it('stays within a close frame and a line, whatever the client sends', () => {
    const replayed = new Replayed(entries);
    replayed.send({ type: 'session.update', session: { ['ü'.repeat(300)]: 'x'.repeat(10_000) } });
    const { mismatch } = replayed.report;
    const close = replayed.operations.find(({ op }) => op === 'close');
    const reason = close?.op === 'close' ? close.reason : '';
    expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
    expect(mismatch?.message.length).toBeLessThan(2_000);
  });

  it('leaves out what is ignored, at any one key where a star stands', () => {
    const ignore = ['session.voice', 'session.tools.*.name', 'session.extra'];
    const replayed = new Replayed(entries, { ignore });
    const tools = [{ name: 'x' }, { name: 'y' }];
    replayed.send({ type: 'session.update', session: { tools, instructions: 'Be kind.', extra: 1 } });
    expect(replayed.end()).toMatchObject({ ok: true, isComplete: true });
  });
});

describe('on top of a replay', () => {
  const entries = [
    server(0, { type: 'session.created' }),
    client(0, { type: 'response.create' }),
    server(0, { type: 'response.created', response: { id: 'resp_1' } }),
    server(0, { type: 'response.done', response: { id: 'resp_1' } }),
    client(0, { type: 'response.create' }),
    server(0, { type: 'response.created', response: { id: 'resp_2' } }),
    server(0, { type: 'response.done', response: { id: 'resp_2' } }),
  ];

  it('faults find messages by their response', () => {
    const faults: Fault[] = [{ at: { event: 'response.done', response: 2 }, do: 'drop' }];
    const session = new Replayed(entries, { faults });
    expect(session.send({ type: 'response.create' })).toEqual(['response.created', 'response.done']);
    expect(session.send({ type: 'response.create' })).toEqual(['response.created']);
    expect(session.end()).toMatchObject({ ok: true });
  });

  it('holds keep everything back until the client sends what they wait for', () => {
    const holds: Hold[] = [
      { after: { event: 'response.created' }, until: { event: 'response.create' }, lane: 'all' },
    ];
    const session = new Replayed(entries, { holds });
    expect(session.send({ type: 'response.create' })).toEqual(['response.created']);
    expect(session.send({ type: 'response.create' })).toEqual([
      'response.done',
      'response.created',
      'response.done',
    ]);
  });
});

it('says once that it is complete, as soon as it is', () => {
  const session = new Replayed([
    client(0, { type: 'response.create' }),
    server(0, { type: 'x' }),
    packet(silent(1_600)),
  ]);
  session.send({ type: 'response.create' });
  const codes = () =>
    session.operations.flatMap((operation) => (operation.op === 'note' ? [operation.code] : []));
  expect(codes()).toEqual(['replay-started', 'replay-complete']);
  session.speak(silent(1_600));
  session.end();
  expect(codes()).toEqual(['replay-started', 'replay-complete']);
});
