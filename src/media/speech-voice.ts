/**
 * The voice of synthetic answers: turns a plan of syllables into samples. A harmonic tone coloured like a vowel,
 * with a glide in pitch and a soft envelope. Uses only operations that every engine rounds alike; must never use
 * transcendental `Math`.
 */
import { hashText, type Intonation, type SpokenPlan, type Syllable } from './speech-words.js';

const TABLE_SIZE = 1024;
/** cos and sin of 2 pi / 1024: the seed of the sine recurrence. */
const COS_STEP = 0.9999811752826011;
const SIN_STEP = 0.006135884649154475;
/** Peak of a wave table; with the stress of a syllable this gives -17 to -13.5 dBFS. */
const TABLE_PEAK = 6_900;
const MAX_HARMONICS = 28;
/** No syllable is sung higher than this; harmonics stay below 0.45 of the rate even then. */
const HIGHEST_PITCH_HZ = 345;
const DEFAULT_PITCH_HZ = 165;

/** First three formants of five vowels in Hz. */
const VOWEL_FORMANTS_HZ = [
  [730, 1_150, 2_450],
  [530, 1_800, 2_500],
  [320, 2_200, 2_900],
  [480, 900, 2_500],
  [340, 800, 2_300],
] as const;
const FORMANT_GAINS = [1, 0.55, 0.25] as const;
const FORMANT_WIDTHS_HZ = [110, 160, 240] as const;

/** Pitch of a syllable relative to the voice, as ratios of small integers: consonant intervals. */
const PITCH_RATIOS = [15 / 16, 1, 1, 16 / 15, 9 / 8, 6 / 5] as const;
/** Pitch at the start and the end of a syllable, relative: as the four tones, and flatter for other languages. */
const TONES = [
  [1.08, 1.08],
  [0.94, 1.12],
  [0.95, 0.9],
  [1.14, 0.88],
] as const;
const GLIDES = [
  [1.02, 0.98],
  [0.98, 1.03],
  [1.05, 0.96],
  [1, 1],
] as const;
const FINAL_GLIDE: Readonly<Record<Intonation, number>> = { level: 1, question: 1.22, statement: 0.88 };

const ATTACK_MS = 22;
const RELEASE_MS = 55;
const HISS_MS = 45;
const STOP_MS = 25;
const HISS_PEAK = 900;

/** Wave tables by pitch and rate; few voices and rates exist, so this stays small. */
const tablesByVoice = new Map<string, readonly Int16Array[]>();

/** Middle pitch of a voice in Hz: 112 to 211, from its name. */
export function voicePitchHz(voice: string | undefined): number {
  return voice === undefined ? DEFAULT_PITCH_HZ : 112 + (hashText(voice) % 12) * 9;
}

/** Renders one word with the pause after it. */
export function renderSpokenWord(plan: SpokenPlan, sampleRateHz: number, pitchHz: number): Int16Array {
  const lengths = plan.syllables.map((syllable) => toSamples(syllableMs(syllable), sampleRateHz));
  const voicedSamples = lengths.reduce((total, length) => total + length, 0);
  const samples = new Int16Array(voicedSamples + toSamples(plan.pauseMs, sampleRateHz));
  const tables = wavetables(pitchHz, sampleRateHz);
  let start = 0;
  plan.syllables.forEach((syllable, index) => {
    const length = lengths[index] ?? 0;
    const isLast = index === plan.syllables.length - 1;
    const finalGlide = isLast ? FINAL_GLIDE[plan.intonation] : 1;
    const target = samples.subarray(start, start + length);
    renderSyllable(target, syllable, { sampleRateHz, pitchHz, finalGlide, tables });
    start += length;
  });
  return samples;
}

/** Milliseconds of a syllable: about 2.5 words, or 4 ideographs, fit in a second. */
function syllableMs(syllable: Syllable): number {
  return syllable.tonal ? 215 + (syllable.hash % 4) * 15 : 165 + (syllable.hash % 5) * 20;
}

function toSamples(durationMs: number, sampleRateHz: number): number {
  return Math.floor((durationMs * sampleRateHz) / 1000);
}

/** What all syllables of a word share. */
interface VoiceSettings {
  readonly sampleRateHz: number;
  readonly pitchHz: number;
  readonly finalGlide: number;
  readonly tables: readonly Int16Array[];
}

