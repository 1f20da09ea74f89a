/**
 * How a recording is to be replayed, as an option of a server, and the checks of it. Must never open one.
 */
import { nearestName, SoundstageError } from '../protocol/index.js';
import type { Recording } from '../recordings/index.js';
import type { Fault, Hold } from '../scenarios/index.js';
import type { ReplaySettings } from './session/index.js';

/** A recording and how clients get it. */
export interface RecordingChoice extends Omit<ReplaySettings, 'script' | 'timeFactor'> {
  /** A folder, a zip file, or a recording that is open. */
  readonly recording: string | Recording;
  /**
   * `strict`: the client must send what was recorded. `reactive`: the recorded answers are replies to whatever the
   * client does. Default `strict`.
   */
  readonly mode?: 'strict' | 'reactive' | undefined;
  /**
   * `immediate`: the server's messages come as soon as they are due. `recorded`: after the recorded pauses of virtual
   * time, times `timeFactor`. Default `immediate`.
   */
  readonly timing?: 'immediate' | 'recorded' | undefined;
  /** More than 0. Default 1. */
  readonly timeFactor?: number | undefined;
  /** What goes wrong on top of what was recorded: the faults of a scenario. */
  readonly faults?: readonly Fault[] | undefined;
  /** Where the server waits on top of that: holds of lane `all`, in `strict`. */
  readonly holds?: readonly Hold[] | undefined;
}

/** A recording to replay: its path, the recording itself, or either with a choice of how. */
export type RecordingOption = string | Recording | RecordingChoice;

/** Every key there is; a row that is missing or too many does not compile. */
const KEYS: Readonly<Record<keyof RecordingChoice, 'any' | 'strict'>> = {
  recording: 'any',
  mode: 'any',
  timing: 'any',
  timeFactor: 'any',
  faults: 'any',
  holds: 'any',
  ignore: 'strict',
  audioSlackMs: 'strict',
  leftovers: 'strict',
};

/**
 * Checks what types cannot, and what makes no sense together.
 *
 * @throws SoundstageError `E_OPTION`
 */
export function checkRecordingChoice(choice: RecordingChoice): void {
  for (const [key, value] of Object.entries(choice)) {
    if (!Object.hasOwn(KEYS, key)) fail(key, `'${nearestName(key, Object.keys(KEYS))}'`);
    if (choice.mode === 'reactive' && value !== undefined && KEYS[key as keyof RecordingChoice] === 'strict')
      fail(key, "leaving it out: with mode 'reactive' nothing is compared");
  }
  const { mode, timing, timeFactor, audioSlackMs, leftovers, ignore } = choice;
  if (mode !== undefined && mode !== 'strict' && mode !== 'reactive') fail('mode', "'strict' or 'reactive'");
  if (timing !== undefined && timing !== 'immediate' && timing !== 'recorded')
    fail('timing', "'immediate' or 'recorded'");
  if (timeFactor !== undefined && !(Number.isFinite(timeFactor) && timeFactor > 0))
    fail('timeFactor', 'a number above 0');
  if (audioSlackMs !== undefined && !(Number.isSafeInteger(audioSlackMs) && audioSlackMs >= 0))
    fail('audioSlackMs', 'whole milliseconds, 0 or more');
  if (leftovers !== undefined && leftovers !== 'fail' && leftovers !== 'ignore')
    fail('leftovers', "'fail' or 'ignore'");
  const isList = ignore === undefined || (Array.isArray(ignore) && ignore.every((path) => isPath(path)));
  if (!isList) fail('ignore', "a list of paths such as ['session.instructions']");
}

function isPath(path: unknown): boolean {
  return typeof path === 'string' && path !== '';
}

function fail(key: string, wanted: string): never {
  throw new SoundstageError('E_OPTION', `Bad option 'recording.${key}'. Try ${wanted}.`, {
    details: { name: key },
  });
}
