/** Recordings in folders and zip files: the only part of the room that knows a file system. */
export { acceptEdits } from './accept-edits.js';
export * from './directory-parts.js';
export * from './har-files.js';
export { createNodeSha256 } from './node-sha256.js';
export * from './open-recording.js';
export * from './pack-recording.js';
export { loadRedactionRules } from './redaction-rules.js';
export { writeTexts } from './whole-io.js';
export type { ReplaceOptions } from './write-beside.js';
export { writeBeside } from './write-beside.js';
export { type WriteScenarioOptions, writeScenario } from './write-scenario.js';
