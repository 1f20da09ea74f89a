/** Comparing recordings. */
export {
  type CompareOptions,
  compareRecordings,
  DEFAULT_TIME_TOLERANCE_MS,
  type RecordingComparison,
  type RecordingDifference,
} from './compare-recordings.js';
export type { UnifiedHunk, UnifiedLine } from './unified-lines.js';
export type { ValueDifference } from './value-differences.js';
