/**
 * Writes the sound and the pictures that the cases send: PCM from the speech recording, JPEGs good and bad.
 * The same bytes on every machine; must never depend on a tool outside Node.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { bytesFromPcm16, importWav } from '../src/media/index.js';

/** Smallest PNG header that a checker of signatures would fall for. */
const PNG_BYTES = Uint8Array.of(
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  0,
  0,
  0,
  13,
  0x49,
  0x48,
  0x44,
  0x52,
);

interface NoiseSize {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** Between the two families' limits, and above both (protocol reference 11.6). */
const NOISE: Readonly<Record<string, NoiseSize>> = {
  'noise-300k.jpg': { widthPx: 640, heightPx: 360, minBytes: 200_000, maxBytes: 500_000 },
  'noise-600k.jpg': { widthPx: 960, heightPx: 540, minBytes: 520_000, maxBytes: 1_000_000 },
};

/** Fills the folder. `speechWav` is any WAV file with one spoken sentence. */
export function writeFixtures(folder: string, speechWav: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  write('question.pcm', bytesFromPcm16(importWav(readFileSync(speechWav))));
  const scene = encodeScene(640, 480);
  write('scene.jpg', scene);
  write('truncated.jpg', scene.subarray(0, scene.length >> 1));
  write('too-wide.jpg', encodeScene(1936, 64));
  write('too-high.jpg', encodeScene(1088, 1096));
  write('picture.png', PNG_BYTES);
  for (const [name, size] of Object.entries(NOISE)) write(name, encodeNoise(name, size));
}

function encodeScene(widthPx: number, heightPx: number): Uint8Array {
  return encode(widthPx, heightPx, 60, (x, y) => ((x >> 4) ^ (y >> 4)) * 16 + 40);
}

function encodeNoise(name: string, size: NoiseSize): Uint8Array {
  let state = 1;
  const bytes = encode(size.widthPx, size.heightPx, 98, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
  if (bytes.length < size.minBytes || bytes.length > size.maxBytes)
    throw new Error(
      `${name} has ${bytes.length} bytes: the cases need ${size.minBytes} to ${size.maxBytes}.`,
    );
  return bytes;
}

function encode(
  widthPx: number,
  heightPx: number,
  quality: number,
  level: (x: number, y: number) => number,
): Uint8Array {
  const data = new Uint8Array(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const at = (y * widthPx + x) * 4;
      data.fill(level(x, y) & 0xff, at, at + 3);
      data[at + 3] = 0xff;
    }
  }
  return jpeg.encode({ data, width: widthPx, height: heightPx }, quality).data;
}
