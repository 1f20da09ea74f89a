import { readFileSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import * as jpegJs from 'jpeg-js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { LIMITS } from '../protocol/limits.js';
import { createJpegVerifier, decodeJpeg } from './jpeg-decode.js';

vi.mock('jpeg-js', async (original) => {
  const actual = await original<typeof import('jpeg-js')>();
  return { ...actual, decode: vi.fn(actual.decode) };
});
const decodeSpy = vi.mocked(jpegJs.decode);

afterEach(() => {
  decodeSpy.mockClear();
});

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../test/fixtures/images/${name}`, import.meta.url)));
}

const UNDECODABLE = { ok: false, reason: 'undecodable' };

describe('whole pictures decode', () => {
  test.each([
    ['scene-640x480.jpg', 640, 480],
    ['scene-progressive-320x240.jpg', 320, 240],
    ['scene-grey-160x120.jpg', 160, 120],
    ['scene-1920x1080.jpg', 1920, 1080],
    ['scene-2000x1200.jpg', 2000, 1200],
  ])('%s', (name, widthPx, heightPx) => {
    expect(decodeJpeg(fixture(name))).toEqual({ ok: true, widthPx, heightPx });
    expect(decodeSpy).toHaveBeenCalledTimes(1);
  });
});

test('what the marker walk refuses is refused for the same reason, undecoded', () => {
  expect(decodeJpeg(fixture('scene-truncated-640x480.jpg'))).toEqual({ ok: false, reason: 'truncated' });
  expect(decodeSpy).not.toHaveBeenCalled();
});

describe('markers whole, picture broken', () => {
  test('a scan cut off with an EOI put behind it', () => {
    const bytes = fixture('scene-640x480.jpg');
    const cut = bytes.slice(0, bytes.length / 2);
    cut.set([0x00, 0xff, 0xd9], cut.length - 3);
    expect(decodeJpeg(cut)).toEqual(UNDECODABLE);
  });

  test('a scan without its Huffman tables', () => {
    const bytes = fixture('scene-grey-160x120.jpg');
    for (let offset = 0; offset < bytes.length - 1; offset += 1) {
      if (bytes[offset] === 0xff && bytes[offset + 1] === 0xc4) bytes[offset + 1] = 0xfe;
    }
    expect(decodeJpeg(bytes)).toEqual(UNDECODABLE);
  });
});

describe('bombs are refused before anything is decoded', () => {
  test('a header of 65,535 x 65,535 pixels', () => {
    const bytes = fixture('scene-grey-160x120.jpg');
    const frame = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0);
    bytes.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(decodeJpeg(bytes)).toEqual(UNDECODABLE);
    expect(decodeSpy).not.toHaveBeenCalled();
  });

  test('one scan after the other', () => {
    const bytes = fixture('scene-progressive-320x240.jpg');
    const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0x12, 0x34];
    const scans = Array.from({ length: LIMITS.jpegScans }, () => scan).flat();
    const bomb = Uint8Array.from([...bytes.subarray(0, -2), ...scans, 0xff, 0xd9]);
    expect(decodeJpeg(bomb)).toEqual(UNDECODABLE);
    expect(decodeSpy).not.toHaveBeenCalled();
  });
});

test('a scan of one component with restarts is taken at its word, for the decoder cannot read it', () => {
  const bytes = fixture('scene-grey-160x120.jpg');
  const withRestarts = Uint8Array.from([
    ...bytes.subarray(0, 2),
    0xff,
    0xdd,
    0,
    4,
    0,
    7,
    ...bytes.subarray(2),
  ]);
  expect(decodeJpeg(withRestarts)).toEqual({ ok: true, widthPx: 160, heightPx: 120 });
});

describe('the verifier', () => {
  const grey = fixture('scene-grey-160x120.jpg');
  const progressive = fixture('scene-progressive-320x240.jpg');

  test('decodes each picture once', () => {
    const verifier = createJpegVerifier({ cacheSize: 2 });
    expect(verifier.verify(grey)).toEqual(verifier.verify(grey.slice()));
    expect(decodeSpy).toHaveBeenCalledTimes(1);
  });

  test('forgets the picture that was asked for longest ago', () => {
    const verifier = createJpegVerifier({ cacheSize: 2 });
    const decodesOf = (bytes: Uint8Array): number => {
      decodeSpy.mockClear();
      verifier.verify(bytes);
      return decodeSpy.mock.calls.length;
    };
    expect([decodesOf(grey), decodesOf(progressive), decodesOf(grey)]).toEqual([1, 1, 0]);
    expect(decodesOf(fixture('scene-640x480.jpg'))).toBe(1);
    expect([decodesOf(grey), decodesOf(progressive)]).toEqual([0, 1]);
  });
});

property.prop([fc.array(fc.tuple(fc.nat({ max: 2_031 }), fc.nat({ max: 255 })), { maxLength: 4 })], {
  seed: PROPERTY_SEED,
  numRuns: 300,
})('a picture with any bytes changed gets a verdict', (changes) => {
  const bytes = fixture('scene-grey-160x120.jpg');
  for (const [offset, value] of changes) bytes[offset] = value;
  expect(typeof decodeJpeg(bytes).ok).toBe('boolean');
});
