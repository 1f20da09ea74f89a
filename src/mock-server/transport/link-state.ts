/**
 * How bad the link of one connection has become by impairments, and for how long that is put up with.
 * Must never touch the wire: whoever owns it does, when told.
 */
import type { Impairment } from '../../scenarios/index.js';
import type { WallClock } from '../wall-clock.js';

export interface LinkStateOptions {
  readonly clock: WallClock;
  /** Wall milliseconds that a link may stay impaired to no purpose. */
  readonly impairedConnectionMs: number;
  /** Told that `isDeaf` changed. */
  readonly onHearing: () => void;
  /** Told that the time is up. */
  readonly onOverdue: () => void;
}

export class LinkState {
  readonly #options: LinkStateOptions;
  #isDeaf = false;
  #isHalfOpen = false;
  #isImpaired = false;
  #cancelDeafness: (() => void) | undefined;
  #cancelLingering: (() => void) | undefined;

  constructor(options: LinkStateOptions) {
    this.#options = options;
  }

  /** Nothing is read, whatever else happens. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  /** Nothing can be added to a cable that is out. */
  get isHalfOpen(): boolean {
    return this.#isHalfOpen;
  }

  /** A closing handshake is not worth waiting for. */
  get isImpaired(): boolean {
    return this.#isImpaired;
  }

  impair(impairment: Impairment): void {
    if (impairment.kind !== 'no-pong') this.#isImpaired = true;
    if (impairment.kind === 'half-open') {
      this.#isHalfOpen = true;
      this.#stopReading(Number.POSITIVE_INFINITY);
    } else if (impairment.kind === 'stop-reading') {
      this.#stopReading(impairment.forMs ?? Number.POSITIVE_INFINITY);
    }
  }

  /** The handler has seen the end, the wire has not: it may linger for so long. */
  linger(): void {
    this.#cancelLingering ??= this.#afterImpairment();
  }

  /** Stops waiting for anything. */
  forget(): void {
    this.#cancelDeafness?.();
    this.#cancelLingering?.();
  }

  #stopReading(forMs: number): void {
    this.#cancelDeafness?.();
    this.#isDeaf = true;
    this.#options.onHearing();
    if (!(forMs < this.#options.impairedConnectionMs)) {
      this.#cancelDeafness = this.#afterImpairment();
      return;
    }
    this.#cancelDeafness = this.#options.clock.setTimer(Math.max(0, forMs), () => {
      this.#isDeaf = false;
      this.#options.onHearing();
    });
  }

  #afterImpairment(): () => void {
    const { clock, impairedConnectionMs, onOverdue } = this.#options;
    return clock.setTimer(impairedConnectionMs, onOverdue);
  }
}
