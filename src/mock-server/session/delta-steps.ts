/**
 * The deltas of one message and when each is due: written words, or words and voice (§5.0). Must never open or close
 * anything.
 */
import type { Speech, SpokenText } from '../../media/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { Delivery } from '../../scenarios/index.js';
import type { TextCut } from './max-tokens.js';
import type { ResponseStep } from './response-types.js';

const AUDIO_CHUNK_MS = 200;
/** How far the words run ahead of the voice: a word is written at this share of its spoken time. */
const TRANSCRIPT_LEAD = 2;
/** Spoken words in one transcript delta. */
const WORDS_PER_DELTA = 2;

/** Speech that knows where its words begin. */
export interface VoicedText extends Speech {
  readonly sampleRateHz: number;
  readonly words: readonly Pick<SpokenText['words'][number], 'text' | 'startSample'>[];
}

/** The pieces of a written answer, one every `everyMs`. */
export function textSteps(
  deltas: readonly string[] | undefined,
  cut: TextCut,
  item: number,
  firstMs: number,
  everyMs: number,
): ResponseStep[] {
  const pieces = deltas !== undefined && !cut.cut ? deltas : (cut.text.match(/\s*\S{1,8}/gu) ?? []);
  const rest = cut.text.slice(pieces.join('').length);
  const all = rest === '' ? pieces : [...pieces, rest];
  return all.map((text, index) => ({ kind: 'text-delta', offsetMs: firstMs + index * everyMs, item, text }));
}

/** The words and the voice of a spoken answer, in order of time. */
export function spokenSteps(
  spoken: VoicedText,
  deltas: readonly string[] | undefined,
  cut: TextCut,
  item: number,
  firstMs: number,
  delivery: Delivery,
): ResponseStep[] {
  const { sampleRateHz } = spoken;
  const chunkMs = Math.max(1, Math.min(delivery.audioChunkMs ?? AUDIO_CHUNK_MS, LIMITS.audioChunkMs));
  const chunk = Math.max(1, Math.floor((sampleRateHz * chunkMs) / 1000));
  const transcript =
    deltas !== undefined && !cut.cut
      ? scriptedTranscript(deltas, spoken, item, firstMs)
      : wordSteps(spoken, item, firstMs);
  const audio: ResponseStep[] = [];
  for (let from = 0; from < spoken.sampleCount; from += chunk) {
    const offsetMs = firstMs + Math.floor((from * 1000) / sampleRateHz);
    const toSample = Math.min(from + chunk, spoken.sampleCount);
    audio.push({ kind: 'audio-delta', offsetMs, item, fromSample: from, toSample });
  }
  return merge(transcript, audio);
}

function wordSteps(spoken: VoicedText, item: number, firstMs: number): ResponseStep[] {
  const steps: ResponseStep[] = [];
  for (let index = 0; index < spoken.words.length; index += WORDS_PER_DELTA) {
    const group = spoken.words.slice(index, index + WORDS_PER_DELTA);
    const start = group[0]?.startSample ?? 0;
    const offsetMs = firstMs + Math.floor((start * 1000) / spoken.sampleRateHz / TRANSCRIPT_LEAD);
    steps.push({ kind: 'transcript-delta', offsetMs, item, text: group.map((word) => word.text).join('') });
  }
  return steps;
}

function scriptedTranscript(
  deltas: readonly string[],
  spoken: VoicedText,
  item: number,
  firstMs: number,
): ResponseStep[] {
  const lengthMs = Math.floor((spoken.sampleCount * 1000) / spoken.sampleRateHz / TRANSCRIPT_LEAD);
  return deltas.map((text, index) => ({
    kind: 'transcript-delta',
    offsetMs: firstMs + Math.floor((index * lengthMs) / deltas.length),
    item,
    text,
  }));
}

/** Two lists in order of time; at equal time the transcript goes first, so that words precede their voice. */
function merge(transcript: readonly ResponseStep[], audio: readonly ResponseStep[]): ResponseStep[] {
  const merged: ResponseStep[] = [];
  let next = 0;
  for (const step of transcript) {
    for (; next < audio.length && (audio[next]?.offsetMs ?? 0) < step.offsetMs; next += 1) {
      const earlier = audio[next];
      if (earlier !== undefined) merged.push(earlier);
    }
    merged.push(step);
  }
  return merged.concat(audio.slice(next));
}

/** The same deltas with these times before the first of them; the rest keeps its own pace. */
export function withGaps(
  steps: readonly ResponseStep[],
  gapsMs: readonly number[] | undefined,
  startMs: number,
): readonly ResponseStep[] {
  if (gapsMs === undefined) return steps;
  let beforeMs = startMs;
  return steps.map((step, index) => {
    const ownMs = step.offsetMs - (steps[index - 1]?.offsetMs ?? startMs);
    beforeMs += gapsMs[index] ?? ownMs;
    return { ...step, offsetMs: beforeMs };
  });
}
