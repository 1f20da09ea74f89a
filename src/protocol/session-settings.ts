/**
 * The settings of one session as plain read-only data, and the ones it starts with (section 2.2). It must
 * never check or change a setting: session-update.ts does.
 */
import type { DeepReadonly } from './deep-readonly.js';
import type { Modality } from './items.js';
import type { FamilyId, SamplingDefaults } from './model-family.js';
import { findModel } from './models.js';
import type { Quirks } from './quirk-table.js';
import type { Tool } from './session-object.js';
import { SoundstageError } from './soundstage-error.js';

/** Voice activity detection in force, in the wire's own names. */
export interface TurnDetection {
  readonly type: 'server_vad' | 'semantic_vad';
  /** In [-1, 1]; nearer -1, more noise is taken for speech. */
  readonly threshold: number;
  readonly prefix_padding_ms: number;
  readonly silence_duration_ms: number;
  /** False: the turn is committed and waits for `response.create`. */
  readonly create_response: boolean;
  /** False: speech during a response does not cancel it. */
  readonly interrupt_response: boolean;
  /** OMNI35 with `server_vad`: a response by itself after this much silence. */
  readonly idle_timeout_ms?: number;
}

/** What the client's audio is. `label` is only echoed; the rest is what counts. */
export interface InputAudioFormat {
  readonly label: string;
  readonly container: 'pcm' | 'wav';
  readonly sampleRateHz: number;
  readonly channels: number;
}

/** What the server's audio is. */
export interface OutputAudioFormat {
  readonly label: string;
  readonly container: 'pcm' | 'wav';
  readonly sampleRateHz: number;
}

/** A nested format with the keys the client sent, in the order they are echoed. */
export interface NestedFormat {
  readonly sample_rate?: number;
  readonly type?: 'pcm' | 'wav';
  readonly sample_format?: string;
  readonly channels?: number;
  readonly packing?: string;
  readonly channel_layout?: string;
}

/** What the client has set by itself: these keys are echoed, defaults are not (section 4.3). */
export interface ExplicitSettings {
  readonly tools?: readonly Tool[];
  readonly tool_choice?: unknown;
  readonly sampling: Partial<SamplingDefaults>;
  readonly smooth_output?: boolean | null;
  readonly enable_search?: boolean;
  readonly search_options?: { readonly enable_source?: boolean };
  readonly inputFormat?: NestedFormat;
  readonly outputFormat?: NestedFormat;
  /** `audio.output.voice`, which wins over `voice`. */
  readonly outputVoice?: string;
  readonly representation_compact?: 'none' | 'normal';
}

/** Everything a session is set to. Values are in force, whether the client or the family chose them. */
export interface SessionSettings {
  readonly model: string;
  readonly family: FamilyId;
  readonly modalities: readonly Modality[];
  readonly voice: string;
  /** OMNI38 takes any name and refuses the first response (ERR13). */
  readonly voiceSupported: boolean;
  readonly instructions: string | undefined;
  readonly input: InputAudioFormat;
  readonly output: OutputAudioFormat;
  /** The model name is what is echoed. Null: no transcription. */
  readonly transcription: { readonly model: string } | null;
  /** Null: manual mode. */
  readonly turnDetection: TurnDetection | null;
  readonly tools: readonly Tool[];
  readonly toolChoice: unknown;
  /** All seven sampling values in force. */
  readonly sampling: DeepReadonly<SamplingDefaults>;
  readonly enableSearch: boolean;
  readonly representationCompact: 'none' | 'normal';
  readonly explicit: ExplicitSettings;
}

/** The settings of voice activity detection before the client says otherwise. */
export function defaultTurnDetection(family: FamilyDefaultsOf): TurnDetection {
  return {
    type: 'server_vad',
    threshold: family.vadThreshold,
    prefix_padding_ms: family.prefixPaddingMs,
    silence_duration_ms: family.silenceDurationMs,
    create_response: true,
    interrupt_response: true,
  };
}

/** The part of a family's defaults that voice activity takes. */
interface FamilyDefaultsOf {
  readonly vadThreshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceDurationMs: number;
}

/**
 * What a session starts with.
 *
 * @param model an id that `findModel` knows as an Omni model
 * @param _quirks no switch changes where a session starts; taken so that one can
 * @throws SoundstageError `E_MODEL_NOT_SIMULATED` for any other id
 */
export function initialSettings(model: string, _quirks: Quirks): SessionSettings {
  const found = findModel(model);
  if (found.kind !== 'omni') {
    throw new SoundstageError(
      'E_MODEL_NOT_SIMULATED',
      `No session settings for the model '${model}': it is not a Qwen-Omni model. Try one of MODEL_FAMILIES.`,
      { details: { model, kind: found.kind } },
    );
  }
  const { defaults, id } = found.family;
  return {
    model,
    family: id,
    modalities: ['text', 'audio'],
    voice: defaults.voice,
    voiceSupported: true,
    instructions: undefined,
    input: {
      label: defaults.inputFormatLabel,
      container: 'pcm',
      sampleRateHz: defaults.inputSampleRateHz,
      channels: 1,
    },
    output: {
      label: defaults.outputFormatLabel,
      container: 'pcm',
      sampleRateHz: defaults.outputSampleRateHz,
    },
    transcription: { model: defaults.transcriptionModel },
    turnDetection: defaultTurnDetection(defaults),
    tools: [],
    toolChoice: 'auto',
    sampling: defaults.sampling,
    enableSearch: false,
    representationCompact: 'none',
    explicit: { sampling: {} },
  };
}
