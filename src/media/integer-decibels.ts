/**
 * Decibels of an integer power, in hundredths, from a table. It must never call Math.log: its bits differ
 * between engines.
 */

const FRACTION_BITS = 7;
const FRACTION_STEPS = 1 << FRACTION_BITS;
/** 10 * log10(2) in hundredths of a decibel. */
const CENTI_DB_PER_DOUBLING = 301.03;

/** log2(1 + i / 128) as hundredths of a decibel, found by repeated squaring, which IEEE arithmetic does alike everywhere. */
const FRACTION_CENTI_DB = Int32Array.from({ length: FRACTION_STEPS }, (_, step) => {
  let value = 1 + (step + 0.5) / FRACTION_STEPS;
  let log2 = 0;
  for (let bit = 0.5; bit > 1e-5; bit /= 2) {
    value *= value;
    if (value >= 2) {
      value /= 2;
      log2 += bit;
    }
  }
  return Math.round(log2 * CENTI_DB_PER_DOUBLING);
});

const TWO_POW_22 = 2 ** 22;
const TWO_POW_31 = 2 ** 31;

/**
 * 10 * log10(power) in hundredths of a decibel, within 0.03 dB.
 * @param power A non-negative integer below 2^53. 0 and 1 give about 0.
 */
export function centiDbOfPower(power: number): number {
  let mantissa = power;
  let exponent = 0;
  if (mantissa >= TWO_POW_31) {
    mantissa = Math.floor(mantissa / TWO_POW_22);
    exponent = 22;
  }
  if (mantissa < 1) return 0;
  const top = 31 - Math.clz32(mantissa);
  const fraction =
    top >= FRACTION_BITS ? mantissa >>> (top - FRACTION_BITS) : mantissa << (FRACTION_BITS - top);
  const whole = Math.floor(((exponent + top) * 30_103) / 100);
  return whole + (FRACTION_CENTI_DB[fraction & (FRACTION_STEPS - 1)] as number);
}
