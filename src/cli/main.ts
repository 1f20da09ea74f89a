#!/usr/bin/env node
/**
 * The `soundstage` command: puts the subcommands together and turns what goes wrong into exit codes. Must never
 * know what a subcommand does.
 */
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { packageVersion } from './package-version.js';
import { quirksCommand } from './quirks-command.js';
import { serveCommand } from './serve-command.js';

/** Codes of errors that are the user's to mend. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'E_OPTION',
  'E_QUIRK_UNKNOWN',
  'E_QUIRK_VALUE',
  'E_CLI_VALUE',
]);

const program = new Command('soundstage')
  .description('A deterministic, offline stand-in for the Qwen-Omni-Realtime WebSocket service.')
  .version(packageVersion())
  .helpCommand(false)
  .showHelpAfterError('Try soundstage --help.')
  .addCommand(serveCommand())
  .addCommand(quirksCommand());

for (const command of [program, ...program.commands]) {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(pc.red(text)) });
}
for (const command of program.commands) {
  command.showHelpAfterError(`Try soundstage ${command.name()} --help.`);
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
