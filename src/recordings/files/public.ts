/**
 * What the package offers of recordings as `soundstage/recordings`: reading, writing, comparing and converting them.
 * Everything else of the room may change without notice.
 */
export * from '../compare/index.js';
export type {
  AnswerEntry,
  CloseEntry,
  DraftEntry,
  DraftPart,
  EndEntry,
  ImagePart,
  MediaPart,
  PayloadEntry,
  PcmPart,
  RecordedEntry,
  RecordedHeaders,
  Side,
  StoredPart,
  TextEntry,
  UpgradeEntry,
  WithheldEntry,
} from '../entries.js';
export * from '../har/index.js';
export type { ManifestLane, Provenance, RecordingManifest } from '../manifest.js';
export { draftText, splitMessage } from '../message-parts.js';
export { MemoryParts, type PartSink, type PartSource } from '../parts.js';
export { type RecordLogOptions, recordLog } from '../record-log.js';
export { type ReadOptions, Recording } from '../recording.js';
export {
  type RecordingEnd,
  type RecordingHeader,
  RecordingWriter,
  type RecordingWriterOptions,
  type Redactions,
} from '../recording-writer.js';
export { createRedactor, type RedactorOptions } from '../redaction/create-redactor.js';
export type { Redactor } from '../redaction/redactor.js';
export { scenarioFromRecording } from '../scenario-from-recording.js';
export { DirectorySink, type DirectorySinkOptions, DirectorySource } from './directory-parts.js';
export { exportHar, importHar, openHar } from './har-files.js';
export { openRecording } from './open-recording.js';
export { packRecording, unpackRecording } from './pack-recording.js';
export type { ReplaceOptions } from './write-beside.js';
