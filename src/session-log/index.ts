/** The session log: what happened on one connection, its canonical transcript and that transcript's hash. */
export { TranscriptWriter } from './canonical-transcript.js';
export type * from './entries.js';
export { ClientAudioEntry, ClientBytesEntry, ServerAudioEntry } from './entries.js';
export { type IdWord, idWordOf } from './id-names.js';
export { SessionLog, type SessionLogOptions, type TranscriptOptions } from './session-log.js';
