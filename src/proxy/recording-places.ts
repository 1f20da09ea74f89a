/**
 * The folders that a proxy's recordings go to: no recording in the place of another unless that is wanted. Must never
 * replace a recording that is still being written.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { DirectorySink } from '../recordings/files/index.js';
import { MANIFEST_PART, type PartSink } from '../recordings/index.js';
import type { RecordingProxyOptions } from './proxy-options.js';
import { knownRecordingName, type NameParts, numberedName, recordingName } from './recording-names.js';

const MOST_NUMBERS = 100_000;

export interface RecordingPlace {
  readonly path: string;
  readonly sink: PartSink;
  /** From now on it may be replaced. */
  readonly release: () => void;
}

export class RecordingPlaces {
  readonly #out: string;
  readonly #template: string | undefined;
  readonly #force: boolean;
  readonly #createSink: NonNullable<RecordingProxyOptions['createSink']>;
  readonly #busy = new Set<string>();
  /** Of this run and named by nobody: the next of the same second does not replace it. */
  readonly #unnamed = new Set<string>();

  constructor(out: string, options: RecordingProxyOptions) {
    this.#out = out;
    this.#template = options.nameTemplate;
    this.#force = options.force ?? false;
    this.#createSink = options.createSink ?? ((folder, choice) => new DirectorySink(folder, choice));
  }

  /** Makes the place of a new recording. */
  open(parts: NameParts): RecordingPlace {
    const name = recordingName(this.#template, parts);
    for (let count = 1; ; count += 1) {
      const path = join(this.#out, numberedName(name, count));
      const force = this.#force && count === 1 && !this.#unnamed.has(path);
      if (this.#busy.has(path)) continue;
      try {
        const sink = this.#createSink(path, { force });
        this.#busy.add(path);
        if (parts.name === undefined) this.#unnamed.add(path);
        return { path, sink, release: () => this.#busy.delete(path) };
      } catch (error) {
        const isTaken = error instanceof SoundstageError && error.code === 'E_RECORDING_EXISTS';
        if (!isTaken || (this.#force && force) || count >= MOST_NUMBERS) throw error;
      }
    }
  }

  /** The recording that a client means; undefined when its name does not tell. */
  pathOf(parts: Omit<NameParts, 'startedAt' | 'number'>): string | undefined {
    const name = knownRecordingName(this.#template, parts);
    return name === undefined ? undefined : join(this.#out, name);
  }
}

/** Whether there is a recording of that path. */
export function isRecording(path: string): boolean {
  return existsSync(join(path, MANIFEST_PART));
}
