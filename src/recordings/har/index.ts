/** Recordings as HAR files, both ways. */
export type { HarImportOptions } from './har-import.js';
export { type HarWebSocket, readHar } from './read-har.js';
export { writeHar } from './write-har.js';
