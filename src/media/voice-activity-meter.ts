/**
 * Measures one 10 ms frame against the noise floor: how far its bands stand out, how loud what stands out is,
 * and how far the bands have fallen since an onset. It must never decide what is speech.
 */
import { centiDbOfPower } from './integer-decibels.js';
import type { Decimator } from './voice-activity-decimator.js';
import { NoiseFloor } from './voice-activity-floor.js';
import { BandAnalyser } from './voice-activity-spectrum.js';

/** Lowest floor of a band in hundredths of a decibel: quieter backgrounds count as silence. */
const LOWEST_FLOOR_CENTI_DB = 5_000;
/** Fluctuation of a noise over two frames and over four that is no excess yet. */
const SHORT_MARGIN_CENTI_DB = 300;
const LONG_MARGIN_CENTI_DB = 200;
/** The most one band may add to the mean excess. */
const EXCESS_CAP_CENTI_DB = 1_800;
/** A band must have risen so far above the floor for its fall to count, and at least so many bands are averaged. */
const FALL_RISE_CENTI_DB = 600;
const FALL_LEAST_BANDS = 3;
/** Only what a band held for so many frames can fall: a click over a new noise is no voice. */
const FALL_HELD_FRAMES = 8;
/** Frames kept: two for decisions, four for what needs steadier levels. */
const KEPT_FRAMES = 4;
/** Undoes the pre-emphasis band by band, so that hiss does not outweigh vowels; the divisor keeps the sum below 2^53. */
const LOUDNESS_WEIGHTS = [96, 37, 19, 10, 6, 4, 2, 1, 1, 1] as const;
const LOUDNESS_DIVISOR = 64;
/** What the sum of weighted bands reads for a square wave at full scale (0 dBFS). */
const FULL_SCALE_CENTI_DB = 13_750;
/** Loudness of silence: below every sound. */
const SILENCE_CENTI_DBFS = -FULL_SCALE_CENTI_DB;

/** The levels of the stream at its newest frame, in hundredths of a decibel. */
export class VoiceMeter {
  /** Samples per 10 ms frame. */
  readonly frameSamples: number;
  /** Mean excess of the bands over the floor, levels taken over two frames. */
  shortExcess = 0;
  /** The same over four frames: slower, but sees weaker sounds. */
  longExcess = 0;
  /** Level of the bands that stand out, together, in hundredths of dBFS; lower than any sound when none does. */
  loudness = SILENCE_CENTI_DBFS;
  readonly #analyser: BandAnalyser;
  readonly #floor: NoiseFloor;
  readonly #bands: number;
  readonly #powers: Float64Array;
  readonly #longLevels: Int32Array;
  readonly #peaks: Int32Array;
  readonly #falls: Int32Array;

  constructor(decimator: Decimator) {
    this.frameSamples = decimator.frameSamples;
    this.#analyser = new BandAnalyser(decimator);
    this.#bands = this.#analyser.bandCount;
    this.#floor = new NoiseFloor(this.#bands, LOWEST_FLOOR_CENTI_DB);
    this.#powers = new Float64Array(KEPT_FRAMES * this.#bands);
    this.#longLevels = new Int32Array(this.#bands);
    this.#peaks = new Int32Array(this.#bands);
    this.#falls = new Int32Array(this.#bands);
  }

  /** How many frames back a steady sound began that the floor has taken in; 0 when the sound is not steady. */
  get steadyFrames(): number {
    return this.#floor.steadyFrames;
  }

  /** Takes one frame of `frameSamples` samples. */
  pushFrame(frame: Int16Array): void {
    const bands = this.#bands;
    this.#analyser.pushFrame(frame);
    this.#powers.copyWithin(0, bands);
    this.#powers.set(this.#analyser.powers, (KEPT_FRAMES - 1) * bands);
    let shortSum = 0;
    let longSum = 0;
    let standingOut = 0;
    for (let band = 0; band < bands; band++) {
      const newer = (this.#powers[3 * bands + band] as number) + (this.#powers[2 * bands + band] as number);
      const older = (this.#powers[bands + band] as number) + (this.#powers[band] as number);
      const floor = this.#floor.levels[band] as number;
      const longLevel = centiDbOfPower(Math.floor(newer / 4) + Math.floor(older / 4));
      this.#longLevels[band] = longLevel;
      const shortOver = centiDbOfPower(Math.floor(newer / 2)) - floor - SHORT_MARGIN_CENTI_DB;
      const longOver = longLevel - floor - LONG_MARGIN_CENTI_DB;
      if (shortOver > 0) {
        shortSum += Math.min(shortOver, EXCESS_CAP_CENTI_DB);
        standingOut += Math.floor(newer / LOUDNESS_DIVISOR) * (LOUDNESS_WEIGHTS[band] as number);
      }
      if (longOver > 0) longSum += Math.min(longOver, EXCESS_CAP_CENTI_DB);
    }
    this.shortExcess = Math.floor(shortSum / bands);
    this.longExcess = Math.floor(longSum / bands);
    this.loudness = centiDbOfPower(standingOut) - FULL_SCALE_CENTI_DB;
    this.#floor.update(this.#longLevels);
  }

  /** Forgets the falls: a new onset begins. */
  startFalls(): void {
    this.#peaks.fill(0);
    this.#falls.fill(0);
  }

  /** Takes the newest frame into account; returns the greatest fall of each band that rose, on average. */
  measureFall(): number {
    let sum = 0;
    let risen = 0;
    for (let band = 0; band < this.#bands; band++) {
      const floor = this.#floor.levels[band] as number;
      const level = Math.max(this.#longLevels[band] as number, floor);
      const peak = Math.max(this.#peaks[band] as number, this.#floor.leastOf(band, FALL_HELD_FRAMES));
      const fall = Math.max(this.#falls[band] as number, peak - level);
      this.#peaks[band] = peak;
      this.#falls[band] = fall;
      if (peak < floor + FALL_RISE_CENTI_DB) continue;
      risen++;
      sum += fall;
    }
    return Math.floor(sum / Math.max(risen, FALL_LEAST_BANDS));
  }
}
