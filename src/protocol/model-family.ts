/**
 * What is known of a model family, as types: defaults, capabilities, limits and token costs. Types only.
 */

/** The short name of a model family. */
export type FamilyId = 'turbo' | 'flash3' | 'omni35' | 'omni38';

/** The seven sampling parameters as the service calls them. `top_k` null means off. */
export interface SamplingDefaults {
  readonly temperature: number;
  readonly top_p: number;
  readonly top_k: number | null;
  readonly max_tokens: number;
  readonly repetition_penalty: number;
  readonly presence_penalty: number;
  readonly seed: number;
}

/** Where a session of the family starts (section 2.2). */
export interface FamilyDefaults {
  readonly voice: string;
  /** Label echoed as `input_audio_format`; the audio is PCM s16le mono 16 kHz whatever it says. */
  readonly inputFormatLabel: string;
  /** Label echoed as `output_audio_format`; the audio is PCM s16le mono 24 kHz whatever it says. */
  readonly outputFormatLabel: string;
  readonly inputSampleRateHz: number;
  readonly outputSampleRateHz: number;
  readonly transcriptionModel: string;
  readonly vadThreshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceDurationMs: number;
  readonly sampling: SamplingDefaults;
}

/** What a session of the family can be asked for (section 2.1). */
export interface FamilyCapabilities {
  readonly semanticVad: boolean;
  /** `turn_detection.idle_timeout_ms`, with `server_vad` only. */
  readonly idleTimeout: boolean;
  readonly tools: boolean;
  readonly mcp: boolean;
  readonly search: boolean;
  /** Sampling parameters and `max_tokens` can be changed. */
  readonly sampling: boolean;
  readonly smoothOutput: boolean;
  /** `audio.input.format` and `audio.output.format`. */
  readonly nestedAudio: boolean;
  /** `audio.input.format.channels` of 2 or 4 and the three fields that describe them. */
  readonly multichannel: boolean;
  /** `audio.output.voice`. */
  readonly nestedVoice: boolean;
  /** `video.input.representation_compact`. */
  readonly videoCompaction: boolean;
  readonly clonedVoices: boolean;
  /** `conversation.item.input_audio_transcription.delta` while the user speaks. */
  readonly transcriptionDeltas: boolean;
  /** `.completed` in manual mode; single models differ, see `ModelLookup`. */
  readonly completedInManualMode: boolean;
  /** `session.update` without `session` is refused (ERR38). */
  readonly sessionRequired: boolean;
  /** A transcription model sent by the client is echoed as sent; otherwise the fixed one is. */
  readonly echoesTranscriptionModel: boolean;
  /** A manual commit is an internal error while voice activity owns the buffer (ERR15). */
  readonly refusesCommitInVad: boolean;
}

/** What an unsupported voice does: which refusal, and when (ERR13). */
export type VoiceRefusal = 'survive' | 'close' | 'defer';

/** What a family remembers and how much it takes (section 1.7). */
export interface FamilyLimits {
  /** Highest `max_tokens`; also its default. */
  readonly maxOutputTokens: number;
  /** Undefined where it is not documented. */
  readonly maxInputTokens: number | undefined;
  /** Older turns are dropped silently; undefined where it is not documented. */
  readonly historyAudioTurns: number | undefined;
  readonly historyVideoTurns: number | undefined;
}

/** What input and output cost (section 1.7). */
export interface TokenRates {
  readonly audioInTokensPerSecond: number;
  /** Audio input is billed as if it were at least this long. */
  readonly audioInMinimumMs: number;
  readonly audioOutTokensPerSecond: number;
  /** Side in pixels of the square that costs one token. */
  readonly imageFactorPx: number;
}

export interface ModelFamily {
  readonly id: FamilyId;
  /** The name used in the protocol reference. */
  readonly label: string;
  /** Exact model ids. */
  readonly models: readonly string[];
  /** Voices of the family; `findModel` knows which snapshots have fewer. */
  readonly voices: readonly string[];
  readonly defaults: FamilyDefaults;
  readonly capabilities: FamilyCapabilities;
  readonly voiceRefusal: VoiceRefusal;
  /** The documentation form of `session.updated` lists the sampling values in force (section 11.10). */
  readonly docsEchoShowsSampling: boolean;
  readonly limits: FamilyLimits;
  readonly tokens: TokenRates;
}
