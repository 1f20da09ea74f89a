/**
 * A promise with its two ends outside. Must be handed to a caller who can handle its rejection: a failure nobody
 * waits for is an unhandled rejection, as with any promise.
 */

/** A promise that others settle; only the first settlement counts. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** Makes an open promise. */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
