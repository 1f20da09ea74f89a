/**
 * What a fixture is: one session of the simulation that is worth keeping, and what its recording must hold. Types only.
 */
import type { MockServerOptions, Scenario } from '../../src/index.js';
import type { ErrorSlug, FamilyId } from '../../src/protocol/index.js';

/** A request or message that the reference client does not send. */
export interface PlainClient {
  /** Headers of the upgrade request; without `authorization` there is no key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Binary messages, one at a time. */
  readonly binary?: readonly Uint8Array[];
}

/** One session. */
export interface Fixture {
  /** Its folder below `recordings/`, without the ending: `omni38/tool-call`. */
  readonly name: string;
  /** What a reader sees in it, as a sentence. */
  readonly shows: string;
  readonly family: FamilyId | undefined;
  readonly model: string;
  /** What the server does, and in `drive` what the client does. */
  readonly scenario: Scenario;
  /** Types of server events in this order, others between them. */
  readonly holds: readonly string[];
  /** The row of the catalogue of refusals that it shows. */
  readonly refusal?: ErrorSlug;
  /** Default: a key that every server here knows. */
  readonly apiKey?: string;
  readonly keys?: MockServerOptions['keys'];
  /** Virtual milliseconds that pass, with nobody speaking, as soon as the session has opened. */
  readonly advanceMs?: number;
  /** In place of the reference client and `drive`. */
  readonly plain?: PlainClient;
}

/** A refusal of which there is no recording. */
export interface LeftOut {
  readonly slug: ErrorSlug;
  readonly why: string;
}
