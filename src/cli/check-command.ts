/**
 * `soundstage check`: whether recordings are whole and hold no secrets, and the way to accept an edit. Must never print a
 * secret that it finds.
 */
import { statSync } from 'node:fs';
import { Command } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import {
  AllFilesSource,
  acceptRecording,
  checkRecording,
  DirectorySource,
  findRecordings,
  loadRedactionRules,
  type RecordingProblem,
  type SecretPlace,
  scanRecording,
  ZipSource,
} from '../recordings/files/index.js';
import { type Credential, searchFor } from '../recordings/index.js';
import { EXIT_CODES } from './exit-codes.js';

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
    .argument('<dir...>', 'recordings, or folders above them; zip files, too')
    .option('--secrets', 'look for keys and tokens in everything that was written, in every form')
    .option(
      '--secret-env <name>',
      'with --secrets: for the value of this environment variable, too',
      collect,
      [],
    )
    .option('--rules <file>', 'with --secrets: for what the rules in this file name, too')
    .option('--accept', 'take edited recordings as they are: new hashes, and marked handwritten')
    .option('--json', 'one JSON array instead of text')
    .addHelpText(
      'after',
      '\nEnds with 1 when something is wrong. Shows the place, the rule and the length of a secret, never the secret.',
    )
    .action(check);
}

function collect(name: string, names: readonly string[]): readonly string[] {
  return [...names, name];
}

interface Checked {
  readonly recording: string;
  readonly accepted: boolean;
  readonly problems: readonly RecordingProblem[];
  readonly secrets: readonly Omit<ShownSecret, 'value'>[];
}

interface ShownSecret {
  readonly place: string;
  readonly rule: string;
  readonly placeholder: string;
  readonly lengthChars: number;
}

function check(paths: readonly string[], flags: CheckFlags): void {
  refuseMixed(flags);
  const secrets = environmentSecrets(flags.secretEnv);
  const rules = flags.rules === undefined ? undefined : loadRedactionRules(flags.rules);
  const search = flags.secrets === true ? searchFor(secrets, rules) : undefined;
  const shown = new ShownSecrets(secrets);
  const recordings = [...new Set(paths.flatMap(findRecordings))];
  const results = recordings.map((recording): Checked => {
    if (flags.accept === true) acceptRecording(recording);
    const source = isFolder(recording) ? new DirectorySource(recording) : openZip(recording);
    if ('message' in source) return { recording, accepted: false, problems: [source], secrets: [] };
    try {
      const problems = checkRecording(source);
      const files = isFolder(recording) ? new AllFilesSource(source.name) : source;
      const found = search === undefined ? [] : scanRecording(files, search).map(shown.show);
      return { recording, accepted: flags.accept === true, problems, secrets: found };
    } finally {
      source.close();
    }
  });
  if (flags.json === true) write(JSON.stringify(results.map(asData), undefined, 2));
  else write(render(results, flags, paths));
  if (results.some(isBad)) process.exitCode = EXIT_CODES.failures;
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

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}

/** A zip file among recordings that is none of one is a finding, not the end of the command. */
function openZip(path: string): ZipSource | RecordingProblem {
  try {
    return new ZipSource(path);
  } catch (error) {
    if (!(error instanceof SoundstageError)) throw error;
    return { place: path, message: error.message };
  }
}

/** Secrets as people may see them: the same value has the same placeholder. */
class ShownSecrets {
  readonly #names: ReadonlyMap<string, string>;
  readonly #numbers = new Map<string, number>();

  constructor(secrets: readonly Credential[]) {
    this.#names = new Map(secrets.map(({ value, from = '' }) => [value.toLowerCase(), from]));
  }

  readonly show = ({ place, rule, value, lengthChars }: SecretPlace): ShownSecret => {
    const key = value.toLowerCase();
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    const name = rule === 'credential' ? `value of ${this.#names.get(key) ?? 'a variable'}` : rule;
    return { place, rule: name, placeholder: `[secret-${number}]`, lengthChars };
  };
}

function isBad({ problems, secrets }: Checked): boolean {
  return problems.length > 0 || secrets.length > 0;
}

function asData(result: Checked) {
  return { ...result, ok: !isBad(result) };
}

function render(results: readonly Checked[], flags: CheckFlags, paths: readonly string[]): string {
  const lines = results.flatMap((result) => {
    if (!isBad(result)) {
      const note = result.accepted ? '  accepted as handwritten' : '';
      return [`${pc.green('ok')}  ${result.recording}${pc.dim(note)}`];
    }
    return [
      `${pc.red('FAILED')}  ${result.recording}`,
      ...result.problems.map(({ place, message }) => `    ${place}\n        ${message}`),
      ...result.secrets.map(
        ({ place, rule, placeholder, lengthChars }) =>
          `    ${place}\n        ${placeholder}: ${lengthChars} characters found by '${rule}'. Try revoking it, then recording again.`,
      ),
    ];
  });
  const bad = results.filter(isBad).length;
  if (bad === 0) return lines.join('\n');
  const again = [
    'soundstage check',
    ...(flags.secrets === true ? ['--secrets'] : []),
    ...flags.secretEnv.map((name) => `--secret-env ${name}`),
    ...(flags.rules === undefined ? [] : [`--rules ${flags.rules}`]),
    ...paths,
  ].join(' ');
  return [...lines, '', `${bad} of ${results.length} failed. Again: ${again}`].join('\n');
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
