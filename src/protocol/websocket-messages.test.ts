import { PassThrough, type Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import * as ws from 'ws';
import { closePayload, type FrameParts, frameBytes, joinBytes, OPCODES } from './websocket-frames.js';
import { isLegalCloseCode, MessageReader } from './websocket-messages.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const frame = (opcode: number, payload: Uint8Array | string, rest: Partial<FrameParts> = {}) =>
  frameBytes({ opcode, payload: typeof payload === 'string' ? bytesOf(payload) : payload, ...rest });
const close = (code?: number, reason?: string) => frame(OPCODES.close, closePayload(code, reason));
const { text: TEXT, binary: BINARY, continuation: CONTINUATION, ping: PING, pong: PONG } = OPCODES;
const BAD_UTF8 = Uint8Array.of(0xc3, 0x28);
const MOST_BYTES = 1_000;

/** What a stream amounts to, in words: every message, then how it ended. */
type Seen = string[];

function readByMessageReader(bytes: Uint8Array, pieceBytes = bytes.length): Seen {
  const reader = new MessageReader({ mostMessageBytes: MOST_BYTES, mostFragments: 50 });
  const seen: Seen = [];
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    for (const message of reader.push(bytes.subarray(offset, offset + pieceBytes))) {
      if (message.kind === 'text') seen.push(`text ${message.text}`);
      else if (message.kind === 'close') seen.push(`close ${message.code ?? 1005} ${message.reason}`);
      else if (message.kind === 'protocol-error') seen.push(`error ${message.closeCode}`);
      else seen.push(`${message.kind} ${message.payload.length}`);
    }
  }
  return seen;
}

const CODE_OF_ERROR: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

