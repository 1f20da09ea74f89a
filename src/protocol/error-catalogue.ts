/**
 * Everything the simulated service can refuse, as data (sections 6 and 11.3 to 11.5). `refuse` in refusals.ts
 * is its one interpreter. It must never hold a condition: who refuses what, and when, stands elsewhere.
 */
import type { EvidenceGrade } from './evidence.js';

/** How a refusal reaches the client. */
export type RefusalDelivery = 'event' | 'close' | 'event-then-close' | 'http' | 'transcription';

/** One row. Texts may hold `{name}` placeholders, which `refuse` fills. */
export interface ErrorRow {
  /** Number in the protocol reference. Several rows may share one. */
  readonly id: string;
  readonly slug: string;
  readonly delivery: RefusalDelivery;
  readonly type?: string;
  readonly code?: string;
  readonly message: string;
  readonly param?: string;
  /** Whether the session stays usable. */
  readonly survives: boolean;
  readonly close?: { readonly code: number; readonly reason: string };
  readonly httpStatus?: number;
  /** Values of placeholders that the caller need not give. */
  readonly values?: Readonly<Record<string, string | number>>;
  readonly evidence: EvidenceGrade;
  /** Section of the protocol reference. */
  readonly section: string;
}

const INVALID = { type: 'invalid_request_error', delivery: 'event', survives: true } as const;
const INVALID_VALUE = { ...INVALID, code: 'invalid_value' } as const;
const SERVER = { type: 'server_error', delivery: 'event', survives: true } as const;
const COMBINATIONS =
  "Invalid modalities: {value}. Supported combinations are: ['text'] and ['audio', 'text'].";
const UPSTREAM_VOICE = "<400> InternalError.Algo.InvalidParameter: Voice '{voice}' is not supported.";
const FREE_TIER =
  'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, ' +
  "please disable the 'use free tier only' mode in the management console.";
const IDLE = 'Your session was closed because no response was generated for {seconds} seconds.';
const UPSTREAM_URL =
  '<400> InternalError.Algo.InvalidParameter: The provided URL does not appear to be valid';
const NOT_SIMULATED = "Model '{model}' is of the {sibling} family, which soundstage does not simulate yet.";
const GOOD_STANDING = 'Access denied, please make sure your account is in good standing.';

