/**
 * Server events as an async iterator with a bounded queue. Ends at every close, clean or not, after what is
 * queued has been read. Must never drop an event in silence: a reader that is too slow gets an error.
 */
import { SoundstageError } from '../protocol/index.js';

/** What one reader may leave unread. */
export interface EventStreamLimits {
  readonly events: number;
  /** Characters of the events' JSON text. */
  readonly chars: number;
}

/** One reader's queue. */
export class EventStream<T> implements AsyncIterableIterator<T> {
  readonly #limits: EventStreamLimits;
  readonly #onReturn: (stream: EventStream<T>) => void;
  readonly #waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  #queue: { value: T; chars: number }[] = [];
  #head = 0;
  #queuedChars = 0;
  #ended = false;
  #failure: SoundstageError | undefined;

  /** @param onReturn told when the reader leaves the loop early */
  constructor(limits: EventStreamLimits, onReturn: (stream: EventStream<T>) => void) {
    this.#limits = limits;
    this.#onReturn = onReturn;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Adds one event of `chars` characters. Beyond a limit the stream ends with `E_EVENT_QUEUE_FULL`. */
  push(value: T, chars: number): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ value, done: false });
      return;
    }
    const queuedEvents = this.#queue.length - this.#head + 1;
    if (queuedEvents > this.#limits.events || this.#queuedChars + chars > this.#limits.chars) {
      this.#failure = new SoundstageError(
        'E_EVENT_QUEUE_FULL',
        `The event iterator fell behind: ${queuedEvents} events wait to be read. Try reading without awaiting slow work inside the loop, or listeners.`,
        { details: { queuedEvents, queuedChars: this.#queuedChars + chars, ...this.#limits } },
      );
      this.end();
      this.#onReturn(this);
      return;
    }
    this.#queue.push({ value, chars });
    this.#queuedChars += chars;
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const entry = this.#queue[this.#head];
    if (entry !== undefined) {
      this.#head += 1;
      this.#queuedChars -= entry.chars;
      this.#compact();
      return Promise.resolve({ value: entry.value, done: false });
    }
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#queue = [];
    this.#head = 0;
    this.#queuedChars = 0;
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Lets go of entries that were read, at a cost that does not grow with the queue. */
  #compact(): void {
    if (this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }
}
