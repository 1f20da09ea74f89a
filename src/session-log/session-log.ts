/**
 * The log of one session: an ordered list under a byte budget. When the budget is reached the oldest entries
 * leave memory, but not the hash: it is the same with and without eviction.
 */
import { createSha256, type Sha256 } from '../media/index.js';
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { TranscriptWriter } from './canonical-transcript.js';
import { entrySizeBytes, type LogEntry } from './entries.js';

/** The share of the budget that one eviction frees, so that evictions are rare. */
const EVICTED_SHARE = 4;

/** How a transcript is written out. */
export interface TranscriptOptions {
  /** Put the virtual time in front of every line. Equal only between runs on a simulated clock. Default false. */
  readonly timed?: boolean;
}

/** Append-only record of a session. */
export class SessionLog {
  readonly #budgetBytes: number;
  readonly #createHash: () => Sha256;
  readonly #hash: Sha256;
  readonly #hashed: TranscriptWriter;
  #entries: LogEntry[] = [];
  #hashedEntries = 0;
  #sizeBytes = 0;
  #evictedEntries = 0;

  /**
   * @param budgetBytes what the kept entries may weigh; at least one entry is always kept
   * @param createHash opens a SHA-256 digest; a platform's own is faster than the default
   */
  constructor(budgetBytes: number = LIMITS.sessionLogBytes, createHash: () => Sha256 = createSha256) {
    this.#budgetBytes = budgetBytes;
    this.#createHash = createHash;
    this.#hash = createHash();
    this.#hashed = new TranscriptWriter((line) => this.#hash.update(`${line}\n`), createHash);
  }

  /** The entries still in memory, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** How many of the oldest entries have left memory. */
  get evictedEntries(): number {
    return this.#evictedEntries;
  }

  append(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#sizeBytes += entrySizeBytes(entry);
    if (this.#sizeBytes > this.#budgetBytes) this.#evict();
  }

  /** SHA-256 of the canonical transcript so far, as 64 hex digits. */
  transcriptHash(): string {
    this.#hashUpTo(this.#entries.length);
    const pending = this.#hashed.pendingLine();
    if (pending === undefined) return this.#hash.digestHex();
    const extended = this.#hash.clone();
    extended.update(`${pending.line}\n`);
    return extended.digestHex();
  }

  /**
   * The canonical transcript so far, one message a line.
   *
   * @throws SoundstageError `E_LOG_EVICTED` when its beginning is no longer in memory
   */
  transcript(options: TranscriptOptions = {}): string {
    if (this.#evictedEntries > 0) {
      throw new SoundstageError(
        'E_LOG_EVICTED',
        `Cannot write the transcript: ${this.#evictedEntries} entries left memory. Try a larger sessionLogBytes; the hash is still complete.`,
        { details: { evictedEntries: this.#evictedEntries, budgetBytes: this.#budgetBytes } },
      );
    }
    const lines: string[] = [];
    const keep = (line: string, atMs: number) => {
      lines.push(options.timed === true ? `${atMs} ${line}\n` : `${line}\n`);
    };
    const writer = new TranscriptWriter(keep, this.#createHash);
    for (const entry of this.#entries) writer.write(entry);
    const pending = writer.pendingLine();
    if (pending !== undefined) keep(pending.line, pending.atMs);
    return lines.join('');
  }

  #hashUpTo(end: number): void {
    for (; this.#hashedEntries < end; this.#hashedEntries += 1) {
      const entry = this.#entries[this.#hashedEntries];
      if (entry !== undefined) this.#hashed.write(entry);
    }
  }

  #evict(): void {
    const target = this.#budgetBytes - Math.floor(this.#budgetBytes / EVICTED_SHARE);
    let count = 0;
    for (const entry of this.#entries) {
      if (this.#sizeBytes <= target || count === this.#entries.length - 1) break;
      this.#sizeBytes -= entrySizeBytes(entry);
      count += 1;
    }
    this.#hashUpTo(count);
    const atMs = this.#entries[count]?.atMs ?? 0;
    const earlierMarker = this.#evictedEntries > 0 ? 1 : 0;
    this.#evictedEntries += count - earlierMarker;
    this.#hashedEntries = Math.max(0, this.#hashedEntries - count) + 1;
    this.#entries = [
      { kind: 'note', atMs, code: 'entries-evicted', details: { entries: this.#evictedEntries } },
      ...this.#entries.slice(count),
    ];
  }
}
