/**
 * From a reply to the steps of a response: which server events, in which order, how long after
 * `response.created` (§5.0). Must not send anything or know the time.
 */
import { type Speech, speechFromSamples, synthesizeSpeech } from '../../media/index.js';
import type { Delivery } from '../../scenarios/index.js';
import { spokenSteps, textSteps, type VoicedText, withGaps } from './delta-steps.js';
import { cutText, type TextCut } from './max-tokens.js';
import type { OutputItem, ResponseStep, SpeechFormat } from './response-types.js';

/** Default delivery, in virtual milliseconds. */
const FIRST_DELTA_MS = 300;
const TEXT_DELTA_MS = 40;

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
  const even =
    spoken === undefined
      ? textSteps(planned.deltas, cut, index, firstMs, options.delivery.textDeltaMs ?? TEXT_DELTA_MS)
      : spokenSteps(spoken, planned.deltas, cut, index, firstMs, options.delivery);
  const deltas = withGaps(even, options.delivery.gapsMs, startMs);
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
