/**
 * Decides frame by frame whether a stream of 10 ms frames speaks: excess over the noise floor, confirmed by
 * falling levels in its bands, with a back-dated start. It must never depend on anything but the frames.
 */
import { centiDbOfPower } from './integer-decibels.js';
import type { VoiceTransition } from './voice-activity.js';
import type { Decimator } from './voice-activity-decimator.js';
import { NoiseFloor } from './voice-activity-floor.js';
import { BandAnalyser } from './voice-activity-spectrum.js';

/** What one threshold asks of a sound, in hundredths of a decibel: the mean excess of its bands, and its absolute level. */
const SENSITIVITY = [
  { threshold: -1, enterCentiDb: 60, lowestCentiDb: 5_600 },
  { threshold: 0, enterCentiDb: 120, lowestCentiDb: 6_200 },
  { threshold: 0.5, enterCentiDb: 180, lowestCentiDb: 6_400 },
  { threshold: 1, enterCentiDb: 600, lowestCentiDb: 7_500 },
] as const;

/** Lowest floor of a band: quieter backgrounds count as silence. */
const LOWEST_FLOOR_CENTI_DB = 5_000;
/** Fluctuation of a noise that is no excess yet, and the most one band may contribute. */
const MARGIN_CENTI_DB = 300;
const EXCESS_CAP_CENTI_DB = 1_800;
/** Frames in a row that a click (40 ms, seen through overlapping windows) cannot reach. */
const RUN_FRAMES = 10;
/** Mean fall of the bands from their highest level that a steady sound does not show. */
const FALL_CENTI_DB = 600;
/** Frames after an onset whose splatter says nothing about falls. */
const ONSET_FRAMES = 6;
/** Frames of silence that end a candidate; shorter gaps belong to it. */
const CANDIDATE_GAP_FRAMES = 20;
/** A segment's end moves only with this many voiced frames in a row, or close to the last voice. */
const EXTEND_RUN_FRAMES = 4;
const EXTEND_GAP_FRAMES = 10;
/** Sound this far below the loudest of its segment is not voice. */
const PEAK_RANGE_CENTI_DB = 3_500;

/** The state machine: silence, candidate, speaking. */
export class VoiceClassifier {
  speaking = false;
  /** Samples per 10 ms frame. */
  readonly frameSamples: number;
  readonly #analyser: BandAnalyser;
  readonly #floor: NoiseFloor;
  readonly #bands: number;
  /** Powers of the last four frames, frame by frame. */
  readonly #powers: Float64Array;
  readonly #shortLevels: Int32Array;
  readonly #longLevels: Int32Array;
  readonly #peaks: Int32Array;
  readonly #falls: Int32Array;
  #enterCentiDb = 0;
  #lowestCentiDb = 0;
  #silenceSamples = 0;
  #frames = 0;
  #candidateFrame = -1;
  #startFrame = 0;
  #run = 0;
  #longestRun = 0;
  #lastVoicedFrame = 0;
  #peakCentiDb = 0;
  #earliestSample = 0;

  constructor(decimator: Decimator, threshold: number, silenceDurationMs: number) {
    this.frameSamples = decimator.frameSamples;
    this.#analyser = new BandAnalyser(decimator);
    this.#bands = this.#analyser.bandCount;
    this.#floor = new NoiseFloor(this.#bands, LOWEST_FLOOR_CENTI_DB);
    this.#powers = new Float64Array(4 * this.#bands);
    this.#shortLevels = new Int32Array(this.#bands);
    this.#longLevels = new Int32Array(this.#bands);
    this.#peaks = new Int32Array(this.#bands);
    this.#falls = new Int32Array(this.#bands);
    this.configure(threshold, silenceDurationMs);
  }

  configure(threshold: number, silenceDurationMs: number): void {
    this.#enterCentiDb = interpolate(threshold, 'enterCentiDb');
    this.#lowestCentiDb = interpolate(threshold, 'lowestCentiDb');
    this.#silenceSamples = Math.ceil(silenceDurationMs / 10) * this.frameSamples;
  }

  clear(positionSamples: number): void {
    this.speaking = false;
    this.#dropCandidate();
    this.#earliestSample = positionSamples;
  }

  pushFrame(frame: Int16Array): VoiceTransition | undefined {
    this.#analyser.pushFrame(frame);
    const loudness = this.#smooth();
    const voiced = this.#isVoiced(loudness);
    this.#floor.update(this.#longLevels);
    this.#frames++;
    this.#run = voiced ? this.#run + 1 : 0;
    const transition = this.speaking
      ? this.#whileSpeaking(voiced, loudness)
      : this.#whileSilent(voiced, loudness);
    return transition;
  }

