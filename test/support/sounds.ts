/**
 * Sounds for the voice activity tests, made from seeds and recurrences in integers or plain IEEE arithmetic. Must never
 * draw from ambient randomness.
 */

/** A sound before it is rounded to PCM16: one number per sample, full scale 32768. */
export type Sound = Float64Array;

/** Numbers in [-1, 1) from a 32-bit xorshift. */
function noiseSource(seed: number): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}

/** White noise. */
export function whiteNoise(sampleCount: number, seed: number): Sound {
  const next = noiseSource(seed);
  return Float64Array.from({ length: sampleCount }, () => next() + next() + next());
}

/** Pink noise (Voss and McCartney: row k changes every 2^k samples). */
export function pinkNoise(sampleCount: number, seed: number): Sound {
  const next = noiseSource(seed);
  const rows = new Float64Array(16);
  let sum = 0;
  return Float64Array.from({ length: sampleCount }, (_, index) => {
    const row = Math.min(15, 31 - Math.clz32((index + 1) & -(index + 1)));
    const value = next();
    sum += value - (rows[row] as number);
    rows[row] = value;
    return sum + next();
  });
}

/** A mains hum: the fundamental and harmonics that fall by 1/n. */
export function hum(
  sampleCount: number,
  fundamentalHz: number,
  harmonics: number,
  sampleRateHz = 16_000,
): Sound {
  const sound = new Float64Array(sampleCount);
  for (let harmonic = 1; harmonic <= harmonics; harmonic++) {
    const turn = (2 * Math.PI * fundamentalHz * harmonic) / sampleRateHz;
    let before = Math.sin(harmonic * harmonic - 2 * turn);
    let last = Math.sin(harmonic * harmonic - turn);
    for (let index = 0; index < sampleCount; index++) {
      const value = 2 * Math.cos(turn) * last - before;
      before = last;
      last = value;
      sound[index] = (sound[index] as number) + value / harmonic;
    }
  }
  return sound;
}

/** Clicks of some length, one every `everyMs`. */
export function clicks(
  sampleCount: number,
  options: { lengthMs: number; everyMs: number; peak: number; shape: 'noise' | 'square' | 'step' },
): Sound {
  const sound = new Float64Array(sampleCount);
  const next = noiseSource(7);
  for (let from = 8_000; from < sampleCount; from += options.everyMs * 16) {
    const end = Math.min(sampleCount, from + Math.max(1, Math.round(options.lengthMs * 16)));
    for (let index = from; index < end; index++) {
      const square = (index - from) % 16 < 8 ? 1 : -1;
      const value = options.shape === 'noise' ? next() : options.shape === 'square' ? square : 1;
      sound[index] = value * options.peak;
    }
  }
  return sound;
}

/** Silence. */
export function quiet(ms: number, sampleRateHz = 16_000): Sound {
  return new Float64Array((ms * sampleRateHz) / 1000);
}

/** One sound after another. */
export function join(...parts: readonly ArrayLike<number>[]): Sound {
  const sound = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    sound.set(Array.from(part), at);
    at += part.length;
  }
  return sound;
}

/** Two sounds at once, the second from `fromSample` on. */
export function mix(sound: Sound, other: Sound, fromSample = 0): Sound {
  return sound.map((value, index) => value + (other[index - fromSample] ?? 0));
}

/** Root mean square of a stretch of a sound. */
export function rms(sound: ArrayLike<number>, from = 0, to = sound.length): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += (sound[index] as number) ** 2;
  return Math.sqrt(sum / Math.max(1, to - from));
}

/** A sound scaled so that a stretch of it has a level in dBFS (RMS). */
export function atLevel(sound: ArrayLike<number>, levelDbfs: number, from = 0, to = sound.length): Sound {
  const gain = (32_768 * 10 ** (levelDbfs / 20)) / rms(sound, from, to);
  return Float64Array.from({ length: sound.length }, (_, index) => (sound[index] as number) * gain);
}

/** Rounded and clipped to PCM16. */
export function pcm16(sound: Sound): Int16Array {
  return Int16Array.from(sound, (value) => Math.max(-32_768, Math.min(32_767, Math.round(value))));
}
