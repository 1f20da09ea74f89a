import { describe, expect, it } from 'vitest';
import { encodeWav } from '../media/index.js';
import { SoundstageError } from '../protocol/index.js';
import { prepareScenario } from './prepare-scenario.js';
import type { Scenario } from './scenario.js';

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

  it('leaves the scenario it was given alone', () => {
    const wav = encodeWav(Int16Array.from([1, 2]), 16_000);
    const given = { summary: 'One voice.', replies: [{ text: 'a', wav }] };
    const prepared = prepareScenario(given);
    given.replies.length = 0;
    expect(prepared).toEqual({
      summary: 'One voice.',
      replies: [{ text: 'a', wav: Int16Array.from([1, 2]) }],
    });
  });

  it.each([
    ['E_QUIRK_UNKNOWN', { emitDoneOnCancle: true }],
    ['E_QUIRK_VALUE', { unknownModel: 'explode' }],
    ['E_QUIRK_VALUE', { minCommitMs: -1 }],
  ])('%s %j', (code, quirks) => {
    expect(() => prepareScenario({ quirks } as Scenario)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(`${Object.keys(quirks)[0]}.* Try .+\\.$`),
      }),
    );
  });
});
