/** Recordings in folders and zip files: the only part of the room that knows a file system. */

export { acceptRecording } from './accept-recording.js';
export { checkRecording, type RecordingProblem } from './check-recording.js';
export * from './directory-parts.js';
export { findRecordings } from './find-recordings.js';
export * from './har-files.js';
export { loadRedactionRules } from './load-redaction-rules.js';
export { createNodeSha256 } from './node-sha256.js';
export * from './open-recording.js';
export * from './pack-recording.js';
export { AllFilesSource, type SecretPlace, scanRecording } from './scan-recording.js';
export { writeTexts } from './whole-io.js';
export type { ReplaceOptions } from './write-beside.js';
export { writeBeside } from './write-beside.js';
export { type WriteScenarioOptions, writeScenario } from './write-scenario.js';
export { ZipSource } from './zip-source.js';
