/**
 * Spoken answers without a model: tones whose pitch and length follow the words of a text. The same text, rate
 * and voice give the same samples on every machine. Must never be mistaken for text to speech: nobody can
 * understand it, but levels, pauses and melody are those of speech.
 */
import { LIMITS } from '../protocol/limits.js';
import { concatPcm16 } from './pcm.js';
import { renderSpokenWord, voicePitchHz } from './speech-voice.js';
import { planSpokenWord, splitSpokenWords } from './speech-words.js';

/** Rates at which answers are spoken. */
export type SpeechRateHz = 8_000 | 16_000 | 24_000 | 48_000;

/** How to speak. */
export interface SpeechOptions {
  readonly sampleRateHz: SpeechRateHz;
  /** Name of a voice; each name has its own pitch. */
  readonly voice?: string | undefined;
}

/** One word of a spoken text, with the punctuation and space that follow it. */
interface SpokenWord {
  readonly text: string;
  readonly startSample: number;
  /** Where the word and the pause after it end: the start of the next word. */
  readonly endSample: number;
}

/** A voice that is read piece by piece, so that nobody has to hold all of it at once. */
export interface Speech {
  readonly sampleCount: number;
  /**
   * The samples from `fromSample` up to, not including, `toSample`; both within the speech.
   *
   * @param scratch memory the result may lie in, if it is used up before the next read; large enough
   */
  read(fromSample: number, toSample: number, scratch?: Int16Array): Int16Array;
}

/** A spoken text. The words' texts joined are the text; their samples joined are the speech. */
export interface SpokenText extends Speech {
  readonly sampleRateHz: number;
  readonly words: readonly SpokenWord[];
  /** The whole speech in one piece, made anew at every look. */
  readonly samples: Int16Array;
}

/** Longer words are spoken but not remembered. */
const CACHED_WORD_CHARS = 64;

/** Rendered words, least recently used first. What is in it never shows in a result. */
const renderedWords = new Map<string, Int16Array>();
let renderedSamples = 0;

/**
 * Speaks a text: about 2.5 words, or 4 ideographs, a second; peaks between -20 and -12 dBFS. The empty text has
 * no samples, symbols and emoji are short silences.
 */
export function synthesizeSpeech(text: string, options: SpeechOptions): SpokenText {
  const pitchHz = voicePitchHz(options.voice);
  const parts: Int16Array[] = [];
  const words: SpokenWord[] = [];
  let startSample = 0;
  for (const piece of splitSpokenWords(text)) {
    const samples = speakWord(piece, options.sampleRateHz, pitchHz);
    const endSample = startSample + samples.length;
    words.push({ text: piece, startSample, endSample });
    parts.push(samples);
    startSample = endSample;
  }
  return new SpokenWords(options.sampleRateHz, words, parts);
}

/** A recorded voice as speech; shares the memory of `samples`. */
export function speechFromSamples(samples: Int16Array): Speech {
  return { sampleCount: samples.length, read: (from, to) => samples.subarray(from, to) };
}

/** Speech whose words stay where they were rendered. */
class SpokenWords implements SpokenText {
  readonly sampleRateHz: number;
  readonly words: readonly SpokenWord[];
  readonly #parts: readonly Int16Array[];

  constructor(sampleRateHz: number, words: readonly SpokenWord[], parts: readonly Int16Array[]) {
    this.sampleRateHz = sampleRateHz;
    this.words = words;
    this.#parts = parts;
  }

  get sampleCount(): number {
    return this.words.at(-1)?.endSample ?? 0;
  }

  get samples(): Int16Array {
    return concatPcm16(this.#parts);
  }

  read(fromSample: number, toSample: number, scratch?: Int16Array): Int16Array {
    const sampleCount = toSample - fromSample;
    const piece = scratch?.subarray(0, sampleCount) ?? new Int16Array(sampleCount);
    for (const [index, { startSample, endSample }] of this.words.entries()) {
      if (endSample <= fromSample) continue;
      if (startSample >= toSample) break;
      const from = Math.max(fromSample, startSample);
      const part = this.#parts[index]?.subarray(
        from - startSample,
        Math.min(toSample, endSample) - startSample,
      );
      if (part !== undefined) piece.set(part, from - fromSample);
    }
    return piece;
  }
}

function speakWord(piece: string, sampleRateHz: number, pitchHz: number): Int16Array {
  if (piece.length > CACHED_WORD_CHARS) return renderSpokenWord(planSpokenWord(piece), sampleRateHz, pitchHz);
  const key = `${sampleRateHz}/${pitchHz}/${piece}`;
  const known = renderedWords.get(key);
  if (known !== undefined) {
    renderedWords.delete(key);
    renderedWords.set(key, known);
    return known;
  }
  const samples = renderSpokenWord(planSpokenWord(piece), sampleRateHz, pitchHz);
  renderedWords.set(key, samples);
  renderedSamples += samples.length;
  forgetOldestWords();
  return samples;
}

function forgetOldestWords(): void {
  for (const [key, samples] of renderedWords) {
    if (renderedSamples <= LIMITS.speechCacheSamples) return;
    renderedWords.delete(key);
    renderedSamples -= samples.length;
  }
}
