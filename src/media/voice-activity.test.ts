import { describe, expect, it } from 'vitest';
import {
  atLevel,
  hum,
  join,
  mix,
  pcm16,
  pinkNoise,
  quiet,
  type Sound,
  whiteNoise,
} from '../../test/support/sounds.js';
import { segmentsOf, type Voice, voices } from '../../test/support/speech-fixtures.js';

const VOICES = voices();
const THRESHOLDS = [0.2, 0.5];
const LEVELS_DBFS = [-20, -38];
const SIGNAL_TO_NOISE_DB = 10;
const START_WITHIN_MS = 200;
const END_WITHIN_MS = 300;

type Noise = (sampleCount: number) => Sound;
const NOISES: Readonly<Record<string, Noise>> = {
  'white noise': (sampleCount) => whiteNoise(sampleCount, 1),
  'pink noise': (sampleCount) => pinkNoise(sampleCount, 2),
  'a 50 Hz hum with 19 harmonics': (sampleCount) => hum(sampleCount, 50, 20),
  'a 60 Hz hum with 19 harmonics': (sampleCount) => hum(sampleCount, 60, 20),
};

function spoken(voice: Voice, levelDbfs: number): Sound {
  return atLevel(voice.samples, levelDbfs, voice.startSample, voice.endSample);
}

/** Expects one closed segment at the voice that begins `leadMs` into the sound, and says which case broke. */
function expectUtterance(sound: Sound, voice: Voice, leadMs: number, threshold: number): void {
  const segments = segmentsOf(pcm16(sound), { threshold });
  const said = `${voice.name} at threshold ${threshold}: ${JSON.stringify(segments)}`;
  const [segment] = segments;
  expect(segments, said).toHaveLength(1);
  const startErrorMs = (segment?.startMs ?? 0) - (leadMs + voice.startSample / 16);
  const endErrorMs = (segment?.endMs ?? Number.POSITIVE_INFINITY) - (leadMs + voice.endSample / 16);
  expect(Math.abs(startErrorMs), `start of ${said}`).toBeLessThanOrEqual(START_WITHIN_MS);
  expect(Math.abs(endErrorMs), `end of ${said}`).toBeLessThanOrEqual(END_WITHIN_MS);
}

function forEachVoice(check: (voice: Voice, threshold: number) => void): void {
  for (const voice of VOICES) for (const threshold of THRESHOLDS) check(voice, threshold);
}

describe('one segment per utterance', () => {
  it('has real and synthetic voices to listen to', () => {
    expect(VOICES.filter((voice) => voice.kind === 'real').length).toBeGreaterThanOrEqual(3);
    expect(VOICES.filter((voice) => voice.kind === 'synthetic').length).toBeGreaterThanOrEqual(5);
  });

  for (const levelDbfs of LEVELS_DBFS) {
    it(`in digital silence, spoken at ${levelDbfs} dBFS`, () => {
      forEachVoice((voice, threshold) => {
        expectUtterance(join(quiet(700), spoken(voice, levelDbfs), quiet(1500)), voice, 700, threshold);
      });
    });

    for (const [name, noise] of Object.entries(NOISES)) {
      it(`in ${name} from the first sample, spoken at ${levelDbfs} dBFS`, () => {
        forEachVoice((voice, threshold) => {
          const clean = join(quiet(1000), spoken(voice, levelDbfs), quiet(1500));
          const background = atLevel(noise(clean.length), levelDbfs - SIGNAL_TO_NOISE_DB);
          expectUtterance(mix(clean, background), voice, 1000, threshold);
        });
      });

      it(`in ${name} that breaks silence 1 s before, spoken at ${levelDbfs} dBFS`, () => {
        forEachVoice((voice, threshold) => {
          const clean = join(quiet(1600), spoken(voice, levelDbfs), quiet(1500));
          const background = atLevel(noise(clean.length - 9_600), levelDbfs - SIGNAL_TO_NOISE_DB);
          expectUtterance(mix(clean, background, 9_600), voice, 1600, threshold);
        });
      });
    }
  }

  it('from the first sample on', () => {
    forEachVoice((voice, threshold) => {
      const cut = { ...voice, startSample: 0, endSample: voice.endSample - voice.startSample };
      const sound = join(spoken(voice, -25).subarray(voice.startSample), quiet(1500));
      expectUtterance(sound, cut, 0, threshold);
    });
  });

  it('on a DC offset', () => {
    forEachVoice((voice, threshold) => {
      const sound = join(quiet(700), spoken(voice, -25), quiet(1500)).map((value) => value + 3000);
      expectUtterance(sound, voice, 700, threshold);
    });
  });

  it('whispered at -45 dBFS and shouted into clipping', () => {
    forEachVoice((voice, threshold) => {
      for (const levelDbfs of [-45, -4]) {
        expectUtterance(join(quiet(700), spoken(voice, levelDbfs), quiet(1500)), voice, 700, threshold);
      }
    });
  });

  it('at 8, 24 and 48 kHz', () => {
    for (const voice of VOICES) {
      const clean = join(quiet(700), spoken(voice, -25), quiet(1500));
      for (const sampleRateHz of [8_000, 24_000, 48_000]) {
        const step = 16_000 / sampleRateHz;
        const resampled = Float64Array.from({ length: Math.floor(clean.length / step) }, (_, index) => {
          const at = Math.floor(index * step);
          const rest = index * step - at;
          return (clean[at] as number) * (1 - rest) + (clean[at + 1] ?? 0) * rest;
        });
        const [segment, ...others] = segmentsOf(pcm16(resampled), { sampleRateHz });
        const said = `${voice.name} at ${sampleRateHz} Hz: ${JSON.stringify(segment)}`;
        expect(others, said).toEqual([]);
        expect(Math.abs((segment?.startMs ?? 0) - 700 - voice.startSample / 16), said).toBeLessThanOrEqual(
          200,
        );
        expect(Math.abs((segment?.endMs ?? 0) - 700 - voice.endSample / 16), said).toBeLessThanOrEqual(300);
      }
    }
  });
});
