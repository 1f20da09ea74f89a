import { describe, expect, test } from 'vitest';
import { LIMITS } from './limits.js';
import { closePayload, FrameReader, frameBytes, joinBytes, OPCODES } from './websocket-frames.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textFrame = (text: string) => frameBytes({ opcode: OPCODES.text, payload: bytesOf(text) });
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe('frameBytes', () => {
  // The examples of RFC 6455 section 5.7.
  test.each([
    ['a text', { opcode: OPCODES.text, payload: bytesOf('Hello') }, '81 05 48 65 6c 6c 6f'],
    [
      'a masked text',
      { opcode: OPCODES.text, payload: bytesOf('Hello'), mask: [0x37, 0xfa, 0x21, 0x3d] as const },
      '81 85 37 fa 21 3d 7f 9f 4d 51 58',
    ],
    ['a first fragment', { opcode: OPCODES.text, payload: bytesOf('Hel'), fin: false }, '01 03 48 65 6c'],
    ['a last fragment', { opcode: OPCODES.continuation, payload: bytesOf('lo') }, '80 02 6c 6f'],
    ['a ping', { opcode: OPCODES.ping, payload: bytesOf('Hello') }, '89 05 48 65 6c 6c 6f'],
    ['a compressed text', { opcode: OPCODES.text, payload: bytesOf('H'), rsv1: true }, 'c1 01 48'],
    ['an opcode of nobody', { opcode: 11, payload: bytesOf('') }, '8b 00'],
    ['a lie of 300', { opcode: OPCODES.text, payload: bytesOf('H'), declaredBytes: 300 }, '81 7e 01 2c 48'],
    [
      'a lie of 2^40 + 5',
      { opcode: OPCODES.text, payload: bytesOf('H'), declaredBytes: 2 ** 40 + 5 },
      '81 7f 00 00 01 00 00 00 00 05 48',
    ],
    [
      'a lie of 2^63',
      { opcode: OPCODES.text, payload: bytesOf(''), declaredBytes: 2 ** 63 },
      '81 7f 80 00 00 00 00 00 00 00',
    ],
  ])('%s', (_, parts, expected) => {
    expect(hex(frameBytes(parts))).toBe(expected);
  });

  test.each([
    [125, '82 7d'],
    [126, '82 7e 00 7e'],
    [65_535, '82 7e ff ff'],
    [65_536, '82 7f 00 00 00 00 00 01 00 00'],
  ])('the length %i is written in its own form', (length, header) => {
    const frame = frameBytes({ opcode: OPCODES.binary, payload: new Uint8Array(length) });
    expect(hex(frame.subarray(0, frame.length - length))).toBe(header);
  });
});

test.each([
  [undefined, undefined, ''],
  [1000, undefined, '03 e8'],
  [0, '', '00 00'],
  [65_535, 'é', 'ff ff c3 a9'],
])('closePayload(%s, %s)', (code, reason, expected) => {
  expect(hex(closePayload(code, reason))).toBe(expected);
  expect(closePayload(1007, 'r'.repeat(70_000))).toHaveLength(70_002);
});

describe('FrameReader', () => {
  const stream = joinBytes([
    textFrame('one'),
    frameBytes({ opcode: OPCODES.close, payload: closePayload(1000), mask: [1, 2, 3, 4] }),
    frameBytes({ opcode: OPCODES.binary, payload: new Uint8Array(70_000).fill(7), fin: false, rsv1: true }),
  ]);
  const frames = [
    { fin: true, rsv: 0, opcode: 1, masked: false, payload: bytesOf('one') },
    { fin: true, rsv: 0, opcode: 8, masked: true, payload: Uint8Array.of(3, 0xe8) },
    { fin: false, rsv: 4, opcode: 2, masked: false, payload: new Uint8Array(70_000).fill(7) },
  ];

  test.each([1, 2, 3, 7, 1_000, 1_000_000])('cuts the same frames from pieces of %i bytes', (sizeBytes) => {
    const reader = new FrameReader();
    const read = [];
    for (let offset = 0; offset < stream.length; offset += sizeBytes) {
      read.push(...reader.push(stream.subarray(offset, offset + sizeBytes)));
    }
    expect(read).toMatchObject(frames);
    expect(hex(joinBytes(read.map(({ raw }) => raw)))).toBe(hex(stream));
    expect(reader.pendingBytes).toBe(0);
  });

  test('says what it waits for', () => {
    const reader = new FrameReader();
    expect(reader.push(textFrame('hello').subarray(0, 4))).toEqual([]);
    expect(reader.pendingBytes).toBe(4);
    expect(reader.pendingHeader).toMatchObject({ opcode: 1, declaredBytes: 5 });
    expect(reader.push(bytesOf('llo')).map(({ payload }) => payload)).toEqual([bytesOf('hello')]);
    expect([reader.pendingBytes, reader.pendingHeader]).toEqual([0, undefined]);
  });

  test('leaves the bytes it was given as they are', () => {
    const given = frameBytes({ opcode: OPCODES.text, payload: bytesOf('abc'), mask: [9, 9, 9, 9] });
    const before = hex(given);
    new FrameReader().push(given);
    new FrameReader().push(Buffer.from(given.buffer));
    expect(hex(given)).toBe(before);
  });

  test.each([0, 1, 2, 3])('unmasks by words what begins %i bytes behind a boundary', (offset) => {
    for (const sizeBytes of [63, 64, 65, 66, 67, 1_000]) {
      const payload = Uint8Array.from({ length: sizeBytes }, (_, index) => index & 0xff);
      const frame = frameBytes({ opcode: OPCODES.binary, payload, mask: [1, 2, 3, 4] });
      const shifted = joinBytes([new Uint8Array(offset), frame]).subarray(offset);
      expect(new FrameReader().push(shifted)).toMatchObject([{ payload }]);
      expect(hex(frame.slice(-sizeBytes))).toBe(hex(payload.map((byte, index) => byte ^ ((index % 4) + 1))));
    }
  });

  test('never waits for more than its limit, and takes nothing more', () => {
    const reader = new FrameReader(LIMITS.closeReasonBytes);
    const long = frameBytes({ opcode: OPCODES.text, payload: bytesOf('a'), declaredBytes: 124 });
    expect(reader.push(joinBytes([textFrame('fits'), long]))).toHaveLength(1);
    expect(reader.isOverLimit).toBe(true);
    expect(reader.push(textFrame('more'))).toEqual([]);
    expect(reader.pendingBytes).toBe(long.length);
  });
});
