/** Recordings of a test, read back as short words. Must never write. */
import { openRecording } from '../../src/recordings/files/index.js';
import type { RecordedEntry, Recording } from '../../src/recordings/index.js';

/** Entries of a recording, whole or not. */
export function entriesOf(path: string): RecordedEntry[] {
  return [...openRecording(path).entries()];
}

/** `client text hello`, `server ping 01ff`, `server end fin` … without the handshake. */
export function wordsOf(path: string): string[] {
  const recording = openRecording(path);
  return [...recording.entries()]
    .filter(({ kind }) => kind !== 'upgrade' && kind !== 'answer')
    .map((entry) => `${entry.from} ${entry.kind} ${contentOf(entry, recording)}`.trim());
}

function contentOf(entry: RecordedEntry, recording: Recording): string {
  switch (entry.kind) {
    case 'text':
      return `${recording.textOf(entry)}${entry.frames === undefined ? '' : ` [${entry.frames.join(' ')}]`}`;
    case 'close':
      return `${entry.code ?? ''} ${entry.reason}`.trim();
    case 'end':
      return entry.how;
    case 'upgrade':
    case 'answer':
    case 'withheld':
      return '';
    default:
      return Buffer.from(entry.payload).toString('hex');
  }
}
