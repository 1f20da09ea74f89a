/**
 * The parent's side of the server process: starts it, asks it, and knows when it is gone. Must never start a second
 * one: a server that died is what a library run is there to find.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ServerMemory, ServerQuestion, ServerRest, ServerView } from './server-process.js';

const PROGRAM = fileURLToPath(new URL('./server-process.ts', import.meta.url));
/** Wall milliseconds for an answer: longer than the server itself waits for anything. */
const ANSWER_MS = 150_000;
/** Characters of its error output that are kept. */
const NOISE_CHARS = 4_000;

/** A server that runs as a process of its own. */
export class ServerHandle {
  /** Resolves with the reason when the process has ended, wanted or not. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #count = 0;
  #noise = '';
  #end: string | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#noise = (this.#noise + chunk.toString('utf8')).slice(-NOISE_CHARS);
    });
    child.on('message', ({ id, answer }: { id: number; answer: unknown }) => this.#waiting.get(id)?.(answer));
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#end = `the server process ended with ${code ?? signal}\n${this.#noise}`.trim();
        resolve(this.#end);
      });
    });
  }

  /** Starts one; the second value is where it listens. */
  static start(): Promise<{ readonly server: ServerHandle; readonly url: string }> {
    const child = fork(PROGRAM, {
      execArgv: [...process.execArgv, '--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const server = new ServerHandle(child);
    return new Promise((resolve, reject) => {
      child.once('message', ({ url }: { url: string }) => resolve({ server, url }));
      void server.ended.then((reason) => reject(new Error(reason)));
    });
  }

  /** Why the process has ended; undefined while it runs. */
  get end(): string | undefined {
    return this.#end;
  }

  /** What it has written to its error output. */
  get noise(): string {
    return this.#noise.trim();
  }

  look(scenario: string, name: string): Promise<ServerView> {
    return this.#ask({ ask: 'look', scenario, name });
  }

  settle(): Promise<ServerRest> {
    return this.#ask({ ask: 'settle' });
  }

  memory(): Promise<ServerMemory> {
    return this.#ask({ ask: 'memory' });
  }

  async stop(): Promise<void> {
    if (this.#end !== undefined) return;
    await this.#ask({ ask: 'stop' }).catch(() => this.#child.kill('SIGKILL'));
  }

  /** @throws Error when it does not answer, or is gone */
  #ask<Answer>(question: ServerQuestion): Promise<Answer> {
    if (this.#end !== undefined) return Promise.reject(new Error(this.#end));
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new Error(`the server process left '${question.ask}' unanswered`))),
        ANSWER_MS,
      );
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        how();
      };
      this.#waiting.set(id, (answer) => settle(() => resolve(answer as Answer)));
      void this.ended.then((reason) => settle(() => reject(new Error(reason))));
      this.#child.send({ id, question });
    });
  }
}
