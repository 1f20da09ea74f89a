/**
 * Runs the tools that the SDKs need and says what is missing and how to get it. Must never install a tool.
 */
import { spawn } from 'node:child_process';

/** What a command left behind. */
export interface CommandResult {
  /** Exit code; undefined when the command does not exist or was stopped. */
  readonly code: number | undefined;
  readonly output: string;
}

/** Why a suite cannot run on this machine, in one sentence with the remedy. */
export interface MissingTool {
  readonly missing: string;
}

/** A suite that is ready to be started. */
export interface ReadySuite {
  readonly command: string;
  readonly args: readonly string[];
}

/** Runs a command to its end and gathers both its outputs. */
export function runCommand(command: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: undefined, output: error.message }));
    child.on('close', (code) =>
      resolve({ code: code ?? undefined, output: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

/** The first of the commands that answers `args` with exit code 0, and what it said. */
export async function findTool(
  commands: readonly string[],
  args: readonly string[],
): Promise<{ command: string; output: string } | undefined> {
  for (const command of commands) {
    const { code, output } = await runCommand(command, args, process.cwd());
    if (code === 0) return { command, output };
  }
  return undefined;
}

/** The last lines of a tool's output, for an error message. */
export function lastLines(output: string, count: number): string {
  return output.trim().split('\n').slice(-count).join('\n');
}
