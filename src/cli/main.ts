#!/usr/bin/env node
/**
 * The `soundstage` command: puts the subcommands together and turns what goes wrong into exit codes. Must never
 * know what a subcommand does.
 */
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { packageVersion } from '../mock-server/package-version.js';
import { SoundstageError } from '../protocol/index.js';
import { checkCommand } from './check-command.js';
import { diffCommand } from './diff-command.js';
import { EXIT_CODES } from './exit-codes.js';
import { packCommand } from './pack-command.js';
import { playCommand } from './play-command.js';
import { quirksCommand } from './quirks-command.js';
import { recordCommand } from './record-command.js';
import { replayCommand } from './replay-command.js';
import { scenariosCommand } from './scenarios-command.js';
import { serveCommand } from './serve-command.js';

/** Codes of errors that are the user's to mend. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'E_OPTION',
  'E_QUIRK_UNKNOWN',
  'E_QUIRK_VALUE',
  'E_CLI_VALUE',
  'E_PROXY_CI',
  'E_SCENARIO',
  'E_REDACTION_RULES',
  'E_RECORDING_ACCEPT',
  'E_RECORDING_MISSING',
  'E_SCENARIO_WAV',
  'E_SCENARIO_UNKNOWN',
  'E_SCENARIO_EXISTS',
  'E_RECORDING_EXISTS',
  'E_HAR',
  'E_DRIFT_CI',
  'E_DRIFT_PLACEHOLDER',
  'E_INVALID_URL',
]);

const program = new Command('soundstage')
  .description('A deterministic, offline stand-in for the Qwen-Omni-Realtime WebSocket service.')
  .version(packageVersion())
  .helpCommand(false)
  .addCommand(serveCommand())
  .addCommand(playCommand())
  .addCommand(recordCommand())
  .addCommand(replayCommand())
  .addCommand(checkCommand())
  .addCommand(diffCommand())
  .addCommand(packCommand())
  .addCommand(scenariosCommand())
  .addCommand(quirksCommand());

setUp(program, 'soundstage');
program.showHelpAfterError('Try soundstage --help.');

/** Errors look and end the same in every command, whatever its depth. */
function setUp(command: Command, path: string): void {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(pc.red(text)) });
  command.showHelpAfterError(`Try ${path} --help.`);
  for (const inner of command.commands) setUp(inner, `${path} ${inner.name()}`);
}

// A reader that has seen enough (`| head`) is no failure; without a listener it would be a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong, unless commander has, and chooses the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.clean : EXIT_CODES.usage;
  process.stderr.write(`${pc.red(error instanceof Error ? error.message : String(error))}\n`);
  const isUsage = error instanceof SoundstageError && USAGE_ERRORS.has(error.code);
  return isUsage ? EXIT_CODES.usage : EXIT_CODES.infrastructure;
}
