/**
 * What arrived while nobody wanted it: kept in order and delivered later. Must never deliver out of order, or
 * two things at once.
 */

export interface HeldMessagesOptions<Received> {
  readonly deliver: (received: Received) => void;
  /** Whether deliveries have to wait. */
  readonly mustWait: () => boolean;
}

export class HeldMessages<Received> {
  readonly #options: HeldMessagesOptions<Received>;
  #held: Received[] = [];
  #head = 0;
  #isReleasing = false;

  constructor(options: HeldMessagesOptions<Received>) {
    this.#options = options;
  }

  /** Delivers at once, or keeps what has to wait. */
  receive(received: Received): void {
    if (this.#options.mustWait() || this.#head < this.#held.length) this.#held.push(received);
    else this.#options.deliver(received);
  }

  /** Delivers what was held, in order, until something makes the rest wait again. */
  release(): void {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    while (this.#head < this.#held.length && !this.#options.mustWait()) {
      const received = this.#held[this.#head] as Received;
      this.#head += 1;
      this.#options.deliver(received);
    }
    this.#isReleasing = false;
    if (this.#head >= this.#held.length) this.clear();
  }

  clear(): void {
    this.#held = [];
    this.#head = 0;
  }
}
