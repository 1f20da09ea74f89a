/**
 * The public surface of the protocol room: what may go over the wire. It must never export machinery.
 */
export type { ErrorRow, ErrorSlug, RefusalDelivery } from './error-catalogue.js';
export { ERROR_CATALOGUE } from './error-catalogue.js';
export type { EvidenceGrade } from './evidence.js';
export type {
  FamilyCapabilities,
  FamilyDefaults,
  FamilyId,
  FamilyLimits,
  ModelFamily,
  SamplingDefaults,
  TokenRates,
  VoiceRefusal,
} from './families.js';
export { FAMILY_IDS, MODEL_FAMILIES } from './families.js';
export type { IdKind } from './ids.js';
export { ID_PATTERNS, makeId } from './ids.js';
export type { LimitName } from './limits.js';
export { LIMITS } from './limits.js';
export type { ModelLookup, SiblingId } from './models.js';
export { findModel, isVoiceSupported } from './models.js';
export type { QuirkDefinition, QuirkName, Quirks, QuirkValue, QuirkValues } from './quirk-table.js';
export { QUIRKS } from './quirk-table.js';
export { describeQuirkValues, parseQuirkOverride, resolveQuirks } from './quirks.js';
export type { RandomLabel, RandomStream } from './random-stream.js';
export { openRandomStream } from './random-stream.js';
export type { Refusal, RefusalError } from './refusals.js';
export { refuse } from './refusals.js';
export type { SoundstageErrorOptions } from './soundstage-error.js';
export { SoundstageError } from './soundstage-error.js';
