/**
 * One pass over the library: every scenario in every mode through the SDK, several at a time, against one server. After
 * each run the server is asked what it saw and a plain session must work. Must never go on with a dead server.
 */
import { availableParallelism } from 'node:os';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { Scenario } from '../../src/scenarios/index.js';
import type { ReadySuite } from '../toolchain.js';
import { findIllness } from './health.js';
import { outcomeOf, type RunOutcome } from './outcome.js';
import { type SdkFacts, type SdkJob, SdkWorker } from './sdk-workers.js';
import type { ServerHandle } from './server-handle.js';
import type { ServerView } from './server-process.js';

export type Mode = SdkJob['mode'];

/** One scenario in one mode and what came of it. */
export interface LibraryRun {
  readonly scenario: string;
  readonly mode: Mode;
  /** Absent when `failure` says why. */
  readonly outcome?: RunOutcome;
  /** What went wrong on our side: the server is ill or gone, or the program around the SDK broke. */
  readonly failure?: string;
}

export interface PassOptions {
  readonly scenarios: readonly string[];
  readonly modes: readonly Mode[];
  readonly server: ServerHandle;
  /** Where the server listens, without a scenario. */
  readonly url: string;
  readonly sdk: ReadySuite;
  readonly onRun: (run: LibraryRun) => void;
}

interface Task {
  readonly scenario: string;
  readonly job: SdkJob;
}

/** They wait more than they work. */
const WORKERS_PER_CORE = 4;
const SEED = 7;
/** Seconds without an event after which an answer will not come: on a clock that jumps, on one that runs, and while a
 * message of many megabytes is on its way. */
const QUIET_S = { jumping: 2.5, running: 6, bulky: 45 } as const;

/** Runs them all, in no order; the result is in the order of the scenarios. */
export async function runLibrary(options: PassOptions): Promise<readonly LibraryRun[]> {
  const tasks = tasksOf(options);
  // The slowest first, so that the last of them does not run alone.
  const left = [...tasks].sort(
    (a, b) => Number(lengthOf(b) > lengthOf(a)) - Number(lengthOf(b) < lengthOf(a)),
  );
  const runs = new Map<number, LibraryRun>();
  const worker = async () => {
    const process = new SdkWorker(options.sdk.command, options.sdk.args);
    for (let task = left.shift(); task !== undefined; task = left.shift()) {
      const run = await runTask(task, process, options);
      runs.set(task.job.run, run);
      options.onRun(run);
    }
    process.stop();
  };
  await Promise.all(Array.from({ length: availableParallelism() * WORKERS_PER_CORE }, worker));
  return tasks.flatMap(({ job }) => runs.get(job.run) ?? []);
}

function tasksOf({ scenarios, modes, url }: PassOptions): readonly Task[] {
  const { origin, pathname } = new URL(url);
  return scenarios.flatMap((scenario, index) =>
    modes.map((mode, offset) => {
      const script = libraryScenario(scenario);
      const job: SdkJob = {
        run: index * modes.length + offset,
        mode,
        url: `${origin}/s/${scenario}/${nameOf(mode)}/${SEED}${pathname}`,
        tool: script.summary?.includes('offers at least one tool') ?? false,
        quietS: quietSOf(script),
      };
      return { scenario, job };
    }),
  );
}

/** How long a task may keep the server busy, to compare: it minds a dead link for minutes after its client has gone. */
function lengthOf({ scenario, job }: Task): number {
  const { faults = [] } = libraryScenario(scenario);
  return faults.some((fault) => 'do' in fault && fault.do === 'half-open') ? Infinity : job.quietS;
}

function nameOf(mode: Mode): string {
  return `sdk-${mode}`;
}

function quietSOf({ clock, faults = [] }: Scenario): number {
  if (faults.some((fault) => 'toBytes' in fault && Number(fault.toBytes) > 2 ** 20)) return QUIET_S.bulky;
  return clock === 'paced' || clock === 'media' ? QUIET_S.running : QUIET_S.jumping;
}

async function runTask(
  { scenario, job }: Task,
  worker: SdkWorker,
  { server, url }: PassOptions,
): Promise<LibraryRun> {
  const { mode } = job;
  if (server.end !== undefined) return { scenario, mode, failure: `not run: ${server.end}` };
  try {
    const facts = await worker.run(job);
    const view = await server.look(scenario, nameOf(mode));
    const illness = await findIllness(url);
    if (illness !== undefined) return { scenario, mode, failure: `the server is ill afterwards: ${illness}` };
    return { scenario, mode, ...judge(facts, view) };
  } catch (error) {
    return { scenario, mode, failure: error instanceof Error ? error.message : String(error) };
  }
}

function judge(
  facts: SdkFacts | { readonly died: string },
  view: ServerView,
): Pick<LibraryRun, 'outcome' | 'failure'> {
  if ('died' in facts) return { failure: `the SDK's process died: ${facts.died}` };
  if (facts.broken.length > 0) return { failure: `the program around the SDK: ${facts.broken.join('; ')}` };
  if (view.attempts === 0) return { failure: 'the server saw no attempt to connect' };
  return { outcome: outcomeOf(facts, view) };
}
