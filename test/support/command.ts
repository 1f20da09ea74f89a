/** Runs the built command line in a process of its own. Every process it starts is ended. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WATCHDOG_MS = 30_000;

/** Brings dist/ up to date; does nothing when it is. */
export function ensureBuilt(): void {
  execFileSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** A command that runs. */
export class RunningCommand {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<CommandResult>;
  #stdout = '';
  #stderr = '';
  #onOutput: () => void = () => {};

  constructor(parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, ['dist/cli/main.js', ...parameters], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#onOutput();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#onOutput();
    });
    const watchdog = setTimeout(() => this.#child.kill('SIGKILL'), WATCHDOG_MS);
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (exitCode, signal) => {
        clearTimeout(watchdog);
        this.#onOutput();
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** The first whole line of the standard output that matches; rejects when the command ends without one. */
  line(pattern: RegExp): Promise<string> {
    return this.#lineOf(() => this.#stdout, pattern);
  }

  /** The same for what it says about errors. */
  errorLine(pattern: RegExp): Promise<string> {
    return this.#lineOf(() => this.#stderr, pattern);
  }

  async #lineOf(output: () => string, pattern: RegExp): Promise<string> {
    const find = () =>
      output()
        .split('\n')
        .slice(0, -1)
        .find((line) => pattern.test(line));
    for (;;) {
      const line = find();
      if (line !== undefined) return line;
      if (this.#child.exitCode !== null)
        throw new Error(`ended without ${pattern}: ${this.#stdout}${this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<CommandResult> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command that ends by itself. */
export function runCommand(...parameters: string[]): Promise<CommandResult> {
  return new RunningCommand(parameters).ended;
}
