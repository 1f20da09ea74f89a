/**
 * The recordings that clients of one server can choose, by the names of scenarios. Must never open one twice.
 */
import { SoundstageError } from '../protocol/index.js';
import { openRecording } from '../recordings/files/index.js';
import { Recording, ReplayScript, scenarioFromRecording } from '../recordings/index.js';
import type { Scenario } from '../scenarios/index.js';
import type { MockServerOptions } from './server-options.js';
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
}

/** A recording to replay: its path, the recording itself, or either with a choice of how. */
export type RecordingOption = string | Recording | RecordingChoice;

/** The name of the recording that clients get who choose none. */
export const DEFAULT_RECORDING = 'recording';

/** A refusal of the handshake that was recorded. */
export interface RecordedRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Opened {
  readonly settings: ReplaySettings | undefined;
  readonly scenario: Scenario;
  readonly refusal: RecordedRefusal | undefined;
}

export class RecordingShelf {
  readonly #opened = new Map<string, Opened>();
  /** The server's options with a scenario in the place of each recording. */
  readonly options: MockServerOptions;

  /** @throws SoundstageError `E_OPTION` for a name that is a scenario's, `E_RECORDING_…` for one that cannot be read */
  constructor(options: MockServerOptions) {
    const { recording, recordings = {}, scenarios = {}, scenario } = options;
    const all = Object.entries({
      ...recordings,
      ...(recording === undefined ? {} : { [DEFAULT_RECORDING]: recording }),
    });
    for (const [name, option] of all) {
      if (Object.hasOwn(scenarios, name)) throw twice(name);
      this.#opened.set(name, open(option));
    }
    const placed = Object.fromEntries([...this.#opened].map(([name, opened]) => [name, opened.scenario]));
    const chosen = recording === undefined ? scenario : DEFAULT_RECORDING;
    this.options =
      all.length === 0
        ? options
        : {
            ...options,
            scenarios: { ...scenarios, ...placed },
            ...(chosen === undefined ? {} : { scenario: chosen }),
          };
  }

  /** What a session of this name follows; undefined for a scenario. */
  settingsOf(name: string | null): ReplaySettings | undefined {
    return name === null ? undefined : this.#opened.get(name)?.settings;
  }

  /** The recorded refusal of the handshake, where the recording is one. */
  refusalOf(name: string | null): RecordedRefusal | undefined {
    return name === null ? undefined : this.#opened.get(name)?.refusal;
  }
}

function open(option: RecordingOption): Opened {
  const choice: RecordingChoice =
    typeof option === 'string' || option instanceof Recording ? { recording: option } : option;
  const { recording: wanted, mode = 'strict', timing, timeFactor = 1, ...rest } = choice;
  checkChoice(choice);
  const recording = typeof wanted === 'string' ? openRecording(wanted) : wanted;
  if (mode === 'reactive') {
    const scenario = scenarioFromRecording(recording, { timing: timing === 'recorded' });
    return { settings: undefined, scenario, refusal: undefined };
  }
  const script = new ReplayScript(recording);
  const settings: ReplaySettings = { ...rest, script, timeFactor: timing === 'recorded' ? timeFactor : 0 };
  return { settings, scenario: {}, refusal: refusalFrom(script) };
}

function checkChoice({ mode, timing, timeFactor, audioSlackMs, leftovers }: RecordingChoice): void {
  const problems = [
    [mode === undefined || mode === 'strict' || mode === 'reactive', 'mode', "'strict' or 'reactive'"],
    [
      timing === undefined || timing === 'immediate' || timing === 'recorded',
      'timing',
      "'immediate' or 'recorded'",
    ],
    [
      timeFactor === undefined || (Number.isFinite(timeFactor) && timeFactor > 0),
      'timeFactor',
      'a number above 0',
    ],
    [
      audioSlackMs === undefined || (Number.isSafeInteger(audioSlackMs) && audioSlackMs >= 0),
      'audioSlackMs',
      'whole milliseconds, 0 or more',
    ],
    [
      leftovers === undefined || leftovers === 'fail' || leftovers === 'ignore',
      'leftovers',
      "'fail' or 'ignore'",
    ],
  ] as const;
  const found = problems.find(([isGood]) => !isGood);
  if (found === undefined) return;
  throw new SoundstageError('E_OPTION', `Bad option 'recording.${found[1]}'. Try ${found[2]}.`, {
    details: { option: found[1] },
  });
}

function refusalFrom({ refusal }: ReplayScript): RecordedRefusal | undefined {
  if (refusal === undefined) return undefined;
  // What frames the body on the wire is the transport's to say again.
  const kept = refusal.headers.filter(([name]) => !FRAMING.has(name.toLowerCase()));
  const headers = Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value]));
  const body = new TextDecoder().decode(refusal.body ?? new Uint8Array(0));
  return { status: refusal.status, headers, body };
}

const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'date',
  'keep-alive',
]);

function twice(name: string): SoundstageError {
  return new SoundstageError(
    'E_OPTION',
    `Bad option 'recordings': '${name}' names a scenario as well. Try another name for one of them.`,
    { details: { name } },
  );
}
