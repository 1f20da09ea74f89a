import { describe, expect, it } from 'vitest';
import {
  atLevel,
  clicks,
  hum,
  join,
  mix,
  pcm16,
  pinkNoise,
  quiet,
  whiteNoise,
} from '../../test/support/sounds.js';
import { segmentsOf } from '../../test/support/speech-fixtures.js';

const THRESHOLDS = [0.2, 0.5];
const SECONDS_6 = 96_000;

function expectNoVoice(samples: Int16Array, what: string): void {
  for (const threshold of THRESHOLDS)
    expect(segmentsOf(samples, { threshold }), `${what} at ${threshold}`).toEqual([]);
}

describe('what is no voice', () => {
  it('digital silence', () => {
    expectNoVoice(new Int16Array(SECONDS_6), 'silence');
  });

  it('the last bit flickering, and a DC offset that comes and goes', () => {
    expectNoVoice(pcm16(whiteNoise(SECONDS_6, 3)), 'last bits');
    const step = join(quiet(1000), quiet(1000).fill(6000), quiet(2000));
    expectNoVoice(pcm16(step), 'offset');
  });

  for (const fundamentalHz of [50, 60, 100, 49.7]) {
    it(`a hum of ${fundamentalHz} Hz up to -20 dBFS, on at once or from the first sample`, () => {
      for (const harmonics of [1, 5, 20]) {
        for (const levelDbfs of [-50, -35, -20]) {
          const sound = atLevel(hum(SECONDS_6, fundamentalHz, harmonics), levelDbfs);
          const what = `${harmonics} harmonics at ${levelDbfs} dBFS`;
          expectNoVoice(pcm16(sound), what);
          expectNoVoice(pcm16(join(quiet(773), sound.subarray(0, 40_000), quiet(2000))), `sudden ${what}`);
        }
      }
    });
  }

  it('a hum that swells over half a second', () => {
    const swelling = atLevel(hum(SECONDS_6, 50, 20), -20).map(
      (value, index) => value * Math.min(1, index / 8000),
    );
    expectNoVoice(pcm16(join(quiet(500), swelling)), 'swelling hum');
  });

  it('a hum that grows by 15 dB', () => {
    const sound = hum(SECONDS_6, 50, 20);
    const louder = atLevel(sound, -20).subarray(0, 48_000);
    expectNoVoice(pcm16(join(atLevel(sound, -35).subarray(0, 48_000), louder)), 'growing hum');
  });

  for (const levelDbfs of [-50, -40, -30, -20]) {
    it(`white or pink noise switched on at ${levelDbfs} dBFS, and off again`, () => {
      for (const [name, noise] of Object.entries({ white: whiteNoise, pink: pinkNoise })) {
        for (const seed of [1, 2, 3]) {
          const sound = atLevel(noise(SECONDS_6, seed), levelDbfs);
          expectNoVoice(pcm16(join(quiet(500), sound, quiet(1500))), `${name} noise, seed ${seed}`);
        }
      }
    });
  }

  for (const shape of ['noise', 'square', 'step'] as const) {
    it(`clicks of up to 40 ms, one or many (${shape})`, () => {
      for (const lengthMs of [0.1, 1, 10, 25, 40]) {
        for (const everyMs of [150, 250, 1000, 60_000]) {
          for (const peak of [1000, 30_000]) {
            const sound = clicks(SECONDS_6 / 2, { lengthMs, everyMs, peak, shape });
            const what = `${lengthMs} ms every ${everyMs} ms at ${peak}`;
            expectNoVoice(pcm16(sound), what);
            expectNoVoice(pcm16(mix(sound, atLevel(pinkNoise(sound.length, 5), -55))), `${what} in a room`);
          }
        }
      }
    });
  }
});
