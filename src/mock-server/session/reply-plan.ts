/**
 * From a reply to the steps of a response: which server events, in which order, how long after
 * `response.created` (§5.0). Must not send anything or know the time.
 */
import { type Speech, type SpokenText, speechFromSamples, synthesizeSpeech } from '../../media/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { Delivery } from '../../scenarios/index.js';
import { cutText, type TextCut } from './max-tokens.js';
import type { OutputItem, ResponseStep, SpeechFormat } from './response-types.js';

/** Default delivery, in virtual milliseconds. */
const FIRST_DELTA_MS = 300;
const AUDIO_CHUNK_MS = 200;
const TEXT_DELTA_MS = 40;
/** How far the words run ahead of the voice: a word is written at this share of its spoken time. */
const TRANSCRIPT_LEAD = 2;
/** Spoken words in one transcript delta. */
const WORDS_PER_DELTA = 2;

/** Speech that knows where its words begin. */
interface VoicedText extends Speech {
  readonly sampleRateHz: number;
  readonly words: readonly Pick<SpokenText['words'][number], 'text' | 'startSample'>[];
}

const SILENT: Speech = speechFromSamples(new Int16Array(0));

/** One output item as asked for, before ids and speech. */
export type PlannedItem =
  | {
      readonly kind: 'message';
      readonly text: string;
      readonly deltas: readonly string[] | undefined;
      readonly samples: Int16Array | undefined;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly argumentsText: string;
      readonly delta: boolean;
    };

export interface PlanOptions {
  readonly items: readonly PlannedItem[];
  /** Whether messages are spoken. */
  readonly spoken: boolean;
  readonly voice: string;
  readonly format: SpeechFormat;
  readonly delivery: Delivery;
  /** Text tokens after which the answer is cut, or undefined. */
  readonly maxTokens: number | undefined;
  readonly itemId: () => string;
  readonly callId: () => string;
}

export interface ResponsePlan {
  readonly items: readonly OutputItem[];
  readonly steps: readonly ResponseStep[];
  /** Whether `max_tokens` cut it. */
  readonly truncated: boolean;
}

/** Plans a whole response. */
export function planResponse(options: PlanOptions): ResponsePlan {
  const steps: ResponseStep[] = [{ kind: 'created', offsetMs: 0, item: -1 }];
  const items: OutputItem[] = [];
  let budgetTokens = options.maxTokens;
  let offsetMs = 0;
  let truncated = false;
  for (const planned of options.items) {
    if (truncated) break;
    const text = planned.kind === 'message' ? planned.text : planned.argumentsText;
    const cut: TextCut =
      planned.kind === 'message' ? cutText(text, budgetTokens) : { text, tokens: 0, cut: false };
    if (budgetTokens !== undefined) budgetTokens -= cut.tokens;
    truncated = cut.cut;
    const added =
      planned.kind === 'message'
        ? planMessage(options, planned, cut, items.length, offsetMs)
        : planCall(options, planned, items.length, offsetMs);
    items.push(added.item);
    steps.push(...added.steps);
    offsetMs = added.endMs;
  }
  steps.push({ kind: 'done', offsetMs, item: -1 });
  return { items, steps, truncated };
}

interface PlannedOutput {
  readonly item: OutputItem;
  readonly steps: readonly ResponseStep[];
  readonly endMs: number;
}

function planMessage(
  options: PlanOptions,
  planned: Extract<PlannedItem, { kind: 'message' }>,
  cut: TextCut,
  index: number,
  startMs: number,
): PlannedOutput {
  const firstMs = startMs + (options.delivery.firstDeltaMs ?? FIRST_DELTA_MS);
  const opening: ResponseStep[] = [
    { kind: 'item-added', offsetMs: startMs, item: index },
    { kind: 'item-created', offsetMs: startMs, item: index },
    { kind: 'part-added', offsetMs: startMs, item: index },
  ];
  const spoken = options.spoken ? speak(options, planned, cut) : undefined;
  const deltas =
    spoken === undefined
      ? textSteps(planned.deltas, cut, index, firstMs, options.delivery.textDeltaMs ?? TEXT_DELTA_MS)
      : spokenSteps(spoken, planned.deltas, cut, index, firstMs, options);
  const endMs = deltas.at(-1)?.offsetMs ?? firstMs;
  const closing: ResponseStep['kind'][] =
    spoken === undefined
      ? ['text-done', 'part-done', 'item-done']
      : ['transcript-done', 'audio-done', 'part-done', 'item-done'];
  return {
    item: {
      type: 'message',
      id: options.itemId(),
      outputIndex: index,
      part: spoken === undefined ? 'text' : 'audio',
      text: cut.text,
      speech: spoken ?? SILENT,
      producedText: '',
      producedSamples: 0,
      status: 'in_progress',
    },
    steps: [...opening, ...deltas, ...closing.map((kind) => ({ kind, offsetMs: endMs, item: index }))],
    endMs,
  };
}

function planCall(
  options: PlanOptions,
  planned: Extract<PlannedItem, { kind: 'call' }>,
  index: number,
  startMs: number,
): PlannedOutput {
  const firstMs = startMs + (options.delivery.firstDeltaMs ?? FIRST_DELTA_MS);
  const kinds: ResponseStep['kind'][] = ['item-added', 'item-created'];
  if (planned.delta && planned.argumentsText !== '') kinds.push('arguments-delta');
  kinds.push('arguments-done', 'item-done');
  return {
    item: {
      type: 'function_call',
      id: options.itemId(),
      outputIndex: index,
      callId: options.callId(),
      name: planned.name,
      text: planned.argumentsText,
      producedText: '',
      status: 'in_progress',
    },
    steps: kinds.map((kind) => ({
      kind,
      offsetMs: firstMs,
      item: index,
      ...(kind === 'arguments-delta' ? { text: planned.argumentsText } : {}),
    })),
    endMs: firstMs,
  };
}

function speak(
  options: PlanOptions,
  planned: Extract<PlannedItem, { kind: 'message' }>,
  cut: TextCut,
): VoicedText {
  const rate = options.format.sampleRateHz as 8000 | 16000 | 24000 | 48000;
  if (planned.samples === undefined)
    return synthesizeSpeech(cut.text, { sampleRateHz: rate, voice: options.voice });
  const kept = Math.floor(planned.samples.length * cutShare(planned.text, cut));
  return spread(cut.text, planned.samples.subarray(0, kept), rate);
}

function cutShare(whole: string, cut: TextCut): number {
  return cut.cut && whole.length > 0 ? cut.text.length / whole.length : 1;
}

/** Spreads the words of a text evenly over a recorded voice. */
function spread(text: string, samples: Int16Array, sampleRateHz: number): VoicedText {
  const words = text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === '' ? [] : [text]);
  const share = words.length === 0 ? 0 : samples.length / words.length;
  return {
    ...speechFromSamples(samples),
    sampleRateHz,
    words: words.map((word, index) => ({ text: word, startSample: Math.floor(index * share) })),
  };
}

function textSteps(
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

function spokenSteps(
  spoken: VoicedText,
  deltas: readonly string[] | undefined,
  cut: TextCut,
  item: number,
  firstMs: number,
  options: PlanOptions,
): ResponseStep[] {
  const { sampleRateHz } = spoken;
  const chunkMs = Math.max(1, Math.min(options.delivery.audioChunkMs ?? AUDIO_CHUNK_MS, LIMITS.audioChunkMs));
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
