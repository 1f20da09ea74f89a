/**
 * What stands between the traffic and the disk: takes entries, gives those that may be written. Must never let through
 * what a rule hits, and never reorder.
 */
import type { DraftEntry } from '../entries.js';
import type { Redactions } from '../recording-writer.js';

/** Takes secrets out of the entries of one connection. */
export interface Redactor {
  /**
   * Takes one entry and gives, in order, what may be written now. An entry whose text may be the beginning of a secret
   * is kept back until what follows shows that it is none, and with it everything behind it.
   */
  push(entry: DraftEntry): readonly DraftEntry[];
  /** Gives what was kept back; the connection has ended. */
  flush(): readonly DraftEntry[];
  /**
   * Takes secrets out of a text that is written beside the entries: the model, the name of the folder, the upstream. It
   * knows the connection's own credentials once its upgrade request was pushed.
   */
  scrub(text: string): string;
  /** What was taken out so far. */
  readonly summary: Redactions;
}
