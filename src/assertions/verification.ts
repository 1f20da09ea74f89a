/**
 * What a verification is given and what it says. Types only.
 */
import type { Scenario } from '../scenarios/index.js';
import type { LogEntry } from '../session-log/index.js';

/** The log of one connection of a scenario. */
export interface SessionEvidence {
  /** Which connection of its scenario and name it is, from 1, refused attempts included. */
  readonly connection: number;
  /** Everything that happened, oldest first; how it ended stands in the `close` entry. */
  readonly entries: readonly LogEntry[];
  /** Whether the connection still stands: what has not happened yet may still come. */
  readonly isOpen: boolean;
}

/** What became of one attempt to connect. */
export interface UpgradeEvidence {
  /** Which connection of its scenario and name it is, from 1. */
  readonly connection: number;
  readonly answer: 'accepted' | 'refused' | 'dropped';
  /** The upgrade fault that decided, by its place in the scenario's list. */
  readonly fault?: number;
}

/** A scenario and everything that clients did with it. */
export interface Evidence {
  readonly scenario: Scenario;
  /** Every connection that was let in, in order. */
  readonly sessions: readonly SessionEvidence[];
  /** Every attempt to connect, in order. */
  readonly upgrades: readonly UpgradeEvidence[];
}

/** One thing that was looked at. */
export interface Check {
  /** What should be, in plain words: `the client sends response.cancel at most once`. */
  readonly what: string;
  readonly ok: boolean;
  /** What the log shows, short and concrete: `3 times: at 1200 ms, …`. */
  readonly saw: string;
  /** Why it matters, where the scenario says so. */
  readonly because?: string;
  /** Where in the scenario it stands: `expect[2]`, `faults[0]`, `holds[1]`, `probe`; `log` for the log itself. */
  readonly place: string;
}

/** Whether clients did what a scenario expects, check by check. */
export interface Verification {
  /** Whether every check is. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}
