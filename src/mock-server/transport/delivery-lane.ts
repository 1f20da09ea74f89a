/**
 * One direction of an in-process connection: what is pushed at one end is delivered at the other, in order,
 * one parcel per microtask. Must never deliver synchronously, out of order, or while paused.
 */

/** Something on its way, with the bytes it counts for. */
export interface Parcel {
  readonly sizeBytes: number;
  readonly deliver: () => void;
}

export class DeliveryLane {
  #parcels: Parcel[] = [];
  #head = 0;
  #scheduled = false;
  #paused = false;
  #cut = false;
  /** Bytes pushed and not yet delivered. */
  bufferedBytes = 0;

  push(parcel: Parcel): void {
    if (this.#cut) return;
    this.#parcels.push(parcel);
    this.bufferedBytes += parcel.sizeBytes;
    this.#schedule();
  }

  get paused(): boolean {
    return this.#paused;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#schedule();
  }

  /** Throws away what is on its way and everything pushed later. */
  cut(): void {
    this.#cut = true;
    this.#parcels = [];
    this.#head = 0;
    this.bufferedBytes = 0;
  }

  /** Calls back once when everything pushed so far was delivered. */
  whenTaken(callback: () => void): void {
    if (this.#head < this.#parcels.length) {
      this.push({ sizeBytes: 0, deliver: callback });
    } else queueMicrotask(callback);
  }

  #schedule(): void {
    if (this.#scheduled || this.#paused || this.#head >= this.#parcels.length) return;
    this.#scheduled = true;
    queueMicrotask(this.#deliverNext);
  }

  readonly #deliverNext = (): void => {
    this.#scheduled = false;
    const parcel = this.#parcels[this.#head];
    if (this.#paused || parcel === undefined) return;
    this.#head += 1;
    if (this.#head === this.#parcels.length) {
      this.#parcels = [];
      this.#head = 0;
    }
    this.bufferedBytes -= parcel.sizeBytes;
    this.#schedule();
    parcel.deliver();
  };
}
