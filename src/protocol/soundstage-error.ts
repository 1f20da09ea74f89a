/**
 * The one error class of the project. Expected failures are values; this is thrown for wrong use and broken
 * invariants. It must never carry a secret in its message.
 */

/** What a thrown error adds to its message. */
export interface SoundstageErrorOptions {
  /** The failure underneath, if there is one. */
  readonly cause?: unknown;
  /** Structured facts for programs: values seen, limits reached, places in a file. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * An error with a stable `code` (`E_…`). The message has the form *what failed: why. Try …*.
 */
export class SoundstageError extends Error {
  /** Stable, searchable code such as `E_WAV_TRUNCATED`. */
  readonly code: `E_${string}`;
  /** Structured facts; empty when there are none. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: `E_${string}`, message: string, options: SoundstageErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SoundstageError';
    this.code = code;
    this.details = options.details ?? {};
  }
}
