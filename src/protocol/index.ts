/**
 * The public surface of the protocol room: what may go over the wire. It must never export machinery.
 */
export type { ClientEvent, ClientEventOf, ClientEventType, ClientItem } from './client-events.js';
export { CLIENT_EVENT_SCHEMAS, CLIENT_EVENT_TYPES, clientEventSchema } from './client-events.js';
export type { ClientFrame } from './client-frame.js';
export { parseClientFrame } from './client-frame.js';
export type {
  ClientSocket,
  ClientSocketFactory,
  ClientSocketHandlers,
  ClientSocketRequest,
} from './client-socket.js';
export type { DeepReadonly } from './deep-readonly.js';
export { describeValue, nearestName, pythonList } from './describe-value.js';
export type { ErrorRow, ErrorSlug, RefusalDelivery } from './error-catalogue.js';
export { ERROR_CATALOGUE } from './error-catalogue.js';
export type { EvidenceGrade } from './evidence.js';
export { FAMILY_IDS, MODEL_FAMILIES } from './families.js';
export type { IdKind } from './ids.js';
export { ID_PATTERNS, makeId } from './ids.js';
export type {
  ContentPart,
  FunctionCallItem,
  FunctionCallOutputItem,
  Item,
  ItemStatus,
  MessageItem,
  Modality,
} from './items.js';
export type { LimitName } from './limits.js';
export { LIMITS } from './limits.js';
export type { ResponseModalities } from './modalities.js';
export { readModalities, readResponseModalities } from './modalities.js';
export type {
  FamilyCapabilities,
  FamilyDefaults,
  FamilyId,
  FamilyLimits,
  ModelFamily,
  SamplingDefaults,
  TokenRates,
  VoiceRefusal,
} from './model-family.js';
export type { ModelLookup, SiblingId } from './models.js';
export { findModel, isVoiceSupported } from './models.js';
export type { QuirkDefinition, QuirkName, Quirks, QuirkValue, QuirkValues } from './quirk-table.js';
export { QUIRKS } from './quirk-table.js';
export { describeQuirkValues, parseQuirkOverride, resolveQuirks } from './quirks.js';
export type { RandomLabel, RandomStream } from './random-stream.js';
export { openRandomStream } from './random-stream.js';
export type { Refusal, RefusalError } from './refusals.js';
export { refuse } from './refusals.js';
export type { ResponseObject, StatusDetails, Usage } from './response-object.js';
export type { ServerEvent, ServerEventOf, ServerEventType } from './server-events.js';
export { SERVER_EVENT_SCHEMAS, SERVER_EVENT_TYPES, serverEventSchema } from './server-events.js';
export { echoSession } from './session-echo.js';
export type { SessionObject, SessionUpdate, Tool } from './session-object.js';
export type {
  ExplicitSettings,
  InputAudioFormat,
  NestedFormat,
  OutputAudioFormat,
  SessionSettings,
  TurnDetection,
} from './session-settings.js';
export { initialSettings } from './session-settings.js';
export type { SessionUpdateResult } from './session-update.js';
export { applySessionUpdate } from './session-update.js';
export type { SoundstageErrorOptions } from './soundstage-error.js';
export { SoundstageError } from './soundstage-error.js';
export type { FunctionTool } from './tool-entries.js';
export { functionTool } from './tool-entries.js';
export type { UpdateContext } from './update-rule.js';
export { audioTokens, imageTokens, textTokens, utf8Bytes } from './usage.js';
