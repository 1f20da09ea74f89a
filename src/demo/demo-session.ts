/**
 * What a demo session is: a script for the client and the claims that must hold afterwards. Types only.
 */
import type { UpdateSessionOptions } from '../client/index.js';
import type { DemoDriver } from './demo-driver.js';
import type { DemoMaterial } from './demo-material.js';
import type { DemoSessionName } from './demo-scenarios.js';

/** Something the session shows, and whether it did. */
export interface DemoClaim {
  readonly text: string;
  readonly holds: boolean;
}

export interface DemoSession {
  readonly name: DemoSessionName;
  readonly title: string;
  readonly model: string;
  /** What the client sets first. */
  readonly settings: UpdateSessionOptions;
  /** What the client does after `session.updated`. Runs until the last answer is complete. */
  readonly script: (driver: DemoDriver, material: DemoMaterial) => Promise<void>;
  /** What must be true in the end. */
  readonly claims: (driver: DemoDriver) => readonly DemoClaim[];
  /** Names of the WAV files for the spoken answers, in order, without extension. */
  readonly answerNames: readonly string[];
}