/** Rows of section 6, in its order. */
// biome-ignore format: it is a table, one row after the other.
const DOCUMENTED_ROWS = [
  { id: 'ERR1', slug: 'bad-modalities', ...INVALID_VALUE, message: COMBINATIONS, param: 'session.modalities',
    evidence: 'documented', section: '§6' },
  { id: 'ERR2', slug: 'bad-enum-value', ...INVALID_VALUE,
    message: "Invalid value: {value}. Supported values are: {supported}.", param: 'session.{path}',
    evidence: 'documented', section: '§6' },
  { id: 'ERR3', slug: 'unknown-event-type', ...INVALID, message: "Invalid value: '{type}'.",
    evidence: 'verified', section: '§3' },
  { id: 'ERR4', slug: 'image-before-audio', ...INVALID, message: 'Error append image before append audio.',
    evidence: 'verified', section: '§3.5' },
  { id: 'ERR5', slug: 'commit-empty-buffer', ...INVALID,
    message: 'Error committing input audio buffer: buffer too small, or have no audio.', evidence: 'verified',
    section: '§3.3' },
  { id: 'ERR6', slug: 'cancel-without-response', ...INVALID, message: 'Conversation has none active response',
    evidence: 'verified', section: '§3.7' },
  { id: 'ERR7', slug: 'response-already-active', ...INVALID,
    message: 'Conversation already has an active response', evidence: 'verified', section: '§3.6' },
  { id: 'ERR8', slug: 'create-while-speaking', ...INVALID_VALUE,
    message: 'Cannot create response while user is speaking.', param: 'response.create', evidence: 'reported',
    section: '§3.6' },
  { id: 'ERR9', slug: 'nothing-to-answer', ...INVALID,
    message: 'Cannot create response without input, history, or instructions', evidence: 'verified',
    section: '§3.6' },
  { id: 'ERR10', slug: 'unknown-call-id', ...INVALID, message: 'Unknown function call id: {id}',
    evidence: 'verified', section: '§3.8' },
  { id: 'ERR11', slug: 'duplicate-call-output', ...INVALID,
    message: 'Duplicate function call output for call_id', evidence: 'reported', section: '§3.8' },
  { id: 'ERR12', slug: 'semantic-vad-rejected', ...INVALID,
    message: 'Input speech was not accepted by semantic turn detection.', evidence: 'verified',
    section: '§5.3' },
  { id: 'ERR13', slug: 'voice-unsupported', ...INVALID_VALUE, message: "Voice '{voice}' is not supported.",
    param: 'session.voice', evidence: 'decision', section: '§11.3' },
  { id: 'ERR13', slug: 'voice-unsupported-closing', type: 'invalid_request_error',
    code: 'InternalError.Algo.InvalidParameter', delivery: 'event-then-close', survives: false,
    message: UPSTREAM_VOICE, close: { code: 1007, reason: UPSTREAM_VOICE }, evidence: 'verified',
    section: '§11.3' },
  { id: 'ERR13', slug: 'voice-unsupported-deferred', ...INVALID, code: 'InternalError.Algo.InvalidParameter',
    message: UPSTREAM_VOICE, evidence: 'verified', section: '§11.3' },
  { id: 'ERR14', slug: 'voice-frozen', ...INVALID, code: 'cannot_update_voice',
    message: 'Cannot update the voice after audio has been generated.', param: 'session.voice',
    evidence: 'verified', section: '§11.3' },
  { id: 'ERR15', slug: 'commit-in-vad', ...SERVER, code: 'InternalError',
    message: 'Internal service error: null', evidence: 'verified', section: '§3.3' },
  { id: 'ERR15', slug: 'commit-in-vad-closing', ...SERVER, code: 'InternalError',
    delivery: 'event-then-close', survives: false, message: 'Internal service error: null',
    close: { code: 1011, reason: 'Internal service error: null' }, evidence: 'verified', section: '§3.3' },
  { id: 'ERR16', slug: 'model-failure', ...SERVER, code: 'InternalError.Algo.ModelServingError',
    message: '<50002> InternalError.Algo.ModelServingError', evidence: 'verified', section: '§11.3' },
  { id: 'ERR17', slug: 'model-timeout', ...SERVER, message: 'Response timeout.', evidence: 'reported',
    section: '§11.3' },
  { id: 'ERR18', slug: 'idle-timeout', ...SERVER, code: 'response_idle_timeout', delivery: 'event-then-close',
    survives: false, message: IDLE, close: { code: 1007, reason: IDLE }, values: { seconds: 300 },
    evidence: 'verified', section: '§1.6' },
  { id: 'ERR19', slug: 'quota-allocation', ...INVALID, code: 'Throttling.AllocationQuota',
    message: 'Allocated quota exceeded, please increase your quota limit.', evidence: 'documented',
    section: '§11.3' },
  { id: 'ERR20', slug: 'quota-rate', ...INVALID, code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.', evidence: 'documented',
    section: '§11.3' },
  { id: 'ERR21', slug: 'auth-as-event', type: 'authentication_error', code: 'invalid_api_key',
    delivery: 'event-then-close', survives: false,
    message: 'The API key is invalid or does not have permission for this model.',
    close: { code: 1007, reason: 'Invalid API-key provided.' }, evidence: 'reported', section: '§1.3' },
  { id: 'ERR22', slug: 'invalid-key', code: 'InvalidApiKey', delivery: 'http', survives: false,
    message: 'Invalid API-key provided.', httpStatus: 401, evidence: 'verified', section: '§1.3' },
  { id: 'ERR23', slug: 'access-denied', code: 'AccessDenied', delivery: 'http', survives: false,
    message: 'Access denied.', httpStatus: 403, evidence: 'reported', section: '§1.3' },
  { id: 'ERR24', slug: 'model-not-found', code: 'ModelNotFound', delivery: 'close', survives: false,
    message: 'Model not found ({model})!', close: { code: 1007, reason: 'Model not found ({model})!' },
    httpStatus: 400, evidence: 'verified', section: '§1.4' },
  { id: 'ERR25', slug: 'arrears', code: 'Arrearage', delivery: 'close', survives: false,
    message: GOOD_STANDING, close: { code: 1007, reason: GOOD_STANDING }, evidence: 'verified',
    section: '§1.5' },
  { id: 'ERR26', slug: 'free-tier-exhausted', code: 'AllocationQuota.FreeTierOnly', delivery: 'close',
    survives: false, message: FREE_TIER, close: { code: 1007, reason: FREE_TIER }, httpStatus: 403,
    evidence: 'verified', section: '§1.5' },
  { id: 'ERR27', slug: 'session-already-started', ...INVALID_VALUE,
    message: 'Session update error: session already started or finished or failed.', evidence: 'reported',
    section: '§6' },
  { id: 'ERR28', slug: 'content-inspection', ...INVALID, code: 'data_inspection_failed',
    message: 'The input data may contain inappropriate content.', evidence: 'inferred', section: '§11.3' },
  { id: 'ERR29', slug: 'out-of-range', ...INVALID_VALUE,
    message: 'Invalid value: {value}. Expected a value in range {range}.', param: 'session.{path}',
    evidence: 'inferred', section: '§7' },
  { id: 'ERR30', slug: 'tools-and-search', ...INVALID_VALUE,
    message: 'tools and enable_search cannot be enabled at the same time.', param: 'session.enable_search',
    evidence: 'inferred', section: '§7' },
  { id: 'ERR31', slug: 'format-frozen', ...INVALID_VALUE,
    message: '{what} cannot be changed after audio input has started.', param: 'session.audio.input.format',
    values: { what: 'Audio format' }, evidence: 'inferred', section: '§7' },
  { id: 'ERR32', slug: 'image-too-large', ...INVALID_VALUE,
    message: 'Image size exceeds the limit of {limit}.', param: 'image',
    values: { limit: '262144 bytes after base64 encoding' }, evidence: 'inferred', section: '§6' },
  { id: 'ERR32', slug: 'image-not-jpeg', ...INVALID_VALUE,
    message: 'Image format is not supported. Supported formats are: JPG, JPEG.', param: 'image',
    evidence: 'inferred', section: '§6' },
  { id: 'ERR32', slug: 'image-broken', ...INVALID_VALUE,
    message: 'Image cannot be decoded: the JPEG data is truncated or damaged.', param: 'image',
    evidence: 'decision', section: '§6' },
  { id: 'ERR33', slug: 'append-too-long', ...INVALID_VALUE,
    message: 'Audio exceeds the limit of {limit} characters.', param: 'audio', values: { limit: 15_728_640 },
    evidence: 'decision', section: '§11.3' },
  { id: 'ERR34', slug: 'transcription-failed', code: 'audio_unintelligible', delivery: 'transcription',
    survives: true, message: 'The audio could not be transcribed.', evidence: 'documented',
    section: '§4.12' },
  { id: 'ERR35', slug: 'url-input-refused', delivery: 'close', survives: false, message: UPSTREAM_URL,
    close: { code: 1007, reason: UPSTREAM_URL }, evidence: 'reported', section: '§1.5' },
] as const satisfies readonly ErrorRow[];

