/**
 * `soundstage scenarios from`: a recording as a scenario file that can be edited, with its voices beside it. Must never
 * write over a file.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { SoundstageError } from '../protocol/index.js';
import { openRecording } from '../recordings/files/index.js';
import { scenarioFromRecording } from '../recordings/index.js';
import type { Reply, Scenario } from '../scenarios/index.js';

interface FromFlags {
  readonly out?: string;
  readonly timing?: boolean;
  readonly force?: boolean;
}

export function fromCommand(): Command {
  return new Command('from')
    .description('Turn a recording into a scenario file: its answers become replies.')
    .argument('<path>', 'a recording')
    .option('--out <file>', "the scenario file; default the recording's name in this folder")
    .option('--timing', 'keep the recorded pauses between deltas')
    .option('--force', 'write over files of the same name')
    .action(from);
}

function from(path: string, flags: FromFlags): void {
  const scenario = scenarioFromRecording(openRecording(path), { timing: flags.timing });
  const file = flags.out ?? `${nameOf(path)}.yaml`;
  const voices = new Map<string, Uint8Array>();
  const text = stringify(withVoiceFiles(scenario, nameOf(file), voices), { lineWidth: 0 });
  const flag = flags.force === true ? 'w' : 'wx';
  mkdirSync(dirname(file), { recursive: true });
  for (const [name, bytes] of [...voices, [basename(file), text] as const])
    write(join(dirname(file), name), bytes, flag);
  process.stdout.write(
    `wrote ${[file, ...[...voices.keys()].map((name) => join(dirname(file), name))].join(', ')}\n`,
  );
}

function withVoiceFiles(scenario: Scenario, stem: string, voices: Map<string, Uint8Array>): unknown {
  const replies = scenario.replies?.map((reply: Reply) => ({
    ...reply,
    ...(reply.items === undefined
      ? {}
      : {
          items: reply.items.map((item) => {
            if (!('message' in item) || !(item.message.wav instanceof Uint8Array)) return item;
            const name = `${stem}-${voices.size + 1}.wav`;
            voices.set(name, item.message.wav);
            return { message: { ...item.message, wav: name } };
          }),
        }),
  }));
  return { ...scenario, ...(replies === undefined ? {} : { replies }) };
}

/** A name that a scenario may have. */
function nameOf(path: string): string {
  const name = basename(path).replace(/\.(?:rec(?:\.zip)?|ya?ml)$/, '');
  return name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
}

function write(path: string, content: Uint8Array | string, flag: 'w' | 'wx'): void {
  try {
    writeFileSync(path, content, { flag });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new SoundstageError(
      'E_RECORDING_EXISTS',
      `Cannot write ${path}: there is something of that name. Try another --out, or --force.`,
      { cause },
    );
  }
}
