/** Reports: what happened in a session, for people. */
export { renderRecordingMarkdown } from './recording-markdown.js';
export {
  renderTranscriptColumns,
  TRANSCRIPT_WIDTH,
  type TranscriptLayout,
  type TranscriptPaint,
} from './transcript-columns.js';
export { renderVerification } from './verification-text.js';
export { wrapText } from './wrap-text.js';
