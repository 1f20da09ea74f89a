/**
 * `soundstage pack`: a recording in another form; what goes in and what comes out is told by the names. Must never
 * replace anything without being told to.
 */
import { statSync } from 'node:fs';
import { Command } from 'commander';
import { SoundstageError } from '../protocol/index.js';
import { packRecording, unpackRecording } from '../recordings/files/index.js';
import { EXIT_CODES } from './exit-codes.js';

interface PackFlags {
  readonly force?: boolean;
}

/** Builds the command. */
export function packCommand(): Command {
  return new Command('pack')
    .description('Turn a recording into another form: folder to name.rec.zip and back.')
    .argument('<in>', 'a recording: its folder or zip file')
    .argument('<out>', 'NAME.zip, or a folder: a name without an ending that is known, such as NAME.rec')
    .option('--force', 'replace what is there; of folders, only a recording')
    .action(pack);
}

type Form = 'folder' | 'zip';
type Conversion = (from: string, to: string, flags: PackFlags) => Promise<void>;

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'folder to zip': packRecording,
  'zip to folder': unpackRecording,
};

async function pack(from: string, to: string, flags: PackFlags): Promise<void> {
  const name = `${formOfInput(from)} to ${formOfOutput(to)}`;
  const convert = CONVERSIONS[name];
  if (convert === undefined) {
    throw new SoundstageError(
      'E_CLI_VALUE',
      `Cannot pack ${from} as ${to}: there is no way from ${name}. Try one of: ${Object.keys(CONVERSIONS).join(', ')}.`,
      { details: { from, to } },
    );
  }
  // So that drafts are cleared away: the default ends the process on the spot.
  const stop = () => process.exit(EXIT_CODES.interrupted);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await convert(from, to, flags);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  process.stdout.write(`${to}\n`);
}

function formOfInput(path: string): Form {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new SoundstageError(
      'E_CLI_VALUE',
      `Cannot pack ${path}: there is nothing of that name. Try a recording's folder.`,
      {
        details: { path },
      },
    );
  }
  return found.isDirectory() ? 'folder' : 'zip';
}

const FORMS: readonly (readonly [ending: RegExp, form: Form])[] = [
  [/\.zip$/i, 'zip'],
  [/(?:\.rec|(?:^|[\\/])[^.\\/]+|[\\/])$/, 'folder'],
];

function formOfOutput(path: string): Form {
  const found = FORMS.find(([ending]) => ending.test(path));
  if (found !== undefined) return found[1];
  throw new SoundstageError(
    'E_CLI_VALUE',
    `Cannot pack into ${path}: its ending says nothing. Try NAME.rec, or NAME.rec.zip.`,
    { details: { path } },
  );
}
