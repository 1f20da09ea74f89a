/** Recordings as HAR files, both ways. */
export { type HarImportOptions, type HarWebSocket, readHar } from './read-har.js';
export { writeHar } from './write-har.js';
