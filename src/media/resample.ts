/**
 * Sample rate conversion of PCM16 by a windowed sinc in polyphase form. The kernel comes from recurrences and
 * power series over + - * / and square root, whose results every engine rounds alike, and is then rounded to
 * integers: must never use transcendental `Math`.
 */
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';

/** Zero crossings of the kernel on each side: sets how steep the filter is. */
const ZERO_CROSSINGS = 24;
/** Points of the prototype kernel between two zero crossings; between points it is interpolated. */
const POINTS_PER_CROSSING = 512;
/** cos(pi / 512) and sin(pi / 512): the seed of the sine recurrence. */
const COS_STEP = 0.9999811752826011;
const SIN_STEP = 0.006135884649154475;
/** Shape of the Kaiser window: about 62 dB of stop-band attenuation. */
const KAISER_BETA = 5.85;
/** Cut-off as a share of the lower Nyquist frequency, so that the filter is closed at that frequency itself. */
const CUTOFF_NUMERATOR = 37;
const CUTOFF_DENOMINATOR = 40;
/** Coefficients are integers that sum to this in every phase: unity gain, exactly. */
const UNITY_GAIN = 1 << 20;
/** Phases kept at once; rate pairs with more recompute them as they go. */
const CACHED_PHASES = 1024;

let prototypeKernel: Float64Array | undefined;

/**
 * Converts samples from one rate to another. The result has round(length * toHz / fromHz) samples and no delay.
 * From 48 to 16 kHz: flat within 1 dB to 6 kHz, at least 50 dB down from 8 kHz.
 *
 * @param fromHz, toHz integers within `LIMITS.sampleRateMinHz` and `LIMITS.sampleRateMaxHz`
 * @throws SoundstageError `E_SAMPLE_RATE` when a rate is out of range
 */
export function resamplePcm16(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  checkRate(fromHz);
  checkRate(toHz);
  if (fromHz === toHz) return samples.slice();
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const phaseCount = toHz / divisor;
  const step = fromHz / divisor;
  const phases = new PhaseTable(phaseCount, step);
  const { tapCount, firstTap } = phases;
  const padded = new Int16Array(samples.length + 2 * tapCount);
  padded.set(samples, tapCount);
  const output = new Int16Array(Math.round((samples.length * phaseCount) / step));
  for (let index = 0; index < output.length; index += 1) {
    const position = index * step;
    const phase = position % phaseCount;
    const coefficients = phases.coefficients(phase);
    const start = tapCount + firstTap + (position - phase) / phaseCount;
    let sum = 0;
    for (let tap = 0; tap < tapCount; tap += 1) {
      sum += (coefficients[tap] ?? 0) * (padded[start + tap] ?? 0);
    }
    output[index] = clampToInt16(Math.round(sum / UNITY_GAIN));
  }
  return output;
}

/** The kernel cut into one row of integer coefficients per position between two source samples. */
class PhaseTable {
  readonly tapCount: number;
  /** Offset of the first tap from the source sample at or before the position. */
  readonly firstTap: number;
  readonly #phaseCount: number;
  readonly #cutoff: number;
  readonly #rows = new Map<number, Float64Array>();

  constructor(phaseCount: number, step: number) {
    this.#phaseCount = phaseCount;
    this.#cutoff = (Math.min(1, phaseCount / step) * CUTOFF_NUMERATOR) / CUTOFF_DENOMINATOR;
    const halfWidth = Math.ceil(ZERO_CROSSINGS / this.#cutoff);
    this.tapCount = 2 * halfWidth;
    this.firstTap = 1 - halfWidth;
  }

  coefficients(phase: number): Float64Array {
    const cached = this.#rows.get(phase);
    if (cached !== undefined) return cached;
    const row = this.#compute(phase);
    if (this.#rows.size < CACHED_PHASES) this.#rows.set(phase, row);
    return row;
  }

  #compute(phase: number): Float64Array {
    const row = new Float64Array(this.tapCount);
    let sum = 0;
    for (let tap = 0; tap < this.tapCount; tap += 1) {
      const distance = Math.abs(this.firstTap + tap - phase / this.#phaseCount);
      const value = kernelAt(distance * this.#cutoff);
      row[tap] = value;
      sum += value;
    }
    let rest = UNITY_GAIN;
    let largest = 0;
    for (let tap = 0; tap < this.tapCount; tap += 1) {
      const rounded = Math.round(((row[tap] ?? 0) * UNITY_GAIN) / sum);
      row[tap] = rounded;
      rest -= rounded;
      if (rounded > (row[largest] ?? 0)) largest = tap;
    }
    row[largest] = (row[largest] ?? 0) + rest;
    return row;
  }
}

/** The prototype kernel at a distance in zero crossings, interpolated; 0 beyond its end. */
function kernelAt(distance: number): number {
  prototypeKernel ??= buildPrototypeKernel();
  const position = distance * POINTS_PER_CROSSING;
  const index = Math.floor(position);
  const fraction = position - index;
  const left = prototypeKernel[index] ?? 0;
  const right = prototypeKernel[index + 1] ?? 0;
  return left + (right - left) * fraction;
}

/** One side of sinc(x) times a Kaiser window; the sine by rotation, restarted at each zero crossing. */
function buildPrototypeKernel(): Float64Array {
  const kernel = new Float64Array(ZERO_CROSSINGS * POINTS_PER_CROSSING + 1);
  const windowScale = besselI0(KAISER_BETA);
  kernel[0] = 1;
  for (let crossing = 0; crossing < ZERO_CROSSINGS; crossing += 1) {
    const sign = crossing % 2 === 0 ? 1 : -1;
    let sine = 0;
    let cosine = sign;
    for (let point = 1; point < POINTS_PER_CROSSING; point += 1) {
      const nextSine = sine * COS_STEP + cosine * SIN_STEP;
      cosine = cosine * COS_STEP - sine * SIN_STEP;
      sine = nextSine;
      const index = crossing * POINTS_PER_CROSSING + point;
      const distance = index / POINTS_PER_CROSSING;
      const share = distance / ZERO_CROSSINGS;
      const window = besselI0(KAISER_BETA * Math.sqrt(1 - share * share)) / windowScale;
      kernel[index] = (sine / (Math.PI * distance)) * window;
    }
  }
  return kernel;
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(argument: number): number {
  let sum = 1;
  let term = 1;
  for (let order = 1; order < 40; order += 1) {
    const factor = argument / (2 * order);
    term *= factor * factor;
    sum += term;
  }
  return sum;
}

function clampToInt16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}

function greatestCommonDivisor(first: number, second: number): number {
  let [larger, smaller] = [first, second];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function checkRate(rateHz: number): void {
  if (Number.isInteger(rateHz) && rateHz >= LIMITS.sampleRateMinHz && rateHz <= LIMITS.sampleRateMaxHz)
    return;
  throw new SoundstageError(
    'E_SAMPLE_RATE',
    `Resampling failed: ${rateHz} Hz is not a whole rate from ${LIMITS.sampleRateMinHz} to ${LIMITS.sampleRateMaxHz}. Try checking the header the rate came from.`,
    { details: { rateHz } },
  );
}
