/**
 * Recordings: what crossed one connection, kept so that git can diff it and a person can play it. Pure but for `files/`.
 */
export { AudioFormats, DEFAULT_RATES_HZ } from './audio-formats.js';
export { compareTargets } from './compare-targets.js';
export type * from './entries.js';
export { ENTRY_KINDS, entryLineSchema } from './entry-lines.js';
export { modelOf } from './log-entries.js';
export type { ManifestLane, Provenance, RecordingManifest } from './manifest.js';
export { manifestSchema, provenanceSchema } from './manifest.js';
export { draftText, splitMessage } from './message-parts.js';
export * from './parts.js';
export { type RecordLogOptions, recordLog } from './record-log.js';
export { type EntryPlace, type ReadOptions, Recording } from './recording.js';
export {
  type RecordingEnd,
  type RecordingHeader,
  RecordingWriter,
  type RecordingWriterOptions,
  type Redactions,
} from './recording-writer.js';
export { createRedactor, type RedactorOptions } from './redaction/create-redactor.js';
export type { Credential } from './redaction/credentials.js';
export { SECRET_PATTERNS } from './redaction/pattern-table.js';
export { findPlaceholders, matchesPlaceholder } from './redaction/placeholder.js';
export type { Redactor } from './redaction/redactor.js';
export { type RedactionRules, redactionRulesSchema } from './redaction/rules.js';
export { searchFor } from './redaction/search-for.js';
export { appendExtras, audioOfAppend, ReplayScript, type ScriptKind } from './replay-script.js';
export { type ScenarioFromOptions, scenarioFromRecording } from './scenario-from-recording.js';
export { type VerbatimScenario, verbatimFromRecording } from './verbatim-from-recording.js';
