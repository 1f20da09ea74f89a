/**
 * The four model families: defaults, capabilities, limits and token costs (sections 1.7 and 2) as data. Adding
 * a family is adding a row here. It must never hold behaviour.
 */
import type { FamilyCapabilities, FamilyId, ModelFamily, TokenRates } from './model-family.js';
import { FLASH3_VOICES, OMNI35_VOICES, OMNI38_VOICES, TURBO_VOICES } from './voices.js';

const VAD_DEFAULTS = { vadThreshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 800 } as const;
const AUDIO_DEFAULTS = { inputSampleRateHz: 16_000, outputSampleRateHz: 24_000 } as const;
const TOKENS_3X: TokenRates = {
  audioInTokensPerSecond: 12.5,
  audioInMinimumMs: 0,
  audioOutTokensPerSecond: 12.5,
  imageFactorPx: 32,
};
const NO_CAPABILITIES: FamilyCapabilities = {
  semanticVad: false,
  idleTimeout: false,
  tools: false,
  mcp: false,
  search: false,
  sampling: false,
  smoothOutput: false,
  nestedAudio: false,
  multichannel: false,
  nestedVoice: false,
  videoCompaction: false,
  clonedVoices: false,
  transcriptionDeltas: false,
  completedInManualMode: true,
  sessionRequired: false,
  echoesTranscriptionModel: false,
  refusesCommitInVad: false,
};
const OMNI_CAPABILITIES: FamilyCapabilities = {
  ...NO_CAPABILITIES,
  semanticVad: true,
  tools: true,
  search: true,
  sampling: true,
  nestedAudio: true,
  clonedVoices: true,
  transcriptionDeltas: true,
};

const TURBO: ModelFamily = {
  id: 'turbo',
  label: 'TURBO',
  models: [
    'qwen-omni-turbo-realtime',
    'qwen-omni-turbo-realtime-latest',
    'qwen-omni-turbo-realtime-2025-05-08',
  ],
  voices: TURBO_VOICES,
  defaults: {
    ...VAD_DEFAULTS,
    ...AUDIO_DEFAULTS,
    voice: 'Chelsie',
    inputFormatLabel: 'pcm16',
    outputFormatLabel: 'pcm16',
    transcriptionModel: 'gummy-realtime-v1',
    sampling: {
      temperature: 1,
      top_p: 0.01,
      top_k: 20,
      max_tokens: 2_048,
      repetition_penalty: 1.05,
      presence_penalty: 0,
      seed: -1,
    },
  },
  capabilities: { ...NO_CAPABILITIES, echoesTranscriptionModel: true },
  voiceRefusal: 'survive',
  docsEchoShowsSampling: false,
  limits: {
    maxOutputTokens: 2_048,
    maxInputTokens: 30_720,
    historyAudioTurns: undefined,
    historyVideoTurns: undefined,
  },
  tokens: {
    audioInTokensPerSecond: 25,
    audioInMinimumMs: 1_000,
    audioOutTokensPerSecond: 12.5,
    imageFactorPx: 28,
  },
};

const FLASH3: ModelFamily = {
  id: 'flash3',
  label: 'FLASH3',
  models: [
    'qwen3-omni-flash-realtime',
    'qwen3-omni-flash-realtime-2025-12-01',
    'qwen3-omni-flash-realtime-2025-09-15',
  ],
  voices: FLASH3_VOICES,
  defaults: {
    ...VAD_DEFAULTS,
    ...AUDIO_DEFAULTS,
    voice: 'Cherry',
    inputFormatLabel: 'pcm16',
    outputFormatLabel: 'pcm24',
    transcriptionModel: 'gummy-realtime-v1',
    sampling: {
      temperature: 0.9,
      top_p: 1,
      top_k: 50,
      max_tokens: 16_384,
      repetition_penalty: 1.05,
      presence_penalty: 0,
      seed: -1,
    },
  },
  capabilities: { ...NO_CAPABILITIES, sampling: true, smoothOutput: true, echoesTranscriptionModel: true },
  voiceRefusal: 'survive',
  docsEchoShowsSampling: true,
  limits: { maxOutputTokens: 16_384, maxInputTokens: 49_152, historyAudioTurns: 8, historyVideoTurns: 8 },
  tokens: TOKENS_3X,
};

const OMNI35: ModelFamily = {
  id: 'omni35',
  label: 'OMNI35',
  models: [
    'qwen3.5-omni-plus-realtime',
    'qwen3.5-omni-flash-realtime',
    'qwen3.5-omni-plus-realtime-2026-03-15',
    'qwen3.5-omni-flash-realtime-2026-03-15',
  ],
  voices: OMNI35_VOICES,
  defaults: {
    ...VAD_DEFAULTS,
    ...AUDIO_DEFAULTS,
    voice: 'Tina',
    inputFormatLabel: 'pcm',
    outputFormatLabel: 'pcm',
    transcriptionModel: 'qwen3-asr-flash-realtime',
    sampling: {
      temperature: 0.7,
      top_p: 0.8,
      top_k: 20,
      max_tokens: 16_384,
      repetition_penalty: 1,
      presence_penalty: 1.5,
      seed: -1,
    },
  },
  capabilities: { ...OMNI_CAPABILITIES, idleTimeout: true, refusesCommitInVad: true },
  voiceRefusal: 'close',
  docsEchoShowsSampling: false,
  limits: {
    maxOutputTokens: 16_384,
    maxInputTokens: undefined,
    historyAudioTurns: 80,
    historyVideoTurns: 50,
  },
  tokens: TOKENS_3X,
};

const OMNI38: ModelFamily = {
  id: 'omni38',
  label: 'OMNI38',
  models: ['qwen3.8-omni-flash-realtime'],
  voices: OMNI38_VOICES,
  defaults: {
    ...OMNI35.defaults,
    sampling: {
      temperature: 0.6,
      top_p: 0.95,
      top_k: 20,
      max_tokens: 65_536,
      repetition_penalty: 0,
      presence_penalty: 1,
      seed: -1,
    },
  },
  capabilities: {
    ...OMNI_CAPABILITIES,
    mcp: true,
    multichannel: true,
    nestedVoice: true,
    videoCompaction: true,
    sessionRequired: true,
  },
  voiceRefusal: 'defer',
  docsEchoShowsSampling: false,
  limits: { maxOutputTokens: 65_536, maxInputTokens: 196_608, historyAudioTurns: 100, historyVideoTurns: 50 },
  tokens: TOKENS_3X,
};

/** Every family by its short name. */
export const MODEL_FAMILIES: Readonly<Record<FamilyId, ModelFamily>> = {
  turbo: TURBO,
  flash3: FLASH3,
  omni35: OMNI35,
  omni38: OMNI38,
};

/** The families in the order of the protocol reference. */
export const FAMILY_IDS: readonly FamilyId[] = ['turbo', 'flash3', 'omni35', 'omni38'];
