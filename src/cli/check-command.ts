/**
 * `soundstage check`: whether recordings are whole and hold no secrets, and the way to accept an edit. Must never print a
 * secret that it finds.
 */
import { statSync } from 'node:fs';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import {
  AllFilesSource,
  acceptRecording,
  checkRecording,
  DirectorySource,
  findRecordings,
  loadRedactionRules,
  type SecretPlace,
  scanRecording,
  ZipSource,
} from '../recordings/files/index.js';
import { type Credential, searchFor } from '../recordings/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { printable, quoted } from './terminal-text.js';

const SHORTEST_SECRET_CHARS = 6;

interface CheckFlags {
  readonly secrets?: boolean;
  readonly secretEnv: readonly string[];
  readonly rules?: string;
  readonly accept?: boolean;
  readonly json?: boolean;
}

/** Builds the command. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Check recordings: manifest, hashes, every line, and with --secrets whether any holds a secret.',
    )
    .argument('<path...>', 'recordings, or folders above them; zip files, too')
    .option('--secrets', 'look for keys and tokens in everything that was written, in every form')
    .addOption(
      new Option(
        '--secret-env <name>',
        'with --secrets: for the value of this environment variable, too; repeatable',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--rules <file>', 'with --secrets: for what the rules in this file name, too')
    .option('--accept', 'take edited recordings as they are: new hashes, and marked handwritten')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      '\nEnds with 1 when something is wrong. Shows the place, the rule and the length of a secret, never the secret.',
    )
    .action(check);
}

function collect(name: string, names: readonly string[]): readonly string[] {
  return [...names, name];
}

/** One thing that is wrong. */
interface Finding {
  readonly recording: string;
  /** The file, with its line. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

function check(paths: readonly string[], flags: CheckFlags): void {
  refuseMixed(flags);
  const secrets = environmentSecrets(flags.secretEnv);
  const rules = flags.rules === undefined ? undefined : loadRedactionRules(flags.rules);
  const search = flags.secrets === true ? searchFor(secrets, rules) : undefined;
  const shown = new ShownSecrets(secrets);
  const recordings = [...new Set(paths.flatMap(findRecordings))];
  const findings = recordings.flatMap((recording): readonly Finding[] => {
    if (flags.accept === true) acceptRecording(recording);
    return findingsOf(recording, search, shown);
  });
  if (flags.json === true) write(JSON.stringify({ ok: findings.length === 0, recordings, findings }));
  else write(render(recordings, findings, flags, paths));
  if (findings.length > 0) process.exitCode = EXIT_CODES.failures;
}

function findingsOf(
  recording: string,
  search: ReturnType<typeof searchFor> | undefined,
  shown: ShownSecrets,
): readonly Finding[] {
  const isFolder = statSync(recording).isDirectory();
  let source: DirectorySource | ZipSource;
  try {
    source = isFolder ? new DirectorySource(recording) : new ZipSource(recording);
  } catch (error) {
    // A zip file among recordings that is none of one is a finding, not the end of the command.
    if (!(error instanceof SoundstageError)) throw error;
    return [{ recording, path: recording, code: error.code, message: error.message }];
  }
  try {
    const problems = checkRecording(source).map((one) => ({ recording, ...one }));
    if (search === undefined) return problems;
    const files = isFolder ? new AllFilesSource(source.name) : source;
    return [...problems, ...scanRecording(files, search).map((one) => shown.finding(recording, one))];
  } finally {
    source.close();
  }
}

function refuseMixed({ secrets, secretEnv, rules, accept }: CheckFlags): void {
  if (secrets !== true && (secretEnv.length > 0 || rules !== undefined))
    throw badValue('Cannot look for secrets: --secret-env and --rules need --secrets. Try adding it.');
  if (accept === true && secrets === true)
    throw badValue('Cannot accept and look for secrets at once. Try one after the other.');
}

/** The values of environment variables, which are never shown. */
function environmentSecrets(names: readonly string[]): readonly Credential[] {
  return names.map((name) => {
    const value = process.env[name];
    if (value === undefined || value === '')
      throw badValue(`Cannot look for the value of ${name}: it is not set. Try setting it, or another name.`);
    if (value.length < SHORTEST_SECRET_CHARS)
      throw badValue(
        `Cannot look for the value of ${name}: it is shorter than ${SHORTEST_SECRET_CHARS} characters, which are found everywhere. Try a longer one.`,
      );
    return { value, from: name };
  });
}

function badValue(message: string): SoundstageError {
  return new SoundstageError('E_CLI_VALUE', message);
}

/** Secrets as people may see them: the same value has the same placeholder. */
class ShownSecrets {
  readonly #names: ReadonlyMap<string, string>;
  readonly #numbers = new Map<string, number>();

  constructor(secrets: readonly Credential[]) {
    this.#names = new Map(secrets.map(({ value, from = '' }) => [value.toLowerCase(), from]));
  }

  finding(recording: string, { place, rule, value, lengthChars }: SecretPlace): Finding {
    const key = value.toLowerCase();
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    const what = rule === 'credential' ? `the value of ${this.#names.get(key) ?? 'a variable'}` : rule;
    const message = `${what}: secret ${number}, of ${lengthChars} characters. Try taking it back at its issuer, then recording again.`;
    return { recording, path: place, code: 'E_SECRET', message };
  }
}

function render(
  recordings: readonly string[],
  findings: readonly Finding[],
  flags: CheckFlags,
  paths: readonly string[],
): string {
  const note = flags.accept === true ? '  accepted as handwritten' : '';
  const lines = recordings.flatMap((recording) => {
    const own = findings.filter((finding) => finding.recording === recording);
    if (own.length === 0) return [`${pc.green('ok')}  ${printable(recording)}${pc.dim(note)}`];
    return [
      `${pc.red('FAILED')}  ${printable(recording)}`,
      ...own.map(({ path, code, message }) => `    ${printable(path)}: ${printable(message)} (${code})`),
    ];
  });
  const verdict = `${recordings.length} recordings, ${findings.length} findings`;
  if (findings.length === 0) return [...lines, pc.green(verdict)].join('\n');
  const again = [
    'soundstage check',
    ...(flags.secrets === true ? ['--secrets'] : []),
    ...flags.secretEnv.map((name) => `--secret-env ${quoted(name)}`),
    ...(flags.rules === undefined ? [] : [`--rules ${quoted(flags.rules)}`]),
    ...paths.map(quoted),
  ].join(' ');
  return [...lines, verdict, `Again: ${again}`].join('\n');
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
