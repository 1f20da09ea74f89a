/**
 * The noise floor of each band: what has been there steadily, or what remains in the gaps of speech. It must
 * never rise to the level of speech, and must reach a new steady noise within about half a second.
 */

/** Frames (10 ms) that must look alike before a sound counts as steady. */
const STEADY_FRAMES = 40;
/** Largest mean range of the bands' levels, in hundredths of a decibel, of a steady sound. */
const STEADY_RANGE_CENTI_DB = 600;
/** Bands that count at least, so that one fluctuating low band cannot decide alone. */
const LEAST_ACTIVE_BANDS = 3;
/** Minimum statistics: blocks of so many frames, and how many blocks are remembered (3 s). */
const BLOCK_FRAMES = 50;
const BLOCKS = 6;
const NEVER = 1_000_000;

/** Tracks one floor per band, in hundredths of a decibel. */
export class NoiseFloor {
  /** The floor of each band; never below `lowest`. */
  readonly levels: Int32Array;
  /** Frames that have sounded alike: 0, or at least 40. */
  steadyFrames = 0;
  readonly #lowest: number;
  readonly #bands: number;
  readonly #recent: Int32Array;
  readonly #means: Int32Array;
  readonly #blockMinima: Int32Array;
  #frames = 0;

  constructor(bands: number, lowest: number) {
    this.#bands = bands;
    this.#lowest = lowest;
    this.levels = new Int32Array(bands).fill(lowest);
    this.#recent = new Int32Array(bands * STEADY_FRAMES).fill(lowest);
    this.#means = new Int32Array(bands);
    this.#blockMinima = new Int32Array(bands * BLOCKS).fill(NEVER);
  }

  /** Takes the smoothed level of each band in one frame. */
  update(levels: Int32Array): void {
    const slot = this.#frames % STEADY_FRAMES;
    const block = Math.floor(this.#frames / BLOCK_FRAMES) % BLOCKS;
    const freshBlock = this.#frames % BLOCK_FRAMES === 0;
    for (let band = 0; band < this.#bands; band++) {
      const level = Math.max(levels[band] as number, this.#lowest);
      this.#recent[band * STEADY_FRAMES + slot] = level;
      const at = band * BLOCKS + block;
      if (freshBlock || level < (this.#blockMinima[at] as number)) this.#blockMinima[at] = level;
    }
    this.#frames++;
    const steady = this.#meanRange() < STEADY_RANGE_CENTI_DB && this.#frames >= STEADY_FRAMES;
    this.steadyFrames = steady ? Math.max(STEADY_FRAMES, this.steadyFrames + 1) : 0;
    for (let band = 0; band < this.#bands; band++) {
      const level = this.#recent[band * STEADY_FRAMES + slot] as number;
      this.levels[band] = steady ? (this.#means[band] as number) : this.#drift(band, level);
    }
  }

  /** The level that a band has not fallen below in its last frames (at most 40). */
  leastOf(band: number, frames: number): number {
    let least = NEVER;
    for (let back = 1; back <= frames; back++) {
      const slot = (this.#frames - back + STEADY_FRAMES) % STEADY_FRAMES;
      least = Math.min(least, this.#recent[band * STEADY_FRAMES + slot] as number);
    }
    return least;
  }

  /** Between steady stretches the floor follows a fall within 160 ms and rises only to the least level of 3 s. */
  #drift(band: number, level: number): number {
    const floor = this.levels[band] as number;
    if (level < floor) return floor + ((level - floor) >> 4);
    let least = NEVER;
    for (let block = 0; block < BLOCKS; block++) {
      least = Math.min(least, this.#blockMinima[band * BLOCKS + block] as number);
    }
    return this.#frames >= BLOCKS * BLOCK_FRAMES && least > floor
      ? floor + ((least - floor + 15) >> 4)
      : floor;
  }

  /** How far each band ranged in the last 400 ms, averaged over the bands that sounded; notes each band's mean. */
  #meanRange(): number {
    let rangeSum = 0;
    let active = 0;
    for (let band = 0; band < this.#bands; band++) {
      let least = NEVER;
      let most = 0;
      let sum = 0;
      const end = (band + 1) * STEADY_FRAMES;
      for (let at = end - STEADY_FRAMES; at < end; at++) {
        const level = this.#recent[at] as number;
        if (level < least) least = level;
        if (level > most) most = level;
        sum += level;
      }
      this.#means[band] = sum / STEADY_FRAMES;
      rangeSum += most - least;
      if (most > this.#lowest) active++;
    }
    return Math.floor(rangeSum / Math.max(active, LEAST_ACTIVE_BANDS));
  }
}
