/**
 * From a model id to what is known of it: a simulated family, a sibling family of the same endpoint, or
 * nothing. Ids are matched exactly; it must never guess from a prefix that a model is an Omni model.
 */

import { FAMILY_IDS, MODEL_FAMILIES } from './families.js';
import type { FamilyId, ModelFamily } from './model-family.js';
import { CLONED_VOICE_PATTERN, FLASH3_FIRST_VOICES } from './voices.js';

/** Families that share the endpoint and are not simulated. */
export type SiblingId = 'livetranslate' | 'asr' | 'tts' | 'qwen-audio';

/** What `findModel` found. */
export type ModelLookup =
  | {
      readonly kind: 'omni';
      readonly family: ModelFamily;
      readonly model: string;
      /** The voices of this very model, cloned voices apart. */
      readonly voices: readonly string[];
      /** Whether `.completed` transcriptions are sent in manual mode (section 2.1). */
      readonly completedInManualMode: boolean;
    }
  | { readonly kind: 'sibling'; readonly sibling: SiblingId; readonly model: string }
  | { readonly kind: 'unknown'; readonly model: string };

/** Where a single model differs from its family. */
interface ModelDifference {
  readonly voices?: readonly string[];
  readonly completedInManualMode?: boolean;
}

const MODEL_DIFFERENCES: ReadonlyMap<string, ModelDifference> = new Map<string, ModelDifference>([
  ['qwen3-omni-flash-realtime-2025-09-15', { voices: FLASH3_FIRST_VOICES }],
  ['qwen3.5-omni-flash-realtime', { completedInManualMode: false }],
  ['qwen3.5-omni-flash-realtime-2026-03-15', { completedInManualMode: false }],
]);

const FAMILY_OF_MODEL: ReadonlyMap<string, FamilyId> = new Map(
  FAMILY_IDS.flatMap((id) => MODEL_FAMILIES[id].models.map((model) => [model, id] as const)),
);

/** The sibling families by the shape of their ids (section 0). First match wins. */
const SIBLING_PATTERNS: readonly { readonly sibling: SiblingId; readonly pattern: RegExp }[] = [
  { sibling: 'livetranslate', pattern: /^qwen[0-9.]*-livetranslate(-[a-z0-9.]+)*-realtime(-[0-9-]+)?$/ },
  { sibling: 'asr', pattern: /^qwen[0-9.]*-asr(-[a-z0-9.]+)*-realtime(-[0-9-]+)?$/ },
  { sibling: 'tts', pattern: /^qwen[0-9.]*-tts(-[a-z0-9.]+)*-realtime(-[0-9-]+)?$/ },
  { sibling: 'qwen-audio', pattern: /^qwen-audio-[0-9.]+-realtime(-[a-z0-9.]+)*$/ },
];

/** No published model id is longer; what is longer is not searched for a pattern. */
const LONGEST_MODEL_ID = 128;

/**
 * Looks up a model id (sections 0 and 2.3).
 *
 * @param model the `model` query parameter, decoded
 */
export function findModel(model: string): ModelLookup {
  const familyId = FAMILY_OF_MODEL.get(model);
  if (familyId !== undefined) {
    const family = MODEL_FAMILIES[familyId];
    const difference = MODEL_DIFFERENCES.get(model);
    return {
      kind: 'omni',
      family,
      model,
      voices: difference?.voices ?? family.voices,
      completedInManualMode: difference?.completedInManualMode ?? family.capabilities.completedInManualMode,
    };
  }
  const sibling =
    model.length > LONGEST_MODEL_ID ? undefined : SIBLING_PATTERNS.find(({ pattern }) => pattern.test(model));
  return sibling === undefined
    ? { kind: 'unknown', model }
    : { kind: 'sibling', sibling: sibling.sibling, model };
}

/**
 * Whether a model answers with a voice: one of its list, or any cloned voice where the family has them. The
 * empty string never is.
 */
export function isVoiceSupported(model: string, voice: string): boolean {
  const found = findModel(model);
  if (found.kind !== 'omni') return false;
  if (found.voices.includes(voice)) return true;
  return found.family.capabilities.clonedVoices && CLONED_VOICE_PATTERN.test(voice);
}
