/**
 * Entries in their order, some of which may not go yet: those, and everything behind them, wait. Must never change the
 * order, and must say when it holds too much.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { DraftEntry } from '../entries.js';
import { sizeOf } from './entry-redactor.js';

/** A place in the queue: an entry that may go once it is `ready`. */
export interface Slot {
  /** As it came. */
  readonly entry: DraftEntry;
  readonly sizeBytes: number;
  /** As it may be written. */
  ready: DraftEntry | undefined;
}

export class KeptEntries {
  #slots: Slot[] = [];
  #sizeBytes = 0;
  #lastMs = 0;

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  add(entry: DraftEntry, ready: DraftEntry | undefined): Slot {
    const slot: Slot = { entry, sizeBytes: sizeOf(entry), ready };
    this.#slots.push(slot);
    this.#sizeBytes += slot.sizeBytes;
    this.#lastMs = entry.atMs;
    return slot;
  }

  /** Takes what may go: everything before the first that may not. */
  drain(): readonly DraftEntry[] {
    const first = this.#slots.findIndex(({ ready }) => ready === undefined);
    const count = first < 0 ? this.#slots.length : first;
    const gone = this.#slots.splice(0, count);
    for (const { sizeBytes } of gone) this.#sizeBytes -= sizeBytes;
    return gone.map(({ ready, entry }) => ready ?? entry);
  }

  /** What has waited for longest, when more waits than may. */
  overdue(): Slot | undefined {
    const [first] = this.#slots;
    if (first === undefined) return undefined;
    const isTooMuch =
      this.#slots.length > LIMITS.redactionKeptEntries ||
      this.#sizeBytes > LIMITS.redactionKeptBytes ||
      this.#lastMs - first.entry.atMs > LIMITS.redactionKeptMs;
    return isTooMuch ? first : undefined;
  }
}
