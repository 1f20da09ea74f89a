/**
 * The time a client lives in, so that a test can bring its own. Holds types only.
 */

/** The client's only source of time. */
export interface ClientClock {
  /** Milliseconds since any fixed origin; only differences are used. */
  nowMs(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, action: () => void): () => void;
}
