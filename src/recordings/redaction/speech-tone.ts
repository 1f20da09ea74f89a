/**
 * A voice as a buzz: of the samples only the level of each 10 ms goes in, so that a turn begins and ends where it did and
 * nobody can tell what was said or by whom. Integers only. Must never let anything else of the samples through.
 */
import { bytesFromPcm16, pcm16FromBytes } from '../../media/index.js';

const WINDOW_MS = 10;
/** The buzz: so many harmonics of a fundamental, to fill the bands that a voice detector looks at. */
const FUNDAMENTAL_HZ = 125;
const HIGHEST_HZ = 7_000;
const TURN = 1_024;
const UNIT = 1 << 12;
/** Levels of harmonics fall above this one, about as those of a voice do. */
const KNEE_HARMONIC = 4;

/** `UNIT` times the sine of each of `TURN` parts of a turn; roots and products round the same everywhere. */
const SINES = sineTable();

function sineTable(): Int32Array {
  let [cos, sin] = [0, 1];
  for (let parts = 4; parts < TURN; parts *= 2) {
    cos = Math.sqrt((1 + cos) / 2);
    sin = Math.sqrt(1 - cos * cos);
  }
  const table = new Int32Array(TURN);
  let [re, im] = [1, 0];
  for (let index = 0; index < TURN; index += 1) {
    table[index] = Math.round(UNIT * im);
    [re, im] = [re * cos - im * sin, re * sin + im * cos];
  }
  return table;
}

/** One period of the buzz, and its level. */
interface Buzz {
  readonly wave: Int32Array;
  readonly level: number;
}

const BUZZES = new Map<number, Buzz>();

function buzzOf(rateHz: number): Buzz {
  const known = BUZZES.get(rateHz);
  if (known !== undefined) return known;
  const wave = new Int32Array(Math.max(1, Math.round(rateHz / FUNDAMENTAL_HZ)));
  const harmonics = Math.max(1, Math.floor(Math.min(HIGHEST_HZ, rateHz / 2 - 1) / FUNDAMENTAL_HZ));
  for (let harmonic = 1; harmonic <= harmonics; harmonic += 1) {
    const weight = Math.min(UNIT, Math.floor((KNEE_HARMONIC * UNIT) / harmonic));
    // Phases that spread the peaks of the harmonics, or all of them would meet in one click.
    const phase = Math.floor((TURN * harmonic * harmonic) / (2 * harmonics));
    for (let index = 0; index < wave.length; index += 1) {
      const turn = Math.floor((TURN * harmonic * index) / wave.length) + phase;
      wave[index] = (wave[index] ?? 0) + Math.floor((weight * (SINES[turn % TURN] ?? 0)) / UNIT);
    }
  }
  const buzz = { wave, level: levelOf(wave, 0, wave.length) };
  if (BUZZES.size < 16) BUZZES.set(rateHz, buzz);
  return buzz;
}

/**
 * Root mean square of the steps from sample to sample, as a whole number: so the rumble of a room, which no detector takes
 * for a voice, does not count as loud.
 */
function levelOf(samples: Int16Array | Int32Array, start: number, end: number): number {
  let sum = 0;
  for (let index = start + 1; index < end; index += 1) {
    const step = (samples[index] ?? 0) - (samples[index - 1] ?? 0);
    sum += step * step;
  }
  return end - start < 2 ? 0 : Math.round(Math.sqrt(sum / (end - start - 1)));
}

/** The buzz of one lane, in phase from message to message. */
export class SpeechTone {
  #phaseSamples = 0;

  /** PCM16 of the same length, silent where `bytes` are. */
  replace(bytes: Uint8Array, rateHz: number): Uint8Array {
    const samples = pcm16FromBytes(bytes);
    const tone = new Int16Array(samples.length);
    const { wave, level } = buzzOf(rateHz);
    const windowSamples = Math.max(1, Math.round((WINDOW_MS * rateHz) / 1_000));
    for (let start = 0; start < samples.length; start += windowSamples) {
      const end = Math.min(start + windowSamples, samples.length);
      const wanted = levelOf(samples, start, end);
      for (let index = start; index < end && wanted > 0; index += 1) {
        const value = wave[(this.#phaseSamples + index) % wave.length] ?? 0;
        tone[index] = Math.max(-32_768, Math.min(32_767, Math.round((value * wanted) / level)));
      }
    }
    this.#phaseSamples = (this.#phaseSamples + samples.length) % wave.length;
    return bytesFromPcm16(tone);
  }
}
