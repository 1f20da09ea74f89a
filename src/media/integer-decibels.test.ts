import { describe, expect, it } from 'vitest';
import { centiDbOfPower } from './integer-decibels.js';

describe('decibels without Math.log', () => {
  it('agrees with the logarithm within 0.03 dB over all powers', () => {
    for (let power = 1; power < Number.MAX_SAFE_INTEGER; power = Math.ceil(power * 1.0137)) {
      const difference = centiDbOfPower(power) - 1000 * Math.log10(power);
      expect(Math.abs(difference), `power ${power}`).toBeLessThanOrEqual(3);
    }
  });

  it('never falls as the power grows, and gives silence 0', () => {
    expect(centiDbOfPower(0)).toBe(0);
    let last = 0;
    for (let power = 1; power < Number.MAX_SAFE_INTEGER; power = Math.ceil(power * 1.0009)) {
      const level = centiDbOfPower(power);
      expect(level, `power ${power}`).toBeGreaterThanOrEqual(last);
      last = level;
    }
  });
});
