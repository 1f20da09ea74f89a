/**
 * Listeners by event name. Each is called on its own: what one throws, or rejects with, reaches the failure
 * handler and nobody else. Lists may change while an event is on its way. Must never let an exception out.
 */

/** Any function; the arguments depend on the event. */
export type Listener = (...values: never[]) => unknown;

interface Registration {
  readonly listener: Listener;
  active: boolean;
}

/** A registry of listeners; the types of names and arguments are the caller's business. */
export class Listeners {
  readonly #registrations = new Map<string, readonly Registration[]>();
  readonly #onFailure: (failure: unknown, name: string) => void;

  /** @param onFailure told what a listener threw or rejected with, and for which event; must not throw */
  constructor(onFailure: (failure: unknown, name: string) => void) {
    this.#onFailure = onFailure;
  }

  /** Adds a listener, after those already there. The returned function removes it, also in mid-event. */
  add(name: string, listener: Listener): () => void {
    const registration: Registration = { listener, active: true };
    this.#registrations.set(name, [...(this.#registrations.get(name) ?? []), registration]);
    return () => {
      registration.active = false;
      const rest = (this.#registrations.get(name) ?? []).filter((other) => other !== registration);
      if (rest.length > 0) this.#registrations.set(name, rest);
      else this.#registrations.delete(name);
    };
  }

  /** Whether anybody listens to `name`. */
  has(name: string): boolean {
    return this.#registrations.has(name);
  }

  /** Calls the listeners there are now, in order, but none that has been removed meanwhile. */
  emit(name: string, ...values: unknown[]): void {
    for (const registration of this.#registrations.get(name) ?? []) {
      if (registration.active) this.#call(name, registration.listener, values);
    }
  }

  #call(name: string, listener: Listener, values: unknown[]): void {
    try {
      const outcome = (listener as (...values: unknown[]) => unknown)(...values);
      if (isThenable(outcome)) outcome.then(undefined, (failure) => this.#onFailure(failure, name));
    } catch (failure) {
      this.#onFailure(failure, name);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
