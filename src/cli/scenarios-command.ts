/**
 * `soundstage scenarios`: what is in the library, what one scenario says, and whether a file can be played. Must never
 * play anything.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import { wrapText } from '../report/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { isFileName, type NamedScenario, readLibrary, readNamedScenario } from './scenario-argument.js';
import { fromCommand } from './scenarios-from.js';

const DEFAULT_COLUMNS = 100;
const INDENT = '    ';

/** Builds the command and its three subcommands. */
export function scenariosCommand(): Command {
  return new Command('scenarios')
    .description('Look at scenarios: list the library, show one, check files.')
    .helpCommand(false)
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(validateCommand())
    .addCommand(fromCommand());
}

interface ListFlags {
  readonly group?: string;
  readonly evidence?: string;
  readonly json?: boolean;
}

function listCommand(): Command {
  return new Command('list')
    .description('List the scenarios of the library by group.')
    .option('--group <words>', 'only groups whose heading has these words')
    .option('--evidence <id>', 'only scenarios that provoke this defect, such as A6')
    .option('--json', 'one JSON array instead of text')
    .action((flags: ListFlags) => {
      const found = readLibrary().filter(({ scenario }) => isWanted(scenario, flags));
      if (found.length === 0) {
        throw new SoundstageError(
          'E_CLI_VALUE',
          'No scenario of the library fits. Try soundstage scenarios list without --group and --evidence.',
        );
      }
      if (flags.json === true) write(JSON.stringify(found.map(asData), undefined, 2));
      else write(renderList(found, process.stdout.columns ?? DEFAULT_COLUMNS));
    });
}

function isWanted(scenario: NamedScenario['scenario'], { group, evidence }: ListFlags): boolean {
  const fitsGroup = group === undefined || (scenario.group ?? '').toLowerCase().includes(group.toLowerCase());
  return fitsGroup && (evidence === undefined || (scenario.evidence ?? []).includes(evidence.toUpperCase()));
}

function asData({ name, scenario, source }: NamedScenario) {
  const { summary, group, evidence = [], probe = false } = scenario;
  return { name, group, summary, evidence, probe, source };
}

function renderList(found: readonly NamedScenario[], widthColumns: number): string {
  const parts = [...groupedBy(found)].map(([group, members]) => {
    const rows = members.map(({ name, scenario }) => {
      const evidence = (scenario.evidence ?? []).join(' ');
      const summary = wrapText(scenario.summary ?? '', widthColumns - INDENT.length);
      return [`  ${pc.bold(name)}  ${pc.dim(evidence)}`, ...summary.map((line) => INDENT + line)].join('\n');
    });
    return `${pc.underline(group)}\n${rows.join('\n')}`;
  });
  const end = `${found.length} scenarios. See one: soundstage scenarios show NAME. Play one: soundstage play NAME.`;
  return [...parts, end].join('\n\n');
}

function groupedBy(found: readonly NamedScenario[]): Map<string, NamedScenario[]> {
  const groups = new Map<string, NamedScenario[]>();
  for (const named of found) {
    const { group = 'Other' } = named.scenario;
    groups.set(group, [...(groups.get(group) ?? []), named]);
  }
  return groups;
}

function showCommand(): Command {
  return new Command('show')
    .description('Print a scenario: the file as it is, or what was read from it.')
    .argument('<name|file>', 'a scenario of the library, or a file')
    .option('--json', 'the scenario as JSON, checked; voices as their number of samples')
    .action((argument: string, flags: { readonly json?: boolean }) => {
      const { scenario, file } = readNamedScenario(argument);
      if (flags.json === true) write(JSON.stringify(scenario, voicesAsLength, 2));
      else write(readFileSync(file, 'utf8').trimEnd());
    });
}

function voicesAsLength(_key: string, value: unknown): unknown {
  return value instanceof Int16Array ? { samples: value.length, sampleRateHz: 16_000 } : value;
}

function validateCommand(): Command {
  return new Command('validate')
    .description('Check scenario files. Ends with 1 when one of them cannot be played.')
    .argument('<file...>', 'files, or names of the library')
    .option('--json', 'one JSON array instead of text')
    .action((files: string[], flags: { readonly json?: boolean }) => {
      const results = files.map(validate);
      if (flags.json === true) write(JSON.stringify(results, undefined, 2));
      else for (const result of results) write(renderResult(result));
      if (results.some(({ ok }) => !ok)) process.exitCode = EXIT_CODES.failures;
    });
}

interface ValidationResult {
  readonly file: string;
  readonly ok: boolean;
  readonly summary?: string | undefined;
  readonly message?: string;
  readonly line?: unknown;
  readonly column?: unknown;
}

function validate(argument: string): ValidationResult {
  try {
    return { file: argument, ok: true, summary: readNamedScenario(argument).scenario.summary };
  } catch (error) {
    if (!(error instanceof SoundstageError)) throw error;
    const { line, column } = error.details;
    const hint =
      error.code === 'E_SCENARIO_UNKNOWN' && !isFileName(argument) ? ' A file needs its ending.' : '';
    return { file: argument, ok: false, message: error.message + hint, line, column };
  }
}

function renderResult({ file, ok, summary, message }: ValidationResult): string {
  return ok
    ? `${pc.green('ok')}  ${file}${summary === undefined ? '' : `  ${pc.dim(summary)}`}`
    : `${pc.red('FAILED')}  ${message}`;
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