/** The library's own reader, which its types leave out. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number; maxFragments: number }) => Writable;
};

async function readByLibrary(bytes: Uint8Array): Promise<Seen> {
  const receiver = new Receiver({ isServer: false, maxPayload: MOST_BYTES, maxFragments: 50 });
  const seen: Seen = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    seen.push(isBinary ? `binary ${data.length}` : `text ${data.toString('utf8')}`),
  );
  receiver.on('ping', (data: Buffer) => seen.push(`ping ${data.length}`));
  receiver.on('pong', (data: Buffer) => seen.push(`pong ${data.length}`));
  receiver.on('conclude', (code: number, reason: Buffer) => seen.push(`close ${code} ${reason.toString()}`));
  receiver.on('error', (error: NodeJS.ErrnoException) =>
    seen.push(`error ${CODE_OF_ERROR[error.code ?? ''] ?? 1002}`),
  );
  const source = new PassThrough();
  const ended = new Promise<void>((resolve) => receiver.once('close', resolve));
  source.pipe(receiver);
  source.end(bytes);
  await ended;
  return seen;
}

describe('a client reads', () => {
  test.each<[string, Uint8Array[], Seen]>([
    [
      'texts and binaries',
      [frame(TEXT, 'é'), frame(BINARY, 'xyz'), frame(TEXT, '')],
      ['text é', 'binary 3', 'text '],
    ],
    ['a byte order mark', [frame(TEXT, '\ufeffa')], ['text \ufeffa']],
    [
      'a character split between fragments, and a ping between them',
      [
        frame(TEXT, bytesOf('aé').subarray(0, 2), { fin: false }),
        frame(PING, 'p'),
        frame(CONTINUATION, '', { fin: false }),
        frame(CONTINUATION, bytesOf('aé').subarray(2)),
        frame(PONG, ''),
      ],
      ['ping 1', 'text aé', 'pong 0'],
    ],
    ['a close and nothing behind it', [close(1000, 'bye'), frame(TEXT, 'a')], ['close 1000 bye']],
    ['a close without a code', [close()], ['close 1005 ']],
    ['a close inside a message', [frame(TEXT, 'a', { fin: false }), close(4999, '再')], ['close 4999 再']],
    ['a close of 125 bytes', [close(1001, 'r'.repeat(123))], [`close 1001 ${'r'.repeat(123)}`]],
    ['a frame that stops half-way', [frame(TEXT, 'hello').subarray(0, 4)], []],
    ['more than was announced', [frame(TEXT, 'ab\u0010\0', { declaredBytes: 2 })], ['text ab', 'error 1002']],
  ])('%s', async (_, frames, seen) => {
    const stream = joinBytes(frames);
    expect(readByMessageReader(stream)).toEqual(seen);
    expect(readByMessageReader(stream, 1)).toEqual(seen);
    expect(await readByLibrary(stream)).toEqual(seen);
  });
});

describe('a client refuses', () => {
  test.each<[string, Uint8Array[], number]>([
    ['invalid UTF-8', [frame(TEXT, BAD_UTF8)], 1007],
    ['UTF-8 that is cut off', [frame(TEXT, Uint8Array.of(0xe4, 0xbd))], 1007],
    ['a surrogate in UTF-8', [frame(TEXT, Uint8Array.of(0xed, 0xa0, 0x80))], 1007],
    [
      'invalid UTF-8 across fragments',
      [frame(TEXT, 'a', { fin: false }), frame(CONTINUATION, BAD_UTF8)],
      1007,
    ],
    ['a close reason that is not UTF-8', [frame(OPCODES.close, Uint8Array.of(3, 0xe8, 0xc3, 0x28))], 1007],
    ['compression that nobody agreed on', [frame(TEXT, 'a', { rsv1: true })], 1002],
    ['the other reserved bits', [Uint8Array.of(0xb1, 0)], 1002],
    ['a masked frame', [frame(TEXT, 'a', { mask: [1, 2, 3, 4] })], 1002],
    ['a data opcode of nobody', [frame(3, 'a')], 1002],
    ['a control opcode of nobody', [frame(11, 'a')], 1002],
    ['a continuation of nothing', [frame(CONTINUATION, 'a')], 1002],
    ['a new message inside a message', [frame(TEXT, 'a', { fin: false }), frame(BINARY, 'b')], 1002],
    ['a fragmented ping', [frame(PING, 'a', { fin: false })], 1002],
    ['a ping of 126 bytes', [frame(PING, 'a'.repeat(126))], 1002],
    ['a close of 126 bytes', [close(1007, 'r'.repeat(124))], 1002],
    ['a close of one byte', [frame(OPCODES.close, Uint8Array.of(3))], 1002],
    ['a close with code 5000', [close(5000)], 1002],
    ['a close with code 1006', [close(1006)], 1002],
    ['a close with code 0', [close(0)], 1002],
    ['a message over the limit', [frame(TEXT, 'a'.repeat(1_001))], 1009],
    [
      'fragments over the limit',
      [frame(TEXT, 'a'.repeat(600), { fin: false }), frame(CONTINUATION, 'a'.repeat(401))],
      1009,
    ],
    ['a length of 2^40', [frame(TEXT, 'a', { declaredBytes: 2 ** 40 })], 1009],
    ['a length of 2^63', [frame(TEXT, 'a', { declaredBytes: 2 ** 63 })], 1009],
    [
      'more fragments than it keeps',
      [
        frame(TEXT, '', { fin: false }),
        ...Array.from({ length: 50 }, () => frame(CONTINUATION, '', { fin: false })),
      ],
      1008,
    ],
  ])('%s', async (_, frames, code) => {
    const stream = joinBytes([frame(TEXT, 'before'), ...frames]);
    const seen = ['text before', `error ${code}`];
    expect(readByMessageReader(stream)).toEqual(seen);
    expect(readByMessageReader(stream, 1)).toEqual(seen);
    expect(readByMessageReader(joinBytes([stream, frame(TEXT, 'after')]))).toEqual(seen);
    expect(await readByLibrary(stream)).toEqual(seen);
  });

  test('a frame at its header, though its payload never comes', () => {
    const seen = readByMessageReader(frame(TEXT, 'a', { rsv1: true, declaredBytes: 900 }));
    expect(seen).toEqual(['error 1002']);
  });
});

test('it says whether it is between messages', () => {
  const reader = new MessageReader();
  const steps: [Uint8Array, boolean][] = [
    [frame(TEXT, 'a'), true],
    [frame(TEXT, 'a', { fin: false }), false],
    [frame(PING, ''), false],
    [frame(CONTINUATION, ''), true],
    [Uint8Array.of(0x81), false],
    [Uint8Array.of(0), true],
  ];
  for (const [bytes, isBetween] of steps) {
    reader.push(bytes);
    expect(reader.isBetweenMessages).toBe(isBetween);
  }
});

test.each([
  [999, false],
  [1000, true],
  [1004, false],
  [1005, false],
  [1006, false],
  [1014, true],
  [1015, false],
  [2999, false],
  [3000, true],
  [4999, true],
  [5000, false],
  [1000.5, false],
])('close code %d is legal: %s', (code, legal) => {
  expect(isLegalCloseCode(code)).toBe(legal);
});
