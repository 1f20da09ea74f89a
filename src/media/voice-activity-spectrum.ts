/**
 * The power of a few frequency bands in each 10 ms frame: a 20 ms Hann window, an integer Fourier transform,
 * sums of bins. It must never decide anything, and never depend on more than the samples it was given.
 */
import { type Decimator, FRAME_OUTPUTS } from './voice-activity-decimator.js';

const WINDOW_SAMPLES = 2 * FRAME_OUTPUTS;
const FFT_SIZE = 256;
const HALF_SIZE = FFT_SIZE / 2;
const UNIT = 1 << 14;

/** First bin of each band, then the end of the last: 31.25 Hz each, about 190 Hz to 3.8 kHz. */
const BAND_FIRST_BINS = [6, 11, 16, 22, 30, 40, 54, 72, 94, 121] as const;
/** Bands below 4 kHz; one more follows at rates that carry it. */
const LOW_BANDS = BAND_FIRST_BINS.length - 1;
/** Makes the energy above 4 kHz comparable with a band's power (window, fraction bits and pre-emphasis). */
const HIGH_BAND_GAIN = 16_384;

/** cos and sin of one turn divided into `parts`, from half-angle roots: square roots are exact in IEEE arithmetic. */
function unitAngle(cosOfStart: number, halvings: number): { cos: number; sin: number } {
  let cos = cosOfStart;
  for (let count = 0; count < halvings; count++) cos = Math.sqrt((1 + cos) / 2);
  return { cos, sin: Math.sqrt(1 - cos * cos) };
}

/** Integer cosines (times 2^14) of `count` multiples of an angle. */
function cosines(
  angle: { cos: number; sin: number },
  count: number,
): { cos: Float64Array; sin: Float64Array } {
  const table = { cos: new Float64Array(count), sin: new Float64Array(count) };
  let re = 1;
  let im = 0;
  for (let index = 0; index < count; index++) {
    table.cos[index] = Math.round(re * UNIT);
    table.sin[index] = Math.round(im * UNIT);
    const next = re * angle.cos - im * angle.sin;
    im = re * angle.sin + im * angle.cos;
    re = next;
  }
  return table;
}

/** A quarter turn has cosine 0: six halvings give 1/256 of a turn. */
const TWIDDLE = cosines(unitAngle(0, 6), FFT_SIZE);
/** A fifth of a turn has cosine (sqrt(5) - 1) / 4: five halvings give 1/160 of a turn. */
const HANN = cosines(unitAngle((Math.sqrt(5) - 1) / 4, 5), WINDOW_SAMPLES).cos.map(
  (cos) => (UNIT - cos) >> 3,
);
const HANN_DIVISOR = 1 << 11;

const BIT_REVERSED = Uint8Array.from({ length: HALF_SIZE }, (_, index) => {
  let reversed = 0;
  for (let bit = 0; bit < 7; bit++) reversed |= ((index >> bit) & 1) << (6 - bit);
  return reversed;
});

/** The first stage, whose twiddle is 1. */
function addPairs(values: Float64Array): void {
  for (let top = 0; top < HALF_SIZE; top += 2) {
    const first = values[top] as number;
    const second = values[top + 1] as number;
    values[top] = first + second;
    values[top + 1] = first - second;
  }
}

/** Radix-2 transform of 128 complex values that stand in bit-reversed order; every product is rounded to an integer. */
function transform(re: Float64Array, im: Float64Array): void {
  addPairs(re);
  addPairs(im);
  for (let size = 4; size <= HALF_SIZE; size *= 2) {
    const half = size / 2;
    const stride = FFT_SIZE / size;
    for (let offset = 0; offset < half; offset++) {
      const cos = TWIDDLE.cos[offset * stride] as number;
      const sin = TWIDDLE.sin[offset * stride] as number;
      for (let top = offset; top < HALF_SIZE; top += size) {
        const low = top + half;
        const lowRe = re[low] as number;
        const lowIm = im[low] as number;
        const turnedRe = Math.floor((lowRe * cos + lowIm * sin) / UNIT + 0.5);
        const turnedIm = Math.floor((lowIm * cos - lowRe * sin) / UNIT + 0.5);
        const topRe = re[top] as number;
        const topIm = im[top] as number;
        re[low] = topRe - turnedRe;
        im[low] = topIm - turnedIm;
        re[top] = topRe + turnedRe;
        im[top] = topIm + turnedIm;
      }
    }
  }
}

