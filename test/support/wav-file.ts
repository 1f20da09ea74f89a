/**
 * WAV files for tests: the checked-in ones, and broken ones put together by hand.
 */
import { readFileSync } from 'node:fs';

/** The bytes of a file in test/fixtures/wav. */
export function wavFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/wav/${name}`, import.meta.url)));
}

/** A WAV file put together by hand. */
export function wavFile(options: {
  container?: string;
  chunks: readonly (readonly [id: string, body: Uint8Array, statedBytes?: number])[];
}): Uint8Array {
  const parts: number[] = [];
  const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0));
  const uint32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
  for (const [id, body, statedBytes] of options.chunks) {
    parts.push(...text(id), ...uint32(statedBytes ?? body.length), ...body, ...(body.length % 2 ? [0] : []));
  }
  return Uint8Array.from([
    ...text(options.container ?? 'RIFF'),
    ...uint32(options.container === 'RF64' ? 0xffff_ffff : 4 + parts.length),
    ...text('WAVE'),
    ...parts,
  ]);
}

/** The body of a `fmt ` chunk: 16 kHz mono PCM16 unless told otherwise. */
export function fmtChunk(options: {
  code?: number;
  channels?: number;
  rateHz?: number;
  bits?: number;
  align?: number;
}): Uint8Array {
  const { code = 1, channels = 1, rateHz = 16_000, bits = 16, align = (channels * bits) / 8 } = options;
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rateHz, true);
  view.setUint16(12, align, true);
  view.setUint16(14, bits, true);
  return bytes;
}
