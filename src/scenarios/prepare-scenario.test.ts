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

  it('refuses counts and times that are no whole numbers in range, by their path', () => {
    const hold = { after: { event: 'response.created' }, until: { event: 'response.cancel' } } as const;
    const cases = [
      { replies: [{ text: 'a', delivery: { firstDeltaMs: -1 } }] },
      { replies: [{ text: 'a', delivery: { audioChunkMs: 0 } }] },
      { replies: [{ text: 'a', delivery: { textDeltaMs: 1.5 } }] },
      { holds: [{ ...hold, after: { ...hold.after, nth: 0 } }] },
      { holds: [{ ...hold, patienceMs: Number.NaN }] },
    ];
    const paths = cases.map((scenario) => {
      try {
        prepareScenario(scenario);
        return 'played';
      } catch (error) {
        return error instanceof SoundstageError ? error.details['path'] : 'another error';
      }
    });
    expect(paths).toEqual([
      'replies[0].delivery.firstDeltaMs',
      'replies[0].delivery.audioChunkMs',
      'replies[0].delivery.textDeltaMs',
      'holds[0].after.nth',
      'holds[0].patienceMs',
    ]);
  });
});
