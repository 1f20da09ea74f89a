/**
 * The log of one session: an ordered list under a byte budget. When the budget is reached the oldest entries leave
 * memory; the canonical transcript and its hash stay complete, since they hold no audio.
 */
import { createSha256, type Sha256 } from '../media/index.js';
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { TranscriptWriter } from './canonical-transcript.js';
import { entrySizeBytes, type LogEntry } from './entries.js';
import { formatLine, TranscriptLines } from './transcript-lines.js';

/** The share of the budget that one eviction frees, so that evictions are rare. */
const EVICTED_SHARE = 4;

/** How a transcript is written out. */
export interface TranscriptOptions {
  /** Put the virtual time in front of every line. Equal only between runs on a simulated clock. Default false. */
  readonly timed?: boolean;
}

/** What a log is made with. */
export interface SessionLogOptions {
  /** What the kept entries may weigh. At least one entry is always kept. Default `LIMITS.sessionLogBytes`. */
  readonly budgetBytes?: number;
  /** What the lines of the transcript may weigh. Default `LIMITS.transcriptBytes`. */
  readonly transcriptBytes?: number;
  /** Opens a SHA-256 digest; a platform's own is faster than the default. */
  readonly createHash?: () => Sha256;
}

/** Append-only record of a session. */
export class SessionLog {
  readonly #budgetBytes: number;
  readonly #hash: Sha256;
  readonly #writer: TranscriptWriter;
  #entries: LogEntry[] = [];
  #writtenEntries = 0;
  #sizeBytes = 0;
  #evictedEntries = 0;
  readonly #lines: TranscriptLines;

  constructor(options: SessionLogOptions = {}) {
    const createHash = options.createHash ?? createSha256;
    this.#budgetBytes = options.budgetBytes ?? LIMITS.sessionLogBytes;
    this.#lines = new TranscriptLines(options.transcriptBytes ?? LIMITS.transcriptBytes);
    this.#hash = createHash();
    this.#writer = new TranscriptWriter((line, atMs) => {
      this.#hash.update(`${line}\n`);
      this.#lines.add(line, atMs);
    }, createHash);
  }

  /** The entries still in memory, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** How many of the oldest entries have left memory. */
  get evictedEntries(): number {
    return this.#evictedEntries;
  }

  /** The weight of what is in memory: entries, and lines of the transcript as far as it was asked for. */
  get sizeBytes(): number {
    return this.#sizeBytes + this.#lines.sizeBytes;
  }

  append(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#sizeBytes += entrySizeBytes(entry);
    if (this.#sizeBytes > this.#budgetBytes) this.#evict();
  }

  /** SHA-256 of the canonical transcript so far, as 64 hex digits. */
  transcriptHash(): string {
    this.#writeUpTo(this.#entries.length);
    const pending = this.#writer.pendingLine();
    if (pending === undefined) return this.#hash.digestHex();
    const extended = this.#hash.clone();
    extended.update(`${pending.line}\n`);
    return extended.digestHex();
  }

  /**
   * The canonical transcript so far, one message a line.
   *
   * @throws SoundstageError `E_TRANSCRIPT_TOO_LONG` when it outgrew its limit; the hash is still complete
   */
  transcript(options: TranscriptOptions = {}): string {
    this.#writeUpTo(this.#entries.length);
    const pending = this.#writer.pendingLine();
    const text = this.#lines.text(options.timed ?? false);
    if (text === undefined) {
      throw new SoundstageError(
        'E_TRANSCRIPT_TOO_LONG',
        'Cannot write the transcript: its lines outgrew their limit. Try transcriptHash(), which is complete, or shorter sessions.',
      );
    }
    return pending === undefined
      ? text
      : text + formatLine(pending.line, pending.atMs, options.timed ?? false);
  }

  #writeUpTo(end: number): void {
    for (; this.#writtenEntries < end; this.#writtenEntries += 1) {
      const entry = this.#entries[this.#writtenEntries];
      if (entry !== undefined) this.#writer.write(entry);
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
    this.#writeUpTo(count);
    const earlierMarker = this.#evictedEntries > 0 ? 1 : 0;
    this.#evictedEntries += count - earlierMarker;
    this.#writtenEntries = Math.max(0, this.#writtenEntries - count) + 1;
    const atMs = this.#entries[count]?.atMs ?? 0;
    const marker: LogEntry = {
      kind: 'note',
      atMs,
      code: 'entries-evicted',
      details: { entries: this.#evictedEntries },
    };
    this.#entries = [marker, ...this.#entries.slice(count)];
    this.#sizeBytes += entrySizeBytes(marker);
  }
}
