/**
 * The log of one session and those who follow it. Must never change what it is given, nor decide what is worth an entry.
 */

import { createNodeSha256 } from '../recordings/files/node-sha256.js';
import {
  ClientBytesEntry,
  type LogEntry,
  type NoteCode,
  type NoteEntry,
  SessionLog,
} from '../session-log/index.js';

/** Client messages longer than this are kept as bytes. */
const LONG_TEXT_CHARS = 1_024;

export class SessionRecord {
  readonly log: SessionLog;
  readonly #listeners = new Set<(entry: LogEntry) => void>();

  constructor(budgetBytes: number) {
    this.log = new SessionLog({ budgetBytes, createHash: createNodeSha256 });
  }

  append(entry: LogEntry): void {
    this.log.append(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  /** A remark. */
  note(atMs: number, code: NoteCode, details: NoteEntry['details']): void {
    this.append({ kind: 'note', atMs, code, details });
  }

  /** A text message of the client. */
  clientText(atMs: number, text: string): void {
    this.append(
      text.length > LONG_TEXT_CHARS
        ? new ClientBytesEntry(atMs, Buffer.from(text))
        : { kind: 'client', atMs, text },
    );
  }

  /** Calls back with each entry from now on; the returned function ends that. */
  onEntry(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
