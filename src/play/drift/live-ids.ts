/**
 * Puts the ids that the live server made in place of the recorded ones in what the client sends. Must never touch an id
 * that the client made itself.
 */
import type { SeenEvents } from './seen-events.js';

export class LiveIds {
  readonly #recorded: SeenEvents;
  readonly #live: SeenEvents;
  readonly #known = new Map<string, string>();
  /** How many recorded events have been gone through, by type. */
  readonly #paired = new Map<string, number>();

  constructor(recorded: SeenEvents, live: SeenEvents) {
    this.#recorded = recorded;
    this.#live = live;
  }

  /** A message with every id that both servers have given by now as the live one. */
  translate(text: string): string {
    this.#pair();
    return text.replace(/"((?:[^"\\]|\\.){1,256})"/g, (whole, id: string) => {
      const live = this.#known.get(id);
      return live === undefined ? whole : JSON.stringify(live);
    });
  }

  /** The n-th event of a type goes with the n-th. */
  #pair(): void {
    for (const type of this.#recorded.types()) {
      let next = this.#paired.get(type) ?? 0;
      for (; next < Math.min(this.#recorded.count(type), this.#live.count(type)); next += 1) {
        const [from, to] = [this.#recorded.nth(type, next), this.#live.nth(type, next)];
        for (const [path, id] of from?.ids ?? []) {
          const liveId = to?.ids.get(path);
          if (liveId !== undefined && !this.#known.has(id)) this.#known.set(id, liveId);
        }
      }
      this.#paired.set(type, next);
    }
  }
}
