/**
 * The recordings that clients of one server can choose, by the names of scenarios. Must never open one twice.
 */
import { SoundstageError } from '../protocol/index.js';
import { openRecording } from '../recordings/files/index.js';
import { Recording, ReplayScript, scenarioFromRecording } from '../recordings/index.js';
import type { Scenario } from '../scenarios/index.js';
import { RecordedRefusal } from './recorded-refusal.js';
import { checkRecordingChoice, type RecordingChoice, type RecordingOption } from './recording-choice.js';
import type { MockServerOptions } from './server-options.js';
import type { ReplaySettings } from './session/index.js';

/** The name of the recording that clients get who choose none. */
export const DEFAULT_RECORDING = 'recording';

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
  checkRecordingChoice(choice);
  const { recording: wanted, mode = 'strict', timing, timeFactor = 1, faults, holds } = choice;
  const recording = typeof wanted === 'string' ? openRecording(wanted) : wanted;
  const added = { ...(faults === undefined ? {} : { faults }), ...(holds === undefined ? {} : { holds }) };
  if (mode === 'reactive') {
    const scenario = scenarioFromRecording(recording, { timing: timing === 'recorded' });
    return { settings: undefined, scenario: { ...scenario, ...added }, refusal: undefined };
  }
  const script = new ReplayScript(recording);
  const { ignore, audioSlackMs, leftovers } = choice;
  const factor = timing === 'recorded' ? timeFactor : 0;
  const settings: ReplaySettings = { script, ignore, audioSlackMs, leftovers, timeFactor: factor };
  const summary = `Follows ${recording.name.split(/[\\/]/).at(-1) ?? recording.name}: the client must do what was recorded.`;
  return { settings, scenario: { summary, ...added }, refusal: RecordedRefusal.of(script) };
}

function twice(name: string): SoundstageError {
  return new SoundstageError(
    'E_OPTION',
    `Bad option 'recordings': '${name}' names a scenario as well. Try another name for one of them.`,
    { details: { name } },
  );
}
