/**
 * `soundstage scenarios from`: writes a recording as a scenario that a person can edit. Must never change the recording.
 */
import { basename } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import { openRecording, writeScenario } from '../recordings/files/index.js';
import { type Recording, scenarioFromRecording, verbatimFromRecording } from '../recordings/index.js';
import { loadScenario, scenarioNameOf } from '../scenarios/files/index.js';
import type { Scenario } from '../scenarios/index.js';
import { recordingNameOf } from './recording-name.js';

interface FromFlags {
  readonly out?: string;
  readonly verbatim?: boolean;
  readonly timing?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Builds the command. */
export function scenariosFromCommand(): Command {
  return new Command('from')
    .description(
      'Write a recording as a scenario: its answers as replies, its voices as WAV files beside it.',
    )
    .argument('<recording>', 'a folder that soundstage record wrote, or a zip file of one')
    .option('--out <file>', 'the YAML file to write (default: the name of the recording, in this folder)')
    .option('--verbatim', "the server's events word for word, waiting where the client spoke")
    .option('--timing', 'keep the pauses between recorded deltas')
    .option('--force', 'replace files of those names')
    .option('--json', 'one line of JSON instead of text')
    .action(from);
}

function from(path: string, flags: FromFlags): void {
  if (flags.verbatim === true && flags.timing === true) {
    throw new SoundstageError(
      'E_CLI_VALUE',
      'Cannot write the scenario: --timing is about replies, and --verbatim has none. Try one of them.',
    );
  }
  const out = flags.out ?? `${recordingNameOf(path)}.yaml`;
  // Before anything is written: a name that no client could choose would be found out too late.
  const name = scenarioNameOf(out);
  const recording = openRecording(path);
  const { scenario, omitted } = scenarioOf(recording, flags);
  const comments = [
    `Made from the recording ${basename(recording.name)} (${recording.manifest.provenance.kind}).`,
    ...omitted.map((what) => `Left out: ${what}.`),
  ];
  const files = writeScenario(scenario, out, { force: flags.force, comments });
  loadScenario(out);
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ name, files, omitted })}\n`);
    return;
  }
  const lines = [
    ...files.map((file) => `wrote ${pc.bold(file)}`),
    ...omitted.map((what) => pc.yellow(`left out: ${what}`)),
    `Play it: soundstage serve --scenario ${out.includes('/') ? out : `./${out}`}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function scenarioOf(
  recording: Recording,
  { verbatim, timing }: FromFlags,
): { readonly scenario: Scenario; readonly omitted: readonly string[] } {
  if (verbatim === true) return verbatimFromRecording(recording);
  return { scenario: scenarioFromRecording(recording, { timing: timing === true }), omitted: [] };
}
