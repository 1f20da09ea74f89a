/**
 * Brings every input rate to one 8 kHz stream in integers, so that one detector serves all rates, and
 * measures what lies above 4 kHz on the way. It must never use a float that is not an exact integer.
 */

/** Integer FIR taps (sum of the low-pass: 4096) and the decimation factor of one input rate. */
interface RateRow {
  readonly factor: number;
  readonly lowTaps: readonly number[];
  readonly highTaps: readonly number[];
}

/** Hamming-windowed sinc: low-pass 3.6 kHz; band-pass 4.2 to 7.2 kHz for sibilants. The taps are symmetric: half of each is listed. */
const RATE_ROWS: Readonly<Record<number, RateRow>> = {
  8000: { factor: 1, lowTaps: [], highTaps: [] },
  16000: {
    factor: 2,
    lowTaps: [8, -8, -28, 13, 101, 13, -262, -170, 700, 1682],
    highTaps: [10, -30, 28, 29, -19, -126, 9, 683, -1240, 657],
  },
  24000: {
    factor: 3,
    lowTaps: [6, 1, -9, -19, -14, 20, 63, 63, -19, -150, -206, -51, 344, 837, 1180],
    highTaps: [7, -4, -25, 5, 50, 2, -25, 7, -132, -97, 411, 312, -673, -583, 744],
  },
  48000: {
    factor: 6,
    lowTaps: [
      3, 3, 2, 0, -3, -7, -9, -11, -9, -4, 5, 17, 28, 36, 36, 26, 5, -26, -60, -89, -105, -96, -57, 14, 114,
      234, 360, 474, 561, 608,
    ],
    highTaps: [
      3, 4, 1, -5, -12, -13, -5, 11, 24, 25, 11, -8, -15, -7, 4, -5, -44, -85, -81, 3, 142, 251, 230, 47,
      -220, -414, -394, -140, 218, 475,
    ],
  },
};

/** Rates the detector takes, in Hz. */
export const DETECTOR_RATES_HZ: readonly number[] = Object.keys(RATE_ROWS).map(Number);

/** Output samples of one 10 ms frame at 8 kHz. */
export const FRAME_OUTPUTS = 80;

/** Turns one 10 ms frame of input at a time into 80 samples at 8 kHz. */
export class Decimator {
  /** Input samples per 10 ms frame. */
  readonly frameSamples: number;
  /** True when the rate carries sound above 4 kHz. */
  readonly hasHighBand: boolean;
  /** The 80 samples at 8 kHz of the frame last pushed. */
  readonly output = new Int32Array(FRAME_OUTPUTS);
  /** Sum of squares of the band above 4 kHz over the frame last pushed; 0 at 8 kHz. */
  highEnergy = 0;
  readonly #factor: number;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #history: Int32Array;

  constructor(row: RateRow) {
    this.#factor = row.factor;
    this.frameSamples = FRAME_OUTPUTS * row.factor;
    this.hasHighBand = row.lowTaps.length > 0;
    this.#low = Int32Array.from(row.lowTaps);
    this.#high = Int32Array.from(row.highTaps);
    this.#history = new Int32Array(2 * this.#low.length + this.frameSamples);
  }

  /** Filters one frame of exactly `frameSamples` samples; the result is in `output` and `highEnergy`. */
  pushFrame(frame: Int16Array): void {
    if (!this.hasHighBand) {
      this.output.set(frame);
      return;
    }
    const history = this.#history;
    const low = this.#low;
    const high = this.#high;
    const lastTap = 2 * low.length - 1;
    history.copyWithin(0, this.frameSamples);
    history.set(frame, lastTap + 1);
    let energy = 0;
    for (let index = 0; index < FRAME_OUTPUTS; index++) {
      const from = (index + 1) * this.#factor;
      let lowSum = 2048;
      let highSum = 2048;
      for (let tap = 0; tap < low.length; tap++) {
        const pair = (history[from + tap] as number) + (history[from + lastTap - tap] as number);
        lowSum = (lowSum + Math.imul(pair, low[tap] as number)) | 0;
        highSum = (highSum + Math.imul(pair, high[tap] as number)) | 0;
      }
      this.output[index] = lowSum >> 12;
      const highSample = highSum >> 12;
      energy += highSample * highSample;
    }
    this.highEnergy = energy;
  }
}

/** The decimator of a rate, or undefined when the rate is not one of `DETECTOR_RATES_HZ`. */
export function createDecimator(sampleRateHz: number): Decimator | undefined {
  const row = RATE_ROWS[sampleRateHz];
  return row === undefined ? undefined : new Decimator(row);
}
