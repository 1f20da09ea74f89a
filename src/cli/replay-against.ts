/**
 * `soundstage replay DIR --against URL`: has a server drifted from what was recorded? Must never take a key from the
 * command line, and in CI must never reach beyond this machine.
 */
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { type DriftReport, playAgainst } from '../play/index.js';
import { SoundstageError } from '../protocol/index.js';
import { openRecording } from '../recordings/files/index.js';
import { isCi } from './ci.js';
import { EXIT_CODES } from './exit-codes.js';
import { printable, quoted, withoutSecrets } from './terminal-text.js';

export interface ReplayAgainstFlags {
  readonly against: string;
  readonly apiKeyEnv?: string;
  readonly timing?: 'immediate' | 'recorded';
  readonly fill?: readonly string[];
  readonly strict?: boolean;
  readonly json?: boolean;
}

const DEFAULT_KEY_ENV = 'DASHSCOPE_API_KEY';

/** The options that belong to `--against`, and it. */
export function replayAgainstOptions(): readonly Option[] {
  return [
    new Option('--against <url>', 'play the client to this server and report how its answers have changed'),
    new Option('--api-key-env <name>', 'with --against: the environment variable that holds the key').default(
      DEFAULT_KEY_ENV,
    ),
    new Option(
      '--fill <placeholder=NAME>',
      'with --against: send what this environment variable holds in place of a placeholder; may be repeated',
    ).argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]),
    new Option('--strict', 'with --against: end with 1 also for what is new'),
  ];
}

/** Adds the options to a command. */
export function addReplayAgainstOptions(command: Command): Command {
  for (const option of replayAgainstOptions()) command.addOption(option);
  return command;
}

/** Plays, prints and sets the exit code. */
export async function replayAgainst(path: string, flags: ReplayAgainstFlags): Promise<void> {
  const { env } = process;
  refuseInCi(flags.against, env['CI']);
  const report = await playAgainst(openRecording(path), {
    url: flags.against,
    apiKey: env[flags.apiKeyEnv ?? DEFAULT_KEY_ENV],
    timing: flags.timing,
    fill: readFills(flags.fill ?? [], env),
  });
  const counts = report.findings.filter(({ grade }) => grade === 'breaking' || flags.strict === true);
  const again = commandOf(path, flags);
  process.stdout.write(`${flags.json === true ? asJson(path, report, again) : asText(report, again)}\n`);
  process.exitCode = counts.length === 0 ? EXIT_CODES.clean : EXIT_CODES.failures;
}

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** A test run must not cost money or depend on a network. */
function refuseInCi(url: string, ci: string | undefined): void {
  if (!isCi(ci)) return;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (LOOPBACK.test(host)) return;
  throw new SoundstageError(
    'E_DRIFT_CI',
    `Will not connect to ${host === '' ? 'that URL' : host}: CI is set, and a drift check in CI stays on this machine. Try it by hand, or without CI in the environment.`,
    { details: { host } },
  );
}

function readFills(
  fills: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    fills.map((fill) => {
      const split = fill.lastIndexOf('=');
      const [placeholder, name] = [fill.slice(0, split), fill.slice(split + 1)];
      const value = split < 1 ? undefined : env[name];
      if (value !== undefined) return [placeholder, value];
      const why = split < 1 ? "it is no 'placeholder=NAME'" : `there is no environment variable ${name}`;
      throw new SoundstageError(
        'E_CLI_VALUE',
        `Cannot use --fill ${fill}: ${why}. Try --fill '[redacted:name-1]'=NAME.`,
      );
    }),
  );
}

function asJson(recording: string, report: DriftReport, again: string): string {
  return JSON.stringify({ recording, ...report, again }, undefined, 2);
}

function asText(
  { url, ok, findings, unlisted, notes, recordedEvents, liveEvents }: DriftReport,
  again: string,
): string {
  const lines = findings.map(({ grade, words }) =>
    grade === 'breaking'
      ? `${pc.red('breaking')}  ${printable(words)}`
      : `${pc.yellow('added')}     ${printable(words)}`,
  );
  if (unlisted > 0) lines.push(`and ${unlisted} more`);
  lines.push(...notes.map((note) => pc.dim(note)));
  const events = `${liveEvents} events, ${recordedEvents} recorded`;
  lines.push(
    ok
      ? pc.green(`No drift of ${url} that breaks a client: ${events}.`)
      : pc.red(`${url} has drifted: ${events}.`),
  );
  if (findings.length > 0) lines.push('', pc.dim(`Again: ${again}`));
  return lines.join('\n');
}

/** Names of variables only, never what they hold; of the URL neither query nor user. */
function commandOf(
  path: string,
  { against, apiKeyEnv, timing, fill = [], strict }: ReplayAgainstFlags,
): string {
  const parts = ['soundstage replay', quoted(path), '--against', quoted(withoutSecrets(against))];
  if (apiKeyEnv !== undefined && apiKeyEnv !== DEFAULT_KEY_ENV)
    parts.push('--api-key-env', quoted(apiKeyEnv));
  if (timing === 'recorded') parts.push('--timing recorded');
  for (const one of fill) parts.push('--fill', quoted(one));
  if (strict === true) parts.push('--strict');
  return parts.join(' ');
}
