import { fc, test as property } from '@fast-check/vitest';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';

const MIB = 1024 * 1024;

async function loadBase64(withBuffer: boolean): Promise<typeof import('./base64.js')> {
  vi.resetModules();
  if (!withBuffer) vi.stubGlobal('Buffer', undefined);
  const module = await import('./base64.js');
  vi.unstubAllGlobals();
  return module;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each([
  ['with Buffer', true],
  ['as in a browser', false],
])('base64 %s', (_, withBuffer) => {
  test('the vectors of RFC 4648', async () => {
    const { decodeBase64, encodeBase64 } = await loadBase64(withBuffer);
    const vectors = { '': '', f: 'Zg==', fo: 'Zm8=', foo: 'Zm9v', foob: 'Zm9vYg==', fooba: 'Zm9vYmE=' };
    for (const [plain, encoded] of Object.entries(vectors)) {
      const bytes = new TextEncoder().encode(plain);
      expect(encodeBase64(bytes)).toBe(encoded);
      expect(decodeBase64(encoded)).toEqual(bytes);
    }
  });

  test.each([
    ['no padding', 'Zg'],
    ['half the padding', 'Zg='],
    ['too much padding', 'Zm9v===='],
    ['three padding characters', 'Z==='],
    ['padding alone', '===='],
    ['padding in the middle', 'Zg==Zm9v'],
    ['a padding character before a digit', 'Zm=v'],
    ['a trailing bit set, two padding', 'Zh=='],
    ['a trailing bit set, one padding', 'Zm9='],
    ['a line break', 'Zm9v\nZm9v\n\n\n'],
    ['a space', 'Zm9 '],
    ['the URL-safe alphabet', '-_-_'],
    ['another character', 'Zm9*'],
    ['a character that is A modulo 256', 'Zm9\u0141'],
    ['a null character', 'Zm9\u0000'],
    ['a data URL', 'data:image/jpeg;base64,Zm9vZm9v'],
  ])('%s is no base64', async (_name, text) => {
    const { decodeBase64 } = await loadBase64(withBuffer);
    expect(decodeBase64(text)).toBeUndefined();
  });

  test('15 MiB decode whole, and one wrong character in them is found', async () => {
    const { decodeBase64 } = await loadBase64(withBuffer);
    const text = 'UklG'.repeat((15 * MIB) / 4);
    expect(decodeBase64(text)?.length).toBe((15 * MIB * 3) / 4);
    expect(decodeBase64(`${text.slice(0, -4)}Ukl!`)).toBeUndefined();
  });

  test('a result is a plain Uint8Array with memory that samples can share', async () => {
    const { decodeBase64 } = await loadBase64(withBuffer);
    const bytes = decodeBase64('AAEC');
    expect(bytes?.constructor).toBe(Uint8Array);
    expect((bytes?.byteOffset ?? 1) % 2).toBe(0);
  });
});

property.prop([fc.uint8Array({ maxLength: 600 })], { seed: PROPERTY_SEED })(
  'both forms write the same text and read it back',
  async (bytes) => {
    const native = await loadBase64(true);
    const plain = await loadBase64(false);
    const text = native.encodeBase64(bytes);
    expect(plain.encodeBase64(bytes)).toBe(text);
    expect(native.decodeBase64(text)).toEqual(bytes);
    expect(plain.decodeBase64(text)).toEqual(bytes);
  },
);

property.prop([fc.stringMatching(/^[A-Za-z0-9+/=_ -]{0,12}$/)], { seed: PROPERTY_SEED, numRuns: 300 })(
  'both forms agree on what is no base64',
  async (text) => {
    const native = await loadBase64(true);
    const plain = await loadBase64(false);
    expect(plain.decodeBase64(text)).toEqual(native.decodeBase64(text));
  },
);