  /** Levels over two frames (decisions) and over four (falls and floor); returns the level of all bands together. */
  #smooth(): number {
    const bands = this.#bands;
    this.#powers.copyWithin(0, bands);
    this.#powers.set(this.#analyser.powers, 3 * bands);
    let total = 0;
    for (let band = 0; band < bands; band++) {
      const newest = this.#powers[3 * bands + band] as number;
      const pair = newest / 2 + (this.#powers[2 * bands + band] as number) / 2;
      const older = (this.#powers[band] as number) / 2 + (this.#powers[bands + band] as number) / 2;
      this.#shortLevels[band] = centiDbOfPower(Math.floor(pair));
      this.#longLevels[band] = centiDbOfPower(Math.floor((pair + older) / 2));
      total += Math.floor(pair / 16);
    }
    return centiDbOfPower(total) + 1_204;
  }

  #isVoiced(loudness: number): boolean {
    if (loudness < this.#lowestCentiDb) return false;
    if (loudness < this.#peakCentiDb - PEAK_RANGE_CENTI_DB) return false;
    let sum = 0;
    for (let band = 0; band < this.#bands; band++) {
      const excess =
        (this.#shortLevels[band] as number) - (this.#floor.levels[band] as number) - MARGIN_CENTI_DB;
      if (excess > 0) sum += Math.min(excess, EXCESS_CAP_CENTI_DB);
    }
    return sum > this.#enterCentiDb * this.#bands;
  }

  #whileSilent(voiced: boolean, loudness: number): VoiceTransition | undefined {
    if (this.#candidateFrame < 0) {
      if (!voiced) return undefined;
      this.#openCandidate();
    }
    if (voiced) {
      this.#lastVoicedFrame = this.#frames;
      this.#peakCentiDb = Math.max(this.#peakCentiDb, loudness);
      this.#longestRun = Math.max(this.#longestRun, this.#run);
    }
    const gap = this.#frames - this.#lastVoicedFrame;
    if (this.#floor.steady || gap > CANDIDATE_GAP_FRAMES) {
      this.#dropCandidate();
      return undefined;
    }
    const fall = this.#meanFall();
    if (this.#longestRun < RUN_FRAMES || fall < FALL_CENTI_DB) return undefined;
    this.speaking = true;
    const startSample = Math.max(this.#earliestSample, (this.#startFrame - 1) * this.frameSamples);
    return { kind: 'started', detectedAtSample: this.#frames * this.frameSamples, startSample };
  }

  #openCandidate(): void {
    this.#candidateFrame = this.#frames;
    this.#startFrame = this.#frames - 1;
    this.#longestRun = 0;
    this.#falls.fill(0);
    this.#peaks.fill(0);
  }

  #dropCandidate(): void {
    this.#candidateFrame = -1;
    this.#longestRun = 0;
    this.#run = 0;
    this.#peakCentiDb = 0;
  }

  /** Greatest fall of each band since the onset, averaged over the bands that rose above the floor. */
  #meanFall(): number {
    if (this.#frames - this.#candidateFrame < ONSET_FRAMES) return 0;
    let sum = 0;
    let active = 0;
    for (let band = 0; band < this.#bands; band++) {
      const floor = this.#floor.levels[band] as number;
      const level = Math.max(this.#longLevels[band] as number, floor);
      const peak = Math.max(this.#peaks[band] as number, level);
      this.#peaks[band] = peak;
      const fall = Math.max(this.#falls[band] as number, peak - level);
      this.#falls[band] = fall;
      if (peak < floor + 2 * MARGIN_CENTI_DB) continue;
      active++;
      sum += fall;
    }
    return Math.floor(sum / Math.max(active, 3));
  }

  #whileSpeaking(voiced: boolean, loudness: number): VoiceTransition | undefined {
    const gap = this.#frames - this.#lastVoicedFrame;
    if (voiced && (gap <= EXTEND_GAP_FRAMES || this.#run >= EXTEND_RUN_FRAMES)) {
      this.#lastVoicedFrame = this.#frames;
      this.#peakCentiDb = Math.max(this.#peakCentiDb, loudness);
      return undefined;
    }
    const endSample = Math.max(this.#earliestSample, (this.#lastVoicedFrame - 1) * this.frameSamples);
    const detectedAtSample = this.#frames * this.frameSamples;
    if (detectedAtSample - endSample < this.#silenceSamples) return undefined;
    this.speaking = false;
    this.#dropCandidate();
    this.#earliestSample = endSample;
    return { kind: 'stopped', detectedAtSample, endSample };
  }
}

/** Linear between the rows of the table; outside it the nearest row. */
function interpolate(threshold: number, key: 'enterCentiDb' | 'lowestCentiDb'): number {
  let low: (typeof SENSITIVITY)[number] = SENSITIVITY[0];
  for (const high of SENSITIVITY) {
    if (threshold <= high.threshold) {
      const span = high.threshold - low.threshold;
      if (span <= 0) return high[key];
      return Math.round(low[key] + ((high[key] - low[key]) * (threshold - low.threshold)) / span);
    }
    low = high;
  }
  return low[key];
}