/** Measures band powers frame by frame. */
export class BandAnalyser {
  /** Number of bands at this rate. */
  readonly bandCount: number;
  /** Power of each band in the window that ends with the frame last pushed: integers below 2^53. */
  readonly powers: Float64Array;
  readonly #decimator: Decimator;
  readonly #window = new Float64Array(WINDOW_SAMPLES);
  readonly #re = new Float64Array(HALF_SIZE);
  readonly #im = new Float64Array(HALF_SIZE);
  #lastSample = 0;

  constructor(decimator: Decimator) {
    this.#decimator = decimator;
    this.bandCount = decimator.hasHighBand ? LOW_BANDS + 1 : LOW_BANDS;
    this.powers = new Float64Array(this.bandCount);
  }

  /** Takes one frame of input at the decimator's rate. */
  pushFrame(frame: Int16Array): void {
    this.#decimator.pushFrame(frame);
    this.#fillWindow(this.#decimator.output);
    transform(this.#re, this.#im);
    this.#sumBands();
    if (this.bandCount > LOW_BANDS) this.powers[LOW_BANDS] = this.#decimator.highEnergy * HIGH_BAND_GAIN;
  }

  /** Pre-emphasis (x[n] - x[n-1] * 31/32) takes out offset and most of a hum; then the window, two samples per complex value. */
  #fillWindow(output: Int32Array): void {
    const window = this.#window;
    window.copyWithin(0, FRAME_OUTPUTS);
    let last = this.#lastSample;
    for (let index = 0; index < FRAME_OUTPUTS; index++) {
      const sample = output[index] as number;
      window[FRAME_OUTPUTS + index] = sample * 4 - ((last * 31) >> 3);
      last = sample;
    }
    this.#lastSample = last;
    this.#re.fill(0);
    this.#im.fill(0);
    for (let pair = 0; pair < FRAME_OUTPUTS; pair++) {
      const at = BIT_REVERSED[pair] as number;
      this.#re[at] = Math.floor(((window[2 * pair] as number) * (HANN[2 * pair] as number)) / HANN_DIVISOR);
      this.#im[at] = Math.floor(
        ((window[2 * pair + 1] as number) * (HANN[2 * pair + 1] as number)) / HANN_DIVISOR,
      );
    }
  }

  /** Separates the transform of the even samples from that of the odd ones and adds up the power of each band. */
  #sumBands(): void {
    const re = this.#re;
    const im = this.#im;
    let bin = BAND_FIRST_BINS[0] as number;
    for (let band = 0; band < LOW_BANDS; band++) {
      const end = BAND_FIRST_BINS[band + 1] as number;
      let power = 0;
      for (; bin < end; bin++) {
        const mirror = HALF_SIZE - bin;
        const evenRe = ((re[bin] as number) + (re[mirror] as number)) / 2;
        const evenIm = ((im[bin] as number) - (im[mirror] as number)) / 2;
        const oddRe = ((im[bin] as number) + (im[mirror] as number)) / 2;
        const oddIm = ((re[mirror] as number) - (re[bin] as number)) / 2;
        const cos = TWIDDLE.cos[bin] as number;
        const sin = TWIDDLE.sin[bin] as number;
        const binRe = Math.floor(evenRe + (oddRe * cos + oddIm * sin) / UNIT);
        const binIm = Math.floor(evenIm + (oddIm * cos - oddRe * sin) / UNIT);
        power += binRe * binRe + binIm * binIm;
      }
      this.powers[band] = power;
    }
  }
}
