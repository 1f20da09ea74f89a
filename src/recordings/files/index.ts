/** Recordings in folders and zip files: the only part of the room that knows a file system. */
export * from './directory-parts.js';
export { createNodeSha256 } from './node-sha256.js';
export * from './open-recording.js';
export { loadRedactionRules, parseRedactionRules } from './load-redaction-rules.js';
