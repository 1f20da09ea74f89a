/**
 * Waiting for the answer to `session.finish` (section 3.9). Only `session.finished` is success; only an error that
 * answers the finish is a refusal, whatever else goes wrong meanwhile. Must settle at every close.
 */
import { SoundstageError } from '../protocol/index.js';
import type { ClientClock } from './client-clock.js';
import { closedWhileWaiting } from './connection-errors.js';
import { type Deferred, deferred } from './deferred.js';
import { type ReceivedEvent, readServerError } from './received-frame.js';

/** One `session.finish` on its way. */
export class SessionEnding {
  readonly #outcome: Deferred<void> = deferred();
  readonly #eventId: string;
  readonly #cancelTimer: () => void;
  #progress: 'pending' | 'finished' | 'failed' = 'pending';

  /** @param eventId the id of the `session.finish` that was sent */
  constructor(eventId: string, timeoutMs: number, clock: ClientClock) {
    this.#eventId = eventId;
    this.#cancelTimer = clock.setTimer(timeoutMs, () =>
      this.#settle(
        new SoundstageError(
          'E_END_TIMEOUT',
          `endSession failed: session.finished did not come within ${timeoutMs} ms. Try close(), or a larger timeoutMs while a response is still running.`,
          { details: { timeoutMs } },
        ),
      ),
    );
  }

  /** Resolves with `session.finished`. */
  get promise(): Promise<void> {
    return this.#outcome.promise;
  }

  /** A failed ending leaves the session usable; after the other two nothing more should be sent. */
  get progress(): 'pending' | 'finished' | 'failed' {
    return this.#progress;
  }

  /** Looks at a server event. */
  read(event: ReceivedEvent): void {
    if (event.type === 'session.finished') {
      this.#settle(undefined);
      return;
    }
    if (event.type !== 'error') return;
    const { message, eventId } = readServerError(event);
    const isAnswer = eventId === undefined ? message.includes('session.finish') : eventId === this.#eventId;
    if (!isAnswer) return;
    this.#settle(
      new SoundstageError(
        'E_END_REFUSED',
        `endSession failed: the server refused session.finish: ${message}. Try close(): some models end a session by closing only.`,
        { details: { event } },
      ),
    );
  }

  /** The connection is gone. */
  onClose(code: number, reason: string): void {
    this.#settle(closedWhileWaiting('session.finished', code, reason));
  }

  /** `session.finish` could not be sent. */
  onNotSent(error: Error): void {
    this.#settle(error);
  }

  #settle(error: Error | undefined): void {
    if (this.#progress !== 'pending') return;
    this.#progress = error === undefined ? 'finished' : 'failed';
    this.#cancelTimer();
    if (error === undefined) this.#outcome.resolve(undefined);
    else this.#outcome.reject(error);
  }
}
