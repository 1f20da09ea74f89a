/**
 * The finished lines of a transcript, packed: a long session has tens of thousands, and as one object each they
 * would cost more than the messages they stand for.
 */

/** Lines that are joined into one text. */
const LINES_PER_BLOCK = 256;

/** Lines and their virtual times, under a limit. */
export class TranscriptLines {
  readonly #limitBytes: number;
  #blocks: string[] = [];
  #open: string[] = [];
  #timesMs: number[] = [];
  #sizeBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** What the lines in memory weigh. */
  get sizeBytes(): number {
    return this.#isOver() ? 0 : this.#sizeBytes;
  }

  add(line: string, atMs: number): void {
    if (this.#isOver()) return;
    this.#sizeBytes += line.length;
    if (this.#isOver()) {
      this.#blocks = [];
      this.#open = [];
      this.#timesMs = [];
      return;
    }
    this.#open.push(line);
    this.#timesMs.push(atMs);
    if (this.#open.length === LINES_PER_BLOCK) {
      this.#blocks.push(`${this.#open.join('\n')}\n`);
      this.#open = [];
    }
  }

  /** All lines as one text, each with its time in front when asked for; undefined once they outgrew the limit. */
  text(timed: boolean): string | undefined {
    if (this.#isOver()) return undefined;
    const plain = this.#blocks.join('') + this.#open.map((line) => `${line}\n`).join('');
    if (!timed) return plain;
    const lines = plain.split('\n').slice(0, -1);
    return lines.map((line, index) => formatLine(line, this.#timesMs[index] ?? 0, true)).join('');
  }

  #isOver(): boolean {
    return this.#sizeBytes > this.#limitBytes;
  }
}

/** One line of a transcript as it is written out. */
export function formatLine(line: string, atMs: number, timed: boolean): string {
  return timed ? `${atMs} ${line}\n` : `${line}\n`;
}
