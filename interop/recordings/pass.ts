/**
 * The three passes of one SDK: its cases through the recorder, the same programs against the recordings, and changed
 * programs against them. Must never change an SDK, and must never call a pass good that a server has not seen.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMockServer, type MockServer } from '../../src/index.js';
import { createRecordingProxy } from '../../src/proxy/index.js';
import type { InteropCase } from '../cases.js';
import type { SuiteReport } from '../report.js';
import { INTEROP_SERVERS } from '../scenarios.js';
import { CACHE, type Sdk } from '../sdks.js';
import { type CaseVerdict, runSuite } from '../suite-process.js';
import type { ReadySuite } from '../toolchain.js';
import { CHANGES, type ProgramChange } from './changes.js';
import { findRecordings, type MadeRecording } from './made-recordings.js';

export interface PassOptions {
  readonly sdk: Sdk;
  readonly ready: ReadySuite;
  readonly cases: readonly InteropCase[];
  readonly fixtures: string;
}

/** Runs all three; each is a report of its own. */
export async function recordAndReplay(options: PassOptions): Promise<readonly SuiteReport[]> {
  const folder = join(CACHE, 'recordings', options.sdk.sdk);
  rmSync(folder, { recursive: true, force: true });
  const recorded = await record(options, folder);
  const made = findRecordings(folder, options.sdk.sdk);
  // A case that chooses by query has no name in its path to find its recording by.
  const unnamed = new Set(
    options.cases.filter(({ connect }) => connect !== undefined && 'query' in connect).map((one) => one.case),
  );
  const checked = recorded.verdicts.map((verdict) =>
    unnamed.has(verdict.case) ? verdict : needsRecording(verdict, made),
  );
  const replayed = await replay(options, folder, made);
  const changed = await replayChanged(options, folder, made);
  return [{ ...recorded, verdicts: checked }, replayed, changed];
}

/** Every case as it is, with a recorder between the SDK and the server. */
async function record(options: PassOptions, folder: string): Promise<SuiteReport> {
  const servers: MockServer[] = [];
  const proxies: { name: string; url: string; close(): Promise<void> }[] = [];
  try {
    for (const [name, server] of Object.entries(INTEROP_SERVERS)) {
      const upstream = await createMockServer(server);
      servers.push(upstream);
      const proxy = await createRecordingProxy({
        upstream: new URL(upstream.url).origin,
        out: join(folder, name),
      });
      proxies.push({ name, url: proxy.url, close: () => proxy.close() });
    }
    const origins = Object.fromEntries(proxies.map(({ name, url }) => [name, new URL(url).origin]));
    const casesFolder = writeCases(join(folder, 'cases'), options.cases);
    return await runPass('recorded', options, origins, casesFolder, options.cases);
  } finally {
    for (const proxy of proxies) await proxy.close();
    for (const server of servers) await server.close();
  }
}

/** The same programs against a server that knows nothing but the recordings. */
async function replay(
  options: PassOptions,
  folder: string,
  made: ReadonlyMap<string, MadeRecording>,
): Promise<SuiteReport> {
  const cases = options.cases.filter((one) => made.has(one.case)).map(onRecording);
  const server = await createMockServer(replayOptions(made));
  try {
    const casesFolder = writeCases(join(folder, 'replayed-cases'), cases);
    const origins = { default: new URL(server.url).origin };
    const report = await runPass('replayed', options, origins, casesFolder, cases);
    return {
      ...report,
      verdicts: report.verdicts.map((verdict) => withReplay(verdict, server, options.sdk)),
    };
  } finally {
    await server.close();
  }
}

/** Each change must be noticed, and named. */
async function replayChanged(
  options: PassOptions,
  folder: string,
  made: ReadonlyMap<string, MadeRecording>,
): Promise<SuiteReport> {
  const startedMs = performance.now();
  const verdicts: CaseVerdict[] = [];
  for (const [index, change] of CHANGES.entries()) {
    const original = options.cases.find((one) => one.case === change.case);
    if (original === undefined || !made.has(change.case)) continue;
    const name = `${change.case}: ${change.what}`;
    const changed = changedCase(original, change);
    const server = await createMockServer(replayOptions(made));
    try {
      const casesFolder = writeCases(join(folder, `changed-${index}`), [changed]);
      const origins = { default: new URL(server.url).origin };
      const seenMs = performance.now();
      await runPass('changed', options, origins, casesFolder, [changed]);
      const said = server.sessions.map(({ replay }) => replay?.mismatch?.message ?? '').join('\n');
      const isNamed = change.names.test(said);
      verdicts.push({
        case: name,
        status: isNamed ? 'passed' : 'failed',
        detail: isNamed
          ? ''
          : `the mismatch does not name ${change.names}: ${said === '' ? 'there is none' : said}`,
        ms: Math.round(performance.now() - seenMs),
      });
    } finally {
      await server.close();
    }
  }
  const wallMs = Math.round(performance.now() - startedMs);
  return { title: `${options.sdk.title}, changed`, sdk: options.sdk.sdk, verdicts, wallMs };
}

function replayOptions(made: ReadonlyMap<string, MadeRecording>) {
  return {
    library: false,
    // Ids must come from this session, not from the recording.
    seed: 99,
    recordings: Object.fromEntries([...made].map(([name, { path }]) => [name, path])),
  };
}

async function runPass(
  pass: string,
  { sdk, ready, fixtures }: PassOptions,
  origins: Readonly<Record<string, string>>,
  casesFolder: string,
  cases: readonly InteropCase[],
): Promise<SuiteReport> {
  const startedMs = performance.now();
  const servers = JSON.stringify(origins);
  const args = ['--servers', servers, '--sdk', sdk.sdk, '--fixtures', fixtures, '--cases', casesFolder];
  const names = cases.map((one) => one.case);
  const verdicts = await runSuite(ready, args, names);
  const wallMs = Math.round(performance.now() - startedMs);
  return { title: `${sdk.title}, ${pass}`, sdk: sdk.sdk, verdicts, wallMs };
}

/** A recording is chosen like a scenario. */
function onRecording(one: InteropCase): InteropCase {
  const { server: _server, ...rest } = one;
  return { ...rest, scenario: one.case };
}

function changedCase(original: InteropCase, { step, becomes }: ProgramChange): InteropCase {
  const steps = original.steps.map((one, index) => (index === step ? becomes : one));
  return { ...onRecording(original), steps };
}

function writeCases(folder: string, cases: readonly InteropCase[]): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  return folder;
}

function needsRecording(verdict: CaseVerdict, made: ReadonlyMap<string, MadeRecording>): CaseVerdict {
  if (verdict.status !== 'passed') return verdict;
  const recording = made.get(verdict.case);
  if (recording === undefined) return { ...verdict, status: 'failed', detail: 'nothing was recorded' };
  return recording.problem === undefined
    ? verdict
    : { ...verdict, status: 'failed', detail: recording.problem };
}

/** The SDK was content; so must the server be, which saw every byte it sent. */
function withReplay(verdict: CaseVerdict, server: MockServer, sdk: Sdk): CaseVerdict {
  if (verdict.status !== 'passed') return verdict;
  const key = `${sdk.sdk}-${verdict.case}`;
  const session = server.sessions.findLast((one) => one.connectionKey === key);
  // A refused upgrade makes no session: the SDK's own look at the answer is all there is.
  if (session?.replay === undefined || session.replay.ok) return verdict;
  return { ...verdict, status: 'failed', detail: session.replay.mismatch?.message ?? 'leftovers' };
}
