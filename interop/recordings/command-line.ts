/**
 * The command line as a reader of the guide has it: `npx soundstage` is the one that was built here, and CI is not set.
 * Must never outlive the run: whatever it started ends with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { INTEROP } from '../sdks.js';

const CLI = join(dirname(INTEROP), 'dist', 'cli', 'main.js');
/** Wall milliseconds that one program may take. */
const PROGRAM_WATCHDOG_MS = 60_000;

/** What a program printed. */
export interface Finished {
  readonly output: string;
  readonly errors: string;
}

export class CommandLine {
  readonly #folder: string;
  readonly #interpreter: string;
  readonly #env: NodeJS.ProcessEnv;
  #children: ChildProcess[] = [];

  /** @param folder where commands run; gets a folder `bin` */
  constructor(folder: string, interpreter: string) {
    this.#folder = folder;
    this.#interpreter = interpreter;
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npx'), NPX);
    chmodSync(join(bin, 'npx'), 0o755);
    const { CI: _ci, PATH = '', ...env } = process.env;
    this.#env = {
      ...env,
      PATH: `${bin}${delimiter}${PATH}`,
      NO_COLOR: '1',
      DASHSCOPE_API_KEY: 'any',
    };
  }

  /** Starts a command that goes on, and reads the line of JSON that says it is ready. */
  async start(...parameters: string[]): Promise<Record<string, unknown>> {
    const child = spawn('npx', ['soundstage', ...parameters], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    for await (const line of createInterface({ input: child.stdout }))
      return JSON.parse(line) as Record<string, unknown>;
    throw new Error(`soundstage ${parameters[0]} ended before it was ready`);
  }

  /** Runs a Python program to its end. */
  async python(cwd: string, ...parameters: string[]): Promise<Finished> {
    const child = spawn(this.#interpreter, parameters, {
      cwd,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROGRAM_WATCHDOG_MS,
    });
    this.#children.push(child);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve({ output, errors }));
    });
  }

  /** Ends what is still running, the newest first, and waits for it. */
  async end(): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    this.#children = [];
  }
}

/** Replaces itself, so that a signal reaches the command. */
const NPX = `#!/bin/sh
[ "$1" = soundstage ] || { echo "npx $1: this one knows only soundstage" >&2; exit 1; }
shift
exec '${process.execPath}' '${CLI}' "$@"
`;
