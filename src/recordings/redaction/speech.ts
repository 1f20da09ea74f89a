/**
 * Voices as tones: samples of the same number and loudness that say nothing, and the words that were said as empty
 * texts. Integers only. Must keep nothing of a window but its level.
 */
import { bytesFromPcm16, pcm16FromBytes } from '../../media/index.js';
import type { DraftEntry, DraftPart, Side } from '../entries.js';
import { isJsonText, jsonScalars } from './json-scalars.js';
import { applyReplacements } from './replacements.js';

/** Samples of one window: 10 ms at 16 kHz, 6.7 ms at 24 kHz. */
const WINDOW_SAMPLES = 160;
/** Samples of one period of the tone: 200 Hz at 16 kHz, 300 Hz at 24 kHz. */
const PERIOD_SAMPLES = 80;
const QUARTER = PERIOD_SAMPLES / 4;
/** Events whose every text was spoken. */
const SPOKEN_EVENT = /"(?:response\.audio_transcript|conversation\.item\.input_audio_transcription)\./;
const SPOKEN_KEYS: ReadonlySet<unknown> = new Set(['delta', 'text', 'stash', 'transcript']);

/** Takes voices and words out of the entries of one connection. */
export class SpeechRedactor {
  readonly #phases = { client: 0, server: 0 };

  redact(entry: DraftEntry): DraftEntry {
    if (entry.kind !== 'text') return entry;
    const parts = entry.parts.map((part) => this.#part(part, entry.from));
    const { frames: _frames, ...rest } = entry;
    return parts.every((part, index) => part === entry.parts[index]) ? entry : { ...rest, parts };
  }

  #part(part: DraftPart, from: Side): DraftPart {
    if (typeof part === 'string') return withoutWords(part);
    return part.media === 'pcm' ? { ...part, bytes: this.#tone(part.bytes, from) } : part;
  }

  #tone(bytes: Uint8Array, lane: Side): Uint8Array {
    const samples = pcm16FromBytes(bytes.slice());
    const tone = new Int16Array(samples.length);
    let phase = this.#phases[lane];
    for (let start = 0; start < samples.length; start += WINDOW_SAMPLES) {
      const window = samples.subarray(start, start + WINDOW_SAMPLES);
      const level = window.reduce((sum, sample) => sum + Math.abs(sample), 0) / window.length;
      // The mean of a triangle wave is half its height.
      const height = Math.min(32_767, Math.floor(2 * level));
      for (let index = 0; index < window.length; index += 1) {
        tone[start + index] = Math.trunc((height * triangle(phase)) / QUARTER);
        phase = (phase + 1) % PERIOD_SAMPLES;
      }
    }
    this.#phases[lane] = phase;
    return bytesFromPcm16(tone);
  }
}

/** From -QUARTER to QUARTER. */
function triangle(phase: number): number {
  if (phase < QUARTER) return phase;
  if (phase < 3 * QUARTER) return 2 * QUARTER - phase;
  return phase - 4 * QUARTER;
}

/** A message whose spoken words are empty texts. */
function withoutWords(text: string): string {
  const isSpoken = SPOKEN_EVENT.test(text);
  if ((!isSpoken && !text.includes('transcript')) || !isJsonText(text)) return text;
  const replacements = [];
  for (const { kind, start, end, path } of jsonScalars(text)) {
    const key = path.at(-1);
    if (kind !== 'string' || start === end) continue;
    if (key === 'transcript' || (isSpoken && path.length === 1 && SPOKEN_KEYS.has(key)))
      replacements.push({ start, end, text: '' });
  }
  return applyReplacements(text, replacements);
}
