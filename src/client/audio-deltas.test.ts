import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { encodeBase64 } from '../media/index.js';
import { LIMITS } from '../protocol/index.js';
import { AudioDeltas } from './audio-deltas.js';

const delta = (itemId: string, bytes: Uint8Array) => ({
  type: 'response.audio.delta',
  item_id: itemId,
  delta: encodeBase64(bytes),
});

describe('AudioDeltas', () => {
  test.prop([fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 8 })], {
    seed: PROPERTY_SEED,
  })('the samples do not depend on where the bytes were cut', (bytes, cuts) => {
    const deltas = new AudioDeltas();
    const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
    const joined = edges.flatMap((edge, index) => [
      ...(deltas.read(delta('item', bytes.subarray(edge, edges[index + 1] ?? bytes.length)))?.samples ?? []),
    ]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const expected = Array.from({ length: bytes.length >> 1 }, (_, index) => view.getInt16(index * 2, true));
    expect(joined).toEqual(expected);
  });

  test('base64 without padding is read, anything else is not', () => {
    const deltas = new AudioDeltas();
    expect(deltas.read({ type: 'response.audio.delta', delta: 'AQA' })?.samples).toEqual(Int16Array.of(1));
    expect(deltas.read({ type: 'response.audio.delta', delta: 'not audio' })).toBeUndefined();
    expect(deltas.read({ type: 'response.audio.delta', delta: null })).toBeUndefined();
    expect(deltas.read({ type: 'response.audio.delta' })).toBeUndefined();
  });

  test('what dangles of a finished item does not reach a later one of that name', () => {
    const deltas = new AudioDeltas();
    deltas.read(delta('item', Uint8Array.of(7)));
    deltas.finish({ type: 'response.audio.done', item_id: 'item' });
    expect(deltas.read(delta('item', Uint8Array.of(1, 0)))?.samples).toEqual(Int16Array.of(1));
  });

  test('remembers a bounded number of items', () => {
    const deltas = new AudioDeltas();
    for (let item = 0; item <= LIMITS.clientDanglingBytes; item += 1) {
      deltas.read(delta(`item ${item}`, Uint8Array.of(7)));
    }
    expect(deltas.read(delta('item 0', Uint8Array.of(1, 0)))?.samples).toEqual(Int16Array.of(1));
    expect(deltas.read(delta('item 2', Uint8Array.of(0, 0)))?.samples).toEqual(Int16Array.of(7));
  });
});
