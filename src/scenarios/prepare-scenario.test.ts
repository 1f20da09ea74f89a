import { describe, expect, it } from 'vitest';
import { encodeWav } from '../media/index.js';
import { SoundstageError } from '../protocol/index.js';
import { prepareScenario } from './prepare-scenario.js';

describe('prepareScenario', () => {
  it('decodes the voices of replies in both forms', () => {
    const wav = encodeWav(Int16Array.from([1, 2, 3, 4]), 16_000);
    const { replies } = prepareScenario({
      replies: [
        { text: 'a', wav },
        { items: [{ message: { text: 'b', wav } }, { toolCall: { name: 't', arguments: '{}' } }] },
      ],
    });
    const samples = Int16Array.from([1, 2, 3, 4]);
    expect(replies?.[0]?.wav).toEqual(samples);
    expect(replies?.[1]?.items?.[0]).toEqual({ message: { text: 'b', wav: samples } });
    expect(replies?.[1]?.items?.[1]).toEqual({ toolCall: { name: 't', arguments: '{}' } });
  });

  it('names the reply whose voice cannot be read', () => {
    const broken = { replies: [{}, { text: 'a', wav: Uint8Array.from([1, 2, 3]) }] };
    expect(() => prepareScenario(broken)).toThrow(/replies\[1\]\.wav/);
    expect(() => prepareScenario(broken)).toThrow(SoundstageError);
  });

  it('refuses pieces that do not add up', () => {
    const broken = { replies: [{ items: [{ message: { text: 'abc', deltas: ['a', 'c'] } }] }] };
    expect(() => prepareScenario(broken)).toThrow(
      /replies\[0\]\.items\[0\]\.message: its deltas add up to "ac"/,
    );
  });
});
