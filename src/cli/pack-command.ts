/**
 * `soundstage pack`: a recording in another form; what goes in and what comes out is told by the names. Must never
 * replace anything without being told to.
 */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { Command } from 'commander';
import { SoundstageError } from '../protocol/index.js';
import {
  exportHar,
  importHar,
  openHar,
  openRecording,
  packRecording,
  unpackRecording,
  writeBeside,
} from '../recordings/files/index.js';
import { type Provenance, provenanceSchema } from '../recordings/index.js';
import { renderRecordingMarkdown } from '../report/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { packageVersion } from './package-version.js';

interface PackFlags {
  readonly force?: boolean;
  readonly entry?: number;
  readonly provenance?: Provenance;
}

/** Builds the command. */
export function packCommand(): Command {
  return new Command('pack')
    .description('Turn a recording into another form: folder, zip file, HAR of a browser, Markdown.')
    .argument('<in>', 'a recording: its folder or zip file; or a HAR file')
    .argument('<out>', 'NAME.zip, NAME.har, NAME.md (only out), or a folder such as NAME.rec')
    .option(
      '--entry <n>',
      'of a HAR file with several WebSockets this one, from 1; default: one recording of each',
      readEntry,
    )
    .option(
      '--provenance <kind>',
      'where a HAR file of others comes from: captured:DATE, simulated:PROGRAM, handwritten or undeclared',
      readProvenance,
    )
    .option('--force', 'replace what is there; of folders, only a recording')
    .action(pack);
}

type Form = 'folder' | 'zip' | 'har' | 'markdown';
/** Gives what was written. */
type Conversion = (from: string, to: string, flags: PackFlags) => Promise<readonly string[]>;

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'folder to zip': one(packRecording),
  'zip to folder': one(unpackRecording),
  'folder to har': one(toHar),
  'zip to har': one(toHar),
  'folder to markdown': one(toMarkdown),
  'zip to markdown': one(toMarkdown),
  'har to folder': fromHar,
};

function one(convert: (from: string, to: string, flags: PackFlags) => Promise<void>): Conversion {
  return async (from, to, flags) => {
    await convert(from, to, flags);
    return [to];
  };
}

function toHar(from: string, to: string, flags: PackFlags): Promise<void> {
  return exportHar(openRecording(from), to, {
    ...flags,
    by: { name: 'soundstage', version: packageVersion() },
  });
}

function toMarkdown(from: string, to: string, flags: PackFlags): Promise<void> {
  const recording = openRecording(from);
  return writeBeside(to, flags, (draft) => {
    const file = openSync(draft, 'wx');
    try {
      for (const text of renderRecordingMarkdown(recording)) writeSync(file, text);
    } finally {
      closeSync(file);
    }
  });
}

async function fromHar(
  from: string,
  to: string,
  { force, entry, provenance }: PackFlags,
): Promise<readonly string[]> {
  const found = openHar(from);
  const wanted = entry === undefined ? found : found.slice(entry - 1, entry);
  if (wanted.length === 0) {
    throw new SoundstageError(
      'E_CLI_VALUE',
      `Cannot take --entry ${entry}: ${from} has ${found.length} WebSockets. Try --entry ${found.length}.`,
      {
        details: { entry, webSockets: found.length },
      },
    );
  }
  const written: string[] = [];
  for (const [index, webSocket] of wanted.entries()) {
    const folder = wanted.length === 1 ? to : numbered(to, index + 1);
    await importHar(webSocket, folder, { force, provenance, by: `soundstage ${packageVersion()}` });
    written.push(folder);
  }
  return written;
}

/** `call.rec` as `call-2.rec`. */
function numbered(path: string, number: number): string {
  return path.replace(/(\.rec)?[\\/]*$/, `-${number}$1`);
}

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
    const written = await convert(from, to, flags);
    process.stdout.write(`${written.join('\n')}\n`);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
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
  if (found.isDirectory()) return 'folder';
  return /\.har$/i.test(path) ? 'har' : 'zip';
}

const FORMS: readonly (readonly [ending: RegExp, form: Form])[] = [
  [/\.zip$/i, 'zip'],
  [/\.har$/i, 'har'],
  [/\.md$/i, 'markdown'],
  [/(?:\.rec|(?:^|[\\/])[^.\\/]+|[\\/])$/, 'folder'],
];

function formOfOutput(path: string): Form {
  const found = FORMS.find(([ending]) => ending.test(path));
  if (found !== undefined) return found[1];
  throw new SoundstageError(
    'E_CLI_VALUE',
    `Cannot pack into ${path}: its ending says nothing. Try NAME.rec, NAME.rec.zip, NAME.har or NAME.md.`,
    { details: { path } },
  );
}

function readEntry(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new SoundstageError(
    'E_CLI_VALUE',
    `Cannot use --entry ${text}: it is no number from 1. Try --entry 1.`,
  );
}

function readProvenance(text: string): Provenance {
  const [, kind = '', detail = ''] = /^(\w+)(?::(.+))?$/.exec(text) ?? [];
  const checked = provenanceSchema.safeParse(
    kind === 'captured' ? { kind, date: detail } : kind === 'simulated' ? { kind, by: detail } : { kind },
  );
  if (checked.success && (kind !== 'simulated' || detail !== '')) return checked.data;
  throw new SoundstageError(
    'E_CLI_VALUE',
    `Cannot use --provenance ${text}: it is no kind of provenance. Try captured:2026-11-26, simulated:PROGRAM, handwritten or undeclared.`,
  );
}
