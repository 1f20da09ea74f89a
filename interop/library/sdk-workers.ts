/**
 * The processes that run the SDK: each takes one job after the other, one that hangs or dies is replaced. Must never
 * judge what a run says.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** One scenario in one mode, as the Python side takes it. */
export interface SdkJob {
  /** Number of the run; its answer carries it. */
  readonly run: number;
  readonly mode: 'voice' | 'manual';
  readonly url: string;
  /** Whether the program offers a tool. */
  readonly tool: boolean;
  /** Seconds without any event after which the program gives up waiting for an answer. */
  readonly quietS: number;
}

/** One connection as the SDK told it. */
export interface SdkLink {
  /** Whether `connect()` returned. */
  readonly opened: boolean;
  /** What `on_close` said when the program had not asked for it: code and reason. */
  readonly closed: readonly [number | null, string | null] | null;
  /** Calls of `on_event`. */
  readonly seen: number;
  /** Codes, or messages, of `error` events. */
  readonly errors: readonly string[];
  /** Whether the program knows of its end, or has asked for it. */
  readonly told: boolean;
  /** Errors that only the SDK's log holds; `ofClose` when the program was told of a close, but not why. */
  readonly log: readonly { readonly text: string; readonly ofClose: boolean }[];
}

/** What one run says of itself. */
export interface SdkFacts {
  /** The call that did not return. */
  readonly hung: string | null;
  /** What went wrong in the program itself, beyond the SDK. */
  readonly broken: readonly string[];
  readonly links: readonly SdkLink[];
  readonly raised: readonly { readonly call: string; readonly error: string }[];
  readonly turns: { readonly first: string; readonly probe: string };
}

/** Wall milliseconds for one job; the process has its own, shorter limits. */
const JOB_MS = 120_000;

/** One process that runs jobs. */
export class SdkWorker {
  readonly #command: string;
  readonly #args: readonly string[];
  #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  #lines: Interface | undefined;
  #noise: string[] = [];

  constructor(command: string, args: readonly string[]) {
    this.#command = command;
    this.#args = args;
  }

  /** Runs a job. A process that dies without an answer is a hang or a crash of its own: the text says how. */
  async run(job: SdkJob): Promise<SdkFacts | { readonly died: string }> {
    const { child, lines } = this.#process();
    child.stdin.write(`${JSON.stringify(job)}\n`);
    return new Promise((resolve) => {
      const settle = (result: SdkFacts | { readonly died: string }) => {
        clearTimeout(timer);
        lines.off('line', onLine);
        lines.off('close', onClose);
        if ('died' in result || result.hung !== null || result.broken.length > 0) this.stop();
        resolve(result);
      };
      const onLine = (line: string) => {
        const facts = readFacts(line, job.run);
        if (facts !== undefined) settle(facts);
      };
      const onClose = () => settle({ died: `the process ended\n${this.#noise.slice(-6).join('\n')}`.trim() });
      const timer = setTimeout(() => settle({ died: `no word for ${JOB_MS} ms` }), JOB_MS);
      lines.on('line', onLine);
      lines.on('close', onClose);
    });
  }

  /** Ends the process, whatever it does. */
  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#lines = undefined;
  }

  #process() {
    if (this.#child !== undefined && this.#lines !== undefined)
      return { child: this.#child, lines: this.#lines };
    const child = spawn(this.#command, this.#args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const lines = createInterface({ input: child.stdout });
    this.#noise = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#noise = [...this.#noise.slice(-20), line];
    });
    // A process that is gone shows in its output's end.
    child.stdin.on('error', () => {});
    child.on('error', (error) => this.#noise.push(error.message));
    this.#child = child;
    this.#lines = lines;
    return { child, lines };
  }
}

function readFacts(line: string, run: number): SdkFacts | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isAnswer = typeof value === 'object' && value !== null && 'run' in value && value.run === run;
    return isAnswer ? (value as unknown as SdkFacts) : undefined;
  } catch {
    return undefined;
  }
}
