/**
 * The options of `updateSession` and the `session` object they become: exactly what the official Python SDK puts
 * on the wire for the same call (section 3.1), nulls included. Pure; checks nothing.
 */
import type { TurnDetectionType } from './update-values.js';
import { AudioFormat, type MultiModality } from './update-values.js';

/** The parameters of `updateSession`; names are the camelCase forms of the Python SDK's. */
export interface UpdateSessionOptions {
  /** `[TEXT]` or `[TEXT, AUDIO]`, in any order. */
  readonly outputModalities: readonly MultiModality[];
  /** A voice of the model's family; left out, null is sent, which keeps the voice. */
  readonly voice?: string | null;
  /** PCM 16 kHz mono 16 bit by default. A string is sent as it is. */
  readonly inputAudioFormat?: AudioFormat | string;
  /** PCM 24 kHz mono 16 bit by default. A string is sent as it is. */
  readonly outputAudioFormat?: AudioFormat | string;
  /** Default true; false sends null, which switches transcription off. */
  readonly enableInputAudioTranscription?: boolean;
  /** Default null: the service's own model. */
  readonly inputAudioTranscriptionModel?: string | null;
  /** Default true; false sends null: manual mode. */
  readonly enableTurnDetection?: boolean;
  /** Default `server_vad`. */
  readonly turnDetectionType?: TurnDetectionType | (string & {});
  /** Audio kept before the start of speech, in milliseconds. Default 300. */
  readonly prefixPaddingMs?: number;
  /** [-1, 1]; nearer -1, more noise is taken for speech. Default 0.2. */
  readonly turnDetectionThreshold?: number;
  /** [200, 6000]: silence that ends a turn. Default 800. */
  readonly turnDetectionSilenceDurationMs?: number;
  /** Wire fields laid over the above, such as `create_response` and `interrupt_response`. */
  readonly turnDetectionParam?: Readonly<Record<string, unknown>>;
  /** The system prompt. */
  readonly instructions?: string | null;
  /** Qwen3-Omni-Flash only. True: conversational; false: formal; null: the model chooses. Sent only when given. */
  readonly smoothOutput?: boolean | null;
  /** [0, 2). This and the next six are refused by Turbo models. */
  readonly temperature?: number;
  /** (0, 1]; set one of temperature and topP. */
  readonly topP?: number;
  /** >= 0; null or more than 100 turns it off. */
  readonly topK?: number | null;
  /** 1 to the model's maximum output; longer answers are cut. */
  readonly maxTokens?: number;
  /** > 0. */
  readonly repetitionPenalty?: number;
  /** [-2, 2]. */
  readonly presencePenalty?: number;
  /** [0, 2^31 - 1]. */
  readonly seed?: number;
  /** Functions the model may call, in wire form; not together with `enableSearch`. */
  readonly tools?: readonly unknown[] | null;
  readonly toolChoice?: unknown;
  readonly enableSearch?: boolean;
  /** In wire form, such as `{ enable_source: true }`. */
  readonly searchOptions?: Readonly<Record<string, unknown>>;
  /** Any other wire fields, laid flat over the session last (Python's keyword arguments). */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Parameters that go flat into `session`, only when given: option name, wire name. */
const FLAT_PARAMETERS = [
  ['instructions', 'instructions'],
  ['smoothOutput', 'smooth_output'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['maxTokens', 'max_tokens'],
  ['repetitionPenalty', 'repetition_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['seed', 'seed'],
  ['tools', 'tools'],
  ['toolChoice', 'tool_choice'],
  ['enableSearch', 'enable_search'],
  ['searchOptions', 'search_options'],
] as const satisfies readonly (readonly [keyof UpdateSessionOptions, string])[];

/** The seven that Turbo models do not let a client change (section 2.1), by wire name. */
export const SAMPLING_PARAMETERS: readonly string[] = [
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'repetition_penalty',
  'presence_penalty',
  'seed',
];

/** Builds the `session` object; the order of the keys is the Python SDK's. */
export function sessionFromOptions(options: UpdateSessionOptions): Record<string, unknown> {
  const session: Record<string, unknown> = {
    modalities: [...options.outputModalities],
    voice: options.voice ?? null,
    input_audio_format: formatLabel(options.inputAudioFormat ?? AudioFormat.PCM_16000HZ_MONO_16BIT),
    output_audio_format: formatLabel(options.outputAudioFormat ?? AudioFormat.PCM_24000HZ_MONO_16BIT),
    input_audio_transcription:
      (options.enableInputAudioTranscription ?? true)
        ? { model: options.inputAudioTranscriptionModel ?? null }
        : null,
    turn_detection: (options.enableTurnDetection ?? true) ? turnDetectionFromOptions(options) : null,
  };
  for (const [optionName, wireName] of FLAT_PARAMETERS) {
    const value = options[optionName];
    if (value !== undefined) session[wireName] = value;
  }
  return { ...session, ...options.extra };
}

function turnDetectionFromOptions(options: UpdateSessionOptions): Record<string, unknown> {
  return {
    type: options.turnDetectionType ?? 'server_vad',
    threshold: options.turnDetectionThreshold ?? 0.2,
    prefix_padding_ms: options.prefixPaddingMs ?? 300,
    silence_duration_ms: options.turnDetectionSilenceDurationMs ?? 800,
    ...options.turnDetectionParam,
  };
}

function formatLabel(format: AudioFormat | string): string {
  return typeof format === 'string' ? format : format.label;
}
