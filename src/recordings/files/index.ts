/** Recordings in folders and zip files: the only part of the room that knows a file system. */
export * from './directory-parts.js';
export { loadRedactionRules } from './load-redaction-rules.js';
export { createNodeSha256 } from './node-sha256.js';
export * from './open-recording.js';
export * from './pack-recording.js';
export type { ReplaceOptions } from './write-beside.js';
export { writeBeside } from './write-beside.js';
