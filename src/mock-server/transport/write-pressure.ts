/**
 * What a peer that reads slowly costs: nothing, then its own messages, then its connection. Must never drop
 * anything itself.
 */
import type { TransportLimits } from './transport-limits.js';
import type { Wire } from './wire.js';

export interface WritePressureOptions {
  readonly wire: Wire;
  readonly limits: TransportLimits;
  /** Told that `isHigh` became true. */
  readonly onHigh: () => void;
  /** Told that `isHigh` became false again. */
  readonly onDrain: () => void;
  /** Told that more waits than may. */
  readonly onOverflow: (reason: string) => void;
}

export class WritePressure {
  readonly #options: WritePressureOptions;
  #isHigh = false;

  constructor(options: WritePressureOptions) {
    this.#options = options;
  }

  /** The peer has left so much unread that nothing should be read from it. */
  get isHigh(): boolean {
    return this.#isHigh;
  }

  /** To be called after each write. */
  feel(): void {
    const { wire, limits, onHigh, onOverflow } = this.#options;
    const bufferedBytes = wire.bufferedBytes;
    if (bufferedBytes <= limits.writeHighWaterBytes) return;
    if (bufferedBytes > limits.writeBufferBytes) {
      onOverflow(`the peer left more than ${limits.writeBufferBytes} bytes unread`);
    } else if (!this.#isHigh) {
      this.#isHigh = true;
      onHigh();
      wire.whenTaken(this.#onTaken);
    }
  }

  readonly #onTaken = (): void => {
    const { wire, limits, onDrain } = this.#options;
    if (wire.bufferedBytes > limits.writeLowWaterBytes) {
      wire.whenTaken(this.#onTaken);
      return;
    }
    this.#isHigh = false;
    onDrain();
  };
}
