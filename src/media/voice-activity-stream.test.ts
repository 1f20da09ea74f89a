import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PROPERTY_SEED } from '../../test/support/property-seed.js';
import { atLevel, join, mix, pcm16, pinkNoise, quiet, type Sound } from '../../test/support/sounds.js';
import { segmentsOf, type Voice, voices } from '../../test/support/speech-fixtures.js';
import { synthesizeSpeech } from './synthetic-speech.js';
import { createVoiceDetector, type VoiceTransition } from './voice-activity.js';

const VOICES = voices();
const OPTIONS = { sampleRateHz: 16_000, threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 800 };

function voiceNamed(name: string): Voice {
  const voice = VOICES.find((one) => one.name === name);
  if (voice === undefined) throw new Error(`no fixture ${name}`);
  return voice;
}

function spoken(voice: Voice): Sound {
  return atLevel(voice.samples, -25, voice.startSample, voice.endSample).subarray(
    voice.startSample,
    voice.endSample,
  );
}

const GO_FORWARD = spoken(voiceNamed('real-go-forward'));
const YES = spoken(voiceNamed('synthetic-yes-en-us-m3'));
const CONVERSATION = pcm16(
  mix(
    join(quiet(1200), GO_FORWARD, quiet(1500), YES, quiet(1300)),
    atLevel(pinkNoise(120_000, 4), -40),
    3_200,
  ),
);

describe('the same positions however the audio is cut', () => {
  const whole = createVoiceDetector(OPTIONS).push(CONVERSATION);

  it('finds both utterances when pushed at once', () => {
    expect(whole.map((transition) => transition.kind)).toEqual(['started', 'stopped', 'started', 'stopped']);
  });

  for (const step of [1, 159, 160, 161, 1600, 3200]) {
    it(`in pieces of ${step} samples`, () => {
      const detector = createVoiceDetector(OPTIONS);
      const found: VoiceTransition[] = [];
      for (let at = 0; at < CONVERSATION.length; at += step) {
        const transitions = detector.push(CONVERSATION.subarray(at, at + step));
        const reached = Math.min(at + step, CONVERSATION.length);
        for (const { detectedAtSample } of transitions) {
          expect(detectedAtSample).toBeGreaterThan(reached - step);
          expect(detectedAtSample).toBeLessThanOrEqual(reached);
        }
        found.push(...transitions);
      }
      expect(found).toEqual(whole);
      expect(detector.positionSamples).toBe(CONVERSATION.length);
    });
  }

  property.prop([fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 })], {
    seed: PROPERTY_SEED,
    numRuns: 25,
  })('in any pieces', (pieces) => {
    const detector = createVoiceDetector(OPTIONS);
    const found: VoiceTransition[] = [];
    let at = 0;
    for (const piece of pieces) {
      found.push(...detector.push(CONVERSATION.subarray(at, at + piece)));
      at = Math.min(CONVERSATION.length, at + piece);
    }
    found.push(...detector.push(CONVERSATION.subarray(at)));
    expect(found).toEqual(whole);
  });
});

describe('a conversation', () => {
  it('two utterances 1.5 s apart are two segments', () => {
    for (const voice of VOICES) {
      const sound = join(quiet(500), spoken(voice), quiet(1500), spoken(voice), quiet(1500));
      expect(segmentsOf(pcm16(sound)), voice.name).toHaveLength(2);
    }
  });

  it('a pause of 500 ms is part of an utterance, and ends it when 300 ms of silence are enough', () => {
    const sound = pcm16(join(quiet(500), GO_FORWARD, quiet(500), GO_FORWARD, quiet(1500)));
    expect(segmentsOf(sound)).toHaveLength(1);
    expect(segmentsOf(sound, { silenceDurationMs: 300 }).length).toBeGreaterThan(1);
  });

  it('stops silenceDurationMs after the end, on the frame grid', () => {
    for (const silenceDurationMs of [200, 445, 800, 2000]) {
      const detector = createVoiceDetector({ ...OPTIONS, silenceDurationMs });
      const transitions = detector.push(pcm16(join(quiet(500), YES, quiet(3000))));
      const stopped = transitions.at(-1);
      if (stopped?.kind !== 'stopped') throw new Error('the segment stayed open');
      expect(stopped.detectedAtSample - stopped.endSample).toBe(Math.ceil(silenceDurationMs / 10) * 160);
    }
  });

  it('a voice is heard within 400 ms of its start, so that it can interrupt', () => {
    for (const voice of VOICES) {
      const [segment] = segmentsOf(pcm16(join(quiet(500), spoken(voice), quiet(1000))));
      expect(segment?.detectedMs, voice.name).toBeLessThanOrEqual(900);
    }
  });

  it('our own spoken answers are voices', () => {
    for (const sampleRateHz of [8_000, 16_000, 24_000, 48_000] as const) {
      const answer = synthesizeSpeech('The weather will be fine, with a light wind.', {
        sampleRateHz,
      }).samples;
      const sound = join(quiet(700, sampleRateHz), answer, quiet(1500, sampleRateHz));
      expect(segmentsOf(pcm16(sound), { sampleRateHz }), `${sampleRateHz} Hz`).toHaveLength(1);
    }
  });
});

