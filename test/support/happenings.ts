/**
 * A list of what happened that a test can wait on, so that no test sleeps. Must never poll.
 */
export class Happenings {
  readonly list: string[] = [];
  #waiting: { done: () => boolean; resolve: () => void }[] = [];

  add(happening: string): void {
    this.list.push(happening);
    this.#waiting = this.#waiting.filter(({ done, resolve }) => {
      if (!done()) return true;
      resolve();
      return false;
    });
  }

  /** Resolves once some happening starts with `prefix`; gives that happening. */
  async until(prefix: string): Promise<string> {
    const find = () => this.list.find((happening) => happening.startsWith(prefix));
    await this.#when(() => find() !== undefined);
    return find() ?? '';
  }

  /** Resolves once `count` happenings start with `prefix`. */
  async untilCount(prefix: string, count: number): Promise<void> {
    await this.#when(() => this.list.filter((happening) => happening.startsWith(prefix)).length >= count);
  }

  #when(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ done, resolve }));
  }
}