/** Rows of section 11.4, and below them the ones this project needs and the service does not have. */
// biome-ignore format: it is a table, one row after the other.
const DECIDED_ROWS = [
  { id: 'ERR36', slug: 'invalid-json', ...INVALID, message: 'Invalid JSON.', evidence: 'decision',
    section: '§11.4' },
  { id: 'ERR37', slug: 'frame-not-object', ...INVALID, message: 'Invalid message format.',
    evidence: 'decision', section: '§11.4' },
  { id: 'ERR38', slug: 'missing-parameter', ...INVALID_VALUE,
    message: "Missing required parameter: '{name}'.", param: '{name}', evidence: 'decision',
    section: '§11.4' },
  { id: 'ERR38', slug: 'wrong-type', ...INVALID_VALUE,
    message: "Invalid type for '{name}': expected {expected}.", param: '{name}', evidence: 'decision',
    section: '§11.4' },
  { id: 'ERR39', slug: 'binary-frame', ...INVALID, message: 'Invalid message format.', evidence: 'decision',
    section: '§11.4' },
  { id: 'ERR40', slug: 'frame-too-large', delivery: 'close', survives: false,
    message: 'Frame exceeds the limit of 33554432 bytes.', close: { code: 1009, reason: '' },
    evidence: 'decision', section: '§11.4' },
  { id: 'ERR41', slug: 'bad-response-modalities', ...INVALID_VALUE, message: COMBINATIONS,
    param: 'response.modalities', evidence: 'decision', section: '§11.4' },
  { id: 'ERR42', slug: 'session-finish-refused', ...INVALID, message: "Invalid value: 'session.finish'.",
    evidence: 'reported', section: '§11.4' },
  { id: 'ERR43', slug: 'image-dimensions', ...INVALID_VALUE,
    message: 'Image of {widthPx}x{heightPx} pixels exceeds the limit of 1920x1080 pixels.', param: 'image',
    evidence: 'decision', section: '§11.4' },
  { id: 'ERR44', slug: 'session-duration', delivery: 'close', survives: false,
    message: 'Session duration limit exceeded',
    close: { code: 1000, reason: 'Session duration limit exceeded' }, evidence: 'decision',
    section: '§11.4' },
  { id: 'ERR45', slug: 'sibling-model', delivery: 'close', survives: false, message: NOT_SIMULATED,
    close: { code: 1007, reason: NOT_SIMULATED }, evidence: 'decision', section: '§1.4' },
  { id: 'ERR46', slug: 'invalid-base64', ...INVALID_VALUE,
    message: "Invalid value: '{name}' is not valid base64.", param: '{name}', evidence: 'decision',
    section: '§3.2' },
] as const satisfies readonly ErrorRow[];

/** The short, searchable name of a refusal. */
export type ErrorSlug = (typeof DOCUMENTED_ROWS)[number]['slug'] | (typeof DECIDED_ROWS)[number]['slug'];

/** Every refusal, in the order of its number. */
export const ERROR_CATALOGUE: readonly (ErrorRow & { readonly slug: ErrorSlug })[] = [
  ...DOCUMENTED_ROWS,
  ...DECIDED_ROWS,
];