describe('clear and configure', () => {
  it('clear forgets the open segment without a transition and keeps the position', () => {
    const detector = createVoiceDetector(OPTIONS);
    const opened = detector.push(pcm16(join(quiet(500), GO_FORWARD.subarray(0, 9_600))));
    expect(opened.map((transition) => transition.kind)).toEqual(['started']);
    expect(detector.speaking).toBe(true);
    const clearedAtSample = detector.positionSamples;
    detector.clear();
    expect(detector.speaking).toBe(false);
    expect(detector.positionSamples).toBe(clearedAtSample);

    const rest = detector.push(pcm16(join(GO_FORWARD.subarray(9_600), quiet(1500))));
    expect(rest.map((transition) => transition.kind)).toEqual(['started', 'stopped']);
    const [started] = rest;
    expect(started?.kind === 'started' && started.startSample).toBeGreaterThanOrEqual(clearedAtSample);
  });

  it('configure keeps the open segment and takes the new silence', () => {
    const detector = createVoiceDetector(OPTIONS);
    detector.push(pcm16(join(quiet(500), YES)));
    detector.configure({ silenceDurationMs: 200 });
    const [stopped] = detector.push(pcm16(quiet(600)));
    expect(stopped?.kind).toBe('stopped');
  });

  it('configure keeps the noise floor', () => {
    const noise = atLevel(pinkNoise(64_000, 6), -30);
    const detector = createVoiceDetector(OPTIONS);
    expect(detector.push(pcm16(noise.subarray(0, 32_000)))).toEqual([]);
    detector.configure({ threshold: 0.2 });
    expect(detector.push(pcm16(noise.subarray(32_000)))).toEqual([]);
  });

  it('a threshold nearer -1 takes more for speech', () => {
    const room = atLevel(pinkNoise(160_000, 8), -46);
    const sound = pcm16(
      mix(join(quiet(1200), ...VOICES.slice(0, 4).flatMap((v) => [spoken(v), quiet(900)])), room),
    );
    const spokenMs = [-1, -0.5, 0, 0.2, 0.5, 0.8, 1].map((threshold) =>
      segmentsOf(sound, { threshold, silenceDurationMs: 200 }).reduce(
        (sum, segment) => sum + (segment.endMs ?? sound.length / 16) - segment.startMs,
        0,
      ),
    );
    expect(spokenMs).toEqual(spokenMs.toSorted((a, b) => b - a));
    expect(spokenMs.at(-1)).toBeLessThan(spokenMs[0] as number);
  });

  it('refuses a rate it does not know and a change of rate under way', () => {
    expect(() => createVoiceDetector({ ...OPTIONS, sampleRateHz: 44_100 })).toThrow(
      expect.objectContaining({ code: 'E_VOICE_RATE' }),
    );
    const detector = createVoiceDetector(OPTIONS);
    detector.configure({ sampleRateHz: 24_000 });
    detector.push(new Int16Array(1));
    expect(() => detector.configure({ sampleRateHz: 16_000 })).toThrow(/keeps its rate/);
  });
});
