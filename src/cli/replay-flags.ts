/**
 * The flags of `soundstage replay` and what they become: how each recording is replayed, and the command line that does
 * it again. Must never open a recording.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { RecordingChoice } from '../mock-server/index.js';
import { SoundstageError } from '../protocol/index.js';
import { recordingNameOf } from './recording-name.js';
import { quoted } from './terminal-text.js';

export interface ReplayFlags {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly mode: 'strict' | 'reactive';
  readonly timing: 'immediate' | 'recorded';
  readonly timeFactor?: number;
  readonly audioSlack?: number;
  readonly ignore: readonly string[];
  readonly leftovers?: 'fail' | 'ignore';
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Reads `--time-factor`: a number above 0. */
export function readTimeFactor(text: string): number {
  const factor = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(factor) && factor > 0) return factor;
  throw new InvalidArgumentError('Try a number above 0, such as 0.5.');
}

/** Reads `--audio-slack`: whole milliseconds, 0 or more. */
export function readSlackMs(text: string): number {
  const slackMs = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isNaN(slackMs)) return slackMs;
  throw new InvalidArgumentError('Try whole milliseconds, such as 500.');
}

/** Reads one `--ignore` and adds it to those before it. */
export function addIgnored(path: string, earlier: readonly string[]): readonly string[] {
  if (path.trim() === '') throw new InvalidArgumentError('Try a path such as session.instructions.');
  return [...earlier, path];
}

/**
 * One recording for everybody, or several that are chosen by name.
 *
 * @throws SoundstageError `E_RECORDING_MISSING` when there is none, `E_CLI_VALUE` for two of one name and for flags that
 *   make no sense together
 */
export function recordingOptions(
  path: string,
  flags: ReplayFlags,
): { readonly recording: RecordingChoice } | { readonly recordings: Record<string, RecordingChoice> } {
  const how = choiceOf(flags);
  if (!isFolder(path) || isFile(join(path, 'manifest.json')))
    return { recording: { recording: path, ...how } };
  const files = readdirSync(path).filter((file) => isRecording(join(path, file)));
  const [only] = files;
  if (only === undefined) {
    throw new SoundstageError(
      'E_RECORDING_MISSING',
      `Cannot replay ${path}: there is no recording in it. Try a folder that soundstage record wrote.`,
      { details: { path } },
    );
  }
  if (files.length === 1) return { recording: { recording: join(path, only), ...how } };
  const recordings: Record<string, RecordingChoice> = {};
  for (const file of files.sort()) {
    const name = recordingNameOf(file);
    if (Object.hasOwn(recordings, name)) {
      throw new SoundstageError(
        'E_CLI_VALUE',
        `Cannot replay ${path}: two recordings in it have the name '${name}'. Try renaming ${file}.`,
      );
    }
    recordings[name] = { recording: join(path, file), ...how };
  }
  return { recordings };
}

/** The command that does the same again. */
export function commandOf(path: string, flags: ReplayFlags): string {
  const { mode, timing, timeFactor, audioSlack, ignore, leftovers, seed, port, once } = flags;
  const options = [
    ...(port === 0 ? [] : [`--port ${port}`]),
    ...(seed === 1 ? [] : [`--seed ${seed}`]),
    ...(mode === 'strict' ? [] : [`--mode ${mode}`]),
    ...(timing === 'immediate' ? [] : [`--timing ${timing}`]),
    ...(timeFactor === undefined ? [] : [`--time-factor ${timeFactor}`]),
    ...(audioSlack === undefined ? [] : [`--audio-slack ${audioSlack}`]),
    ...ignore.map((ignored) => `--ignore ${quoted(ignored)}`),
    ...(leftovers === undefined ? [] : [`--leftovers ${leftovers}`]),
    ...(once === true ? ['--once'] : []),
  ];
  return ['soundstage replay', quoted(path), ...options].join(' ');
}

/** What is given, and no more: in reactive mode most of it would be refused. */
function choiceOf(flags: ReplayFlags): Omit<RecordingChoice, 'recording'> {
  const { mode, timing, timeFactor, audioSlack, ignore, leftovers } = flags;
  if (timeFactor !== undefined && timing !== 'recorded') {
    throw new SoundstageError(
      'E_CLI_VALUE',
      'Cannot replay: --time-factor needs --timing recorded. Try adding it.',
    );
  }
  return {
    mode,
    timing,
    ...(timeFactor === undefined ? {} : { timeFactor }),
    ...(audioSlack === undefined ? {} : { audioSlackMs: audioSlack }),
    ...(ignore.length === 0 ? {} : { ignore }),
    ...(leftovers === undefined ? {} : { leftovers }),
  };
}

function isRecording(path: string): boolean {
  return isFile(join(path, 'manifest.json')) || (path.endsWith('.rec.zip') && isFile(path));
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
