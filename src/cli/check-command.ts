/**
 * `soundstage check`: whether recordings are whole and as their manifests say, and whether a secret has got into them.
 * Must never print a secret.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import {
  acceptEdits,
  createNodeSha256,
  loadRedactionRules,
  openRecording,
} from '../recordings/files/index.js';
import { searchFor } from '../recordings/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { printable } from './terminal-text.js';

interface CheckFlags {
  readonly secrets?: boolean;
  readonly accept?: boolean;
  readonly secretEnv: readonly string[];
  readonly rules?: string;
  readonly json?: boolean;
}

/** One thing that is wrong. */
interface Finding {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Builds the command. */
export function checkCommand(): Command {
  return new Command('check')
    .description('Check recordings: whole, unaltered and readable; with --secrets also free of secrets.')
    .argument('<paths...>', 'recordings, or folders that are searched for them')
    .option('--secrets', 'search everything that was written for secrets')
    .option(
      '--secret-env <name>',
      'with --secrets: an environment variable whose value must be nowhere; repeatable',
      (name: string, names: readonly string[]) => [...names, name],
      [],
    )
    .option('--rules <file>', 'with --secrets: search for what these rules name, too')
    .option('--accept', 'take the recordings as they were edited: new hashes, and handwritten')
    .option('--json', 'one JSON object instead of text')
    .action(check);
}

function check(paths: readonly string[], flags: CheckFlags): void {
  const recordings = paths.flatMap(findRecordings);
  if (flags.accept === true) for (const path of recordings) acceptEdits(path);
  const findings = recordings.flatMap((path) => [
    ...problemsOf(path),
    ...(flags.secrets === true ? secretsIn(path, flags) : []),
  ]);
  const again = `soundstage check ${flags.secrets === true ? '--secrets ' : ''}${paths.join(' ')}`;
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ ok: findings.length === 0, recordings, findings })}\n`
      : asText(recordings, findings, again),
  );
  process.exitCode = findings.length === 0 ? EXIT_CODES.clean : EXIT_CODES.failures;
}

/** Folders with a manifest and zip files, below a path. */
function findRecordings(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new SoundstageError(
      'E_RECORDING_MISSING',
      `Cannot check ${path}: there is nothing of that name. Try an existing path.`,
    );
  }
  if (!found.isDirectory() || existsSync(join(path, 'manifest.json')) || path.endsWith('.rec')) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.rec.zip'))
    .map(({ name }) => join(path, name))
    .flatMap(findRecordings)
    .sort();
}

function problemsOf(path: string): readonly Finding[] {
  try {
    const recording = openRecording(path);
    const { complete, transcriptSha256, events } = recording.manifest;
    const count = [...countable(recording.entries())].length;
    if (!complete)
      return [
        {
          path,
          code: 'E_RECORDING_INCOMPLETE',
          message: `its recorder did not finish; ${count} entries can be read. Try recording again, or use it as it is`,
        },
      ];
    const hash = recording.transcriptHash(createNodeSha256);
    if (hash !== transcriptSha256)
      return [
        {
          path,
          code: 'E_RECORDING_HASH',
          message: `its transcript hashes to ${hash}, and the manifest says ${transcriptSha256}`,
        },
      ];
    return count === events.entries
      ? []
      : [
          {
            path,
            code: 'E_RECORDING_HASH',
            message: `it has ${count} entries, and the manifest says ${events.entries}`,
          },
        ];
  } catch (error) {
    const code = error instanceof SoundstageError ? error.code : 'E_RECORDING';
    return [{ path, code, message: error instanceof Error ? error.message : String(error) }];
  }
}

/** Nothing of an entry is kept: a recording may be hours long. */
function* countable(entries: Iterable<unknown>): Generator<true> {
  for (const _entry of entries) yield true;
}

function secretsIn(path: string, flags: CheckFlags): readonly Finding[] {
  const credentials = flags.secretEnv.map((name) => {
    const value = process.env[name];
    if (value === undefined || value === '') {
      throw new SoundstageError(
        'E_CLI_VALUE',
        `Bad --secret-env '${name}': the variable is empty. Try one that holds the secret.`,
      );
    }
    return { value, from: name };
  });
  const search = searchFor(
    credentials,
    flags.rules === undefined ? undefined : loadRedactionRules(flags.rules),
  );
  return filesOf(path).flatMap((file): Finding[] => {
    const text = readFileSync(file, 'latin1');
    if (file.endsWith('.jsonl')) {
      return text.split('\n').flatMap((line, index) => findingsIn(line, `${file}:${index + 1}`, search));
    }
    if (file.endsWith('.json')) return findingsIn(text, file, search);
    const hit = search.findInBytes(Buffer.from(text, 'latin1'));
    return hit === undefined ? [] : [secretFinding(file, hit.rule, hit.value.length)];
  });
}

function findingsIn(text: string, place: string, search: ReturnType<typeof searchFor>): Finding[] {
  // What a recorder put in the place of a secret is none.
  const shown = text.replaceAll(/\[redacted:[a-z][a-z0-9-]*-\d+\]/g, '');
  const rules = new Map(search.find(shown).map(({ rule, value }) => [rule, value.length]));
  return [...rules].map(([rule, length]) => secretFinding(place, rule, length));
}

function secretFinding(path: string, rule: string, length: number): Finding {
  const message = `${rule}: a secret of ${length} characters. Try taking it back at its issuer, then recording again`;
  return { path, code: 'E_SECRET', message };
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

function asText(recordings: readonly string[], findings: readonly Finding[], again: string): string {
  const lines = findings.map(
    ({ path, code, message }) => `${pc.red('FAILED')}  ${path}: ${printable(message)} (${code})`,
  );
  const verdict = `${recordings.length} recordings, ${findings.length} findings`;
  const tail = findings.length === 0 ? [pc.green(verdict)] : [verdict, `Again: ${again}`];
  return `${[...lines, ...tail].join('\n')}\n`;
}
