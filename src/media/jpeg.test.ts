import { readFileSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { inspectJpeg } from './jpeg.js';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../test/fixtures/images/${name}`, import.meta.url)));
}

/** The smallest JPEG that the walk accepts: a frame, a scan of two bytes, EOI. */
function jpeg(
  options: { frame?: number[]; scan?: number[]; before?: number[]; after?: number[] } = {},
): Uint8Array {
  const { frame = GREY_FRAME, scan = SCAN, before = [], after = EOI } = options;
  return Uint8Array.from([0xff, 0xd8, ...before, ...frame, ...scan, ...after]);
}

const GREY_FRAME = [0xff, 0xc0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0];
const SCAN = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34];
const EOI = [0xff, 0xd9];

describe('whole pictures', () => {
  test.each([
    ['scene-640x480.jpg', 640, 480],
    ['scene-progressive-320x240.jpg', 320, 240],
    ['scene-grey-160x120.jpg', 160, 120],
    ['scene-1920x1080.jpg', 1920, 1080],
    ['scene-2000x1200.jpg', 2000, 1200],
  ])('%s is %d x %d', (name, widthPx, heightPx) => {
    expect(inspectJpeg(fixture(name))).toEqual({ ok: true, widthPx, heightPx });
  });

  test.each<[string, Uint8Array]>([
    ['a minimal one', jpeg()],
    ['bytes after EOI', jpeg({ after: [...EOI, 1, 2, 3] })],
    [
      'stuffed zeros, restarts and fill bytes in the scan',
      jpeg({ scan: [...SCAN, 0xff, 0, 0xff, 0xff, 0xd0, 7, 0xff, 0xff] }),
    ],
    ['fill bytes before a marker', jpeg({ before: [0xff, 0xff, 0xff, 0xfe, 0, 2] })],
    ['EOI inside a comment', jpeg({ before: [0xff, 0xfe, 0, 4, ...EOI] })],
    [
      'a second scan and a restart interval',
      jpeg({ before: [0xff, 0xdd, 0, 4, 0, 8], after: [...SCAN, ...EOI] }),
    ],
    ['an extended frame', jpeg({ frame: GREY_FRAME.with(1, 0xc1) })],
  ])('%s', (_name, bytes) => {
    expect(inspectJpeg(bytes)).toEqual({ ok: true, widthPx: 32, heightPx: 16 });
  });
});

describe('anything else', () => {
  test.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'not-jpeg'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'not-jpeg'],
    ['SOI and text', Uint8Array.of(0xff, 0xd8, 0x41), 'not-jpeg'],
    ['SOI alone', Uint8Array.of(0xff, 0xd8), 'truncated'],
    ['SOI and EOI', Uint8Array.of(0xff, 0xd8, ...EOI), 'no-frame'],
    ['a frame without a scan', jpeg({ scan: [] }), 'no-frame'],
    ['a scan without a frame', jpeg({ frame: [] }), 'no-frame'],
    ['arithmetic coding', jpeg({ frame: GREY_FRAME.with(1, 0xc9) }), 'no-frame'],
    ['no EOI', jpeg({ after: [] }), 'truncated'],
    ['a real picture cut off', fixture('scene-truncated-640x480.jpg'), 'truncated'],
    ['a segment longer than the file', jpeg({ before: [0xff, 0xe0, 0xff, 0xff] }), 'truncated'],
    ['a segment of length 1', jpeg({ before: [0xff, 0xe0, 0, 1] }), 'corrupt'],
    ['no marker where one belongs', jpeg({ before: [0xff, 0xe0, 0, 2, 0x41] }), 'corrupt'],
    ['a width of 0', jpeg({ frame: GREY_FRAME.with(8, 0) }), 'corrupt'],
    ['a height of 0', jpeg({ frame: GREY_FRAME.with(6, 0) }), 'corrupt'],
    ['no component', jpeg({ frame: [0xff, 0xc0, 0, 8, 8, 0, 16, 0, 32, 0] }), 'corrupt'],
    ['a sampling factor of 0', jpeg({ frame: GREY_FRAME.with(11, 0x01) }), 'corrupt'],
    ['a sampling factor of 15', jpeg({ frame: GREY_FRAME.with(11, 0xf1) }), 'corrupt'],
    ['two frames', jpeg({ before: GREY_FRAME }), 'corrupt'],
    ['a scan of no bytes', jpeg({ scan: SCAN.slice(0, -2) }), 'corrupt'],
    [
      'a scan of more components than the frame',
      jpeg({ scan: [0xff, 0xda, 0, 10, 2, 1, 0, 2, 0, 0, 63, 0, 9] }),
      'corrupt',
    ],
  ])('%s', (_name, bytes, reason) => {
    expect(inspectJpeg(bytes)).toEqual({ ok: false, reason });
  });

  test('a whole picture cut anywhere is refused', () => {
    const bytes = fixture('scene-grey-160x120.jpg');
    for (let length = 0; length < bytes.length; length += 1) {
      const inspection = inspectJpeg(bytes.subarray(0, length));
      const reason = length < 2 ? 'not-jpeg' : 'truncated';
      expect({ length, ...inspection }).toEqual({ length, ok: false, reason });
    }
  });
});

test('hostile bytes take linear time', () => {
  const sizeBytes = 2 * 1024 * 1024;
  const fills = [
    [0xff],
    [0xff, 0x00],
    [0xff, 0xd0],
    [0xff, 0xe0, 0, 2],
    [0xff, 0xfe, 0, 3, 0xff],
    [...SCAN],
    [...GREY_FRAME, ...SCAN],
  ];
  for (const fill of fills) {
    const bytes = new Uint8Array(sizeBytes);
    for (let offset = 0; offset + fill.length <= sizeBytes; offset += fill.length) bytes.set(fill, offset);
    for (const start of [
      [0xff, 0xd8],
      [0xff, 0xd8, ...GREY_FRAME, ...SCAN],
    ]) {
      bytes.set(start);
      expect(inspectJpeg(bytes).ok).toBe(false);
    }
  }
});

property.prop([fc.array(fc.tuple(fc.nat({ max: 2_000 }), fc.nat({ max: 255 })), { maxLength: 20 })], {
  seed: PROPERTY_SEED,
  numRuns: 500,
})('a picture with any bytes changed gets a verdict', (changes) => {
  const bytes = fixture('scene-grey-160x120.jpg');
  for (const [offset, value] of changes) bytes[offset] = value;
  const inspection = inspectJpeg(bytes);
  if (inspection.ok) expect(inspection.widthPx * inspection.heightPx).toBeGreaterThan(0);
  else expect(['not-jpeg', 'truncated', 'no-frame', 'corrupt']).toContain(inspection.reason);
});