function renderSyllable(target: Int16Array, syllable: Syllable, voice: VoiceSettings): void {
  const { hash, onset } = syllable;
  const onsetMs = onset === 'hiss' ? HISS_MS : onset === 'stop' ? STOP_MS : 0;
  const onsetSamples = toSamples(onsetMs, voice.sampleRateHz);
  if (onset === 'hiss') renderHiss(target.subarray(0, onsetSamples), hash);
  const voiced = target.subarray(onsetSamples);
  const vowel = voice.tables[(hash >>> 3) % voice.tables.length] ?? voice.tables[0];
  const nextVowel = voice.tables[(hash >>> 11) % voice.tables.length] ?? vowel;
  if (vowel === undefined || nextVowel === undefined) return;
  const pitches = syllable.tonal ? TONES : GLIDES;
  const [startRatio, endRatio] = pitches[(hash >>> 7) % pitches.length] ?? [1, 1];
  const base = voice.pitchHz * (PITCH_RATIOS[(hash >>> 17) % PITCH_RATIOS.length] ?? 1);
  const stepScale = 4_294_967_296 / voice.sampleRateHz;
  const startStep = base * startRatio * stepScale;
  const stepChange =
    (base * endRatio * voice.finalGlide * stepScale - startStep) / Math.max(1, voiced.length);
  const stress = (80 + ((hash >>> 23) % 5) * 5) / 100;
  const attack = toSamples(ATTACK_MS, voice.sampleRateHz);
  const release = toSamples(RELEASE_MS, voice.sampleRateHz);
  let phase = 0;
  for (let index = 0; index < voiced.length; index += 1) {
    const share = index / voiced.length;
    const point = phase >>> 22;
    const fraction = ((phase >>> 12) & 1023) / 1024;
    const first = interpolate(vowel, point, fraction);
    const second = interpolate(nextVowel, point, fraction);
    const envelope = smooth(index / attack) * smooth((voiced.length - index) / release) * (1 - 0.3 * share);
    voiced[index] = Math.round((first + (second - first) * share) * envelope * stress);
    phase = (phase + Math.round(startStep + stepChange * index)) >>> 0;
  }
}

function interpolate(table: Int16Array, point: number, fraction: number): number {
  const left = table[point] ?? 0;
  const right = table[(point + 1) & (TABLE_SIZE - 1)] ?? 0;
  return left + (right - left) * fraction;
}

/** Smooth step from 0 to 1. */
function smooth(share: number): number {
  const clamped = Math.min(share, 1);
  return clamped * clamped * (3 - 2 * clamped);
}

/** High-passed noise that swells and fades: the hiss of an s. */
function renderHiss(target: Int16Array, seed: number): void {
  let state = seed | 1;
  let previous = 0;
  for (let index = 0; index < target.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const noise = state >> 16;
    const share = index / target.length;
    const envelope = 4 * share * (1 - share);
    target[index] = Math.round((((noise - previous) * HISS_PEAK) / 65_536) * envelope);
    previous = noise;
  }
}

function wavetables(pitchHz: number, sampleRateHz: number): readonly Int16Array[] {
  const key = `${pitchHz}/${sampleRateHz}`;
  const known = tablesByVoice.get(key);
  if (known !== undefined) return known;
  const harmonicCount = Math.min(MAX_HARMONICS, Math.floor((0.45 * sampleRateHz) / HIGHEST_PITCH_HZ));
  const sine = buildSineTable();
  const tables = VOWEL_FORMANTS_HZ.map((formants) => buildTable(formants, pitchHz, harmonicCount, sine));
  tablesByVoice.set(key, tables);
  return tables;
}

/** One period of a vowel. The harmonics' phases are spread (Schroeder) so that the wave has no sharp peak. */
function buildTable(
  formantsHz: readonly number[],
  pitchHz: number,
  harmonicCount: number,
  sine: Float64Array,
): Int16Array {
  const wave = new Float64Array(TABLE_SIZE);
  for (let harmonic = 1; harmonic <= harmonicCount; harmonic += 1) {
    const amplitude = harmonicAmplitude(harmonic * pitchHz, formantsHz);
    const shift = Math.floor((TABLE_SIZE * harmonic * (harmonic - 1)) / (2 * harmonicCount));
    for (let point = 0; point < TABLE_SIZE; point += 1) {
      wave[point] =
        (wave[point] ?? 0) + amplitude * (sine[(harmonic * point + shift) & (TABLE_SIZE - 1)] ?? 0);
    }
  }
  const peak = wave.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return Int16Array.from(wave, (value) => Math.round((value * TABLE_PEAK) / peak));
}

function harmonicAmplitude(frequencyHz: number, formantsHz: readonly number[]): number {
  let amplitude = 0.02;
  formantsHz.forEach((formantHz, index) => {
    const distance = (frequencyHz - formantHz) / (FORMANT_WIDTHS_HZ[index] ?? 1);
    amplitude += (FORMANT_GAINS[index] ?? 0) / (1 + distance * distance);
  });
  return amplitude;
}

function buildSineTable(): Float64Array {
  const table = new Float64Array(TABLE_SIZE);
  let sine = 0;
  let cosine = 1;
  for (let point = 0; point < TABLE_SIZE; point += 1) {
    table[point] = sine;
    const nextSine = sine * COS_STEP + cosine * SIN_STEP;
    cosine = cosine * COS_STEP - sine * SIN_STEP;
    sine = nextSine;
  }
  return table;
}
