/**
 * `soundstage replay`: serves recordings to clients that must do what was recorded, and says how each of them did.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import {
  createMockServer,
  type MockServer,
  type RecordingChoice,
  type ServerSession,
} from '../mock-server/index.js';
import { LIMITS, SoundstageError } from '../protocol/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { nextSignal } from './next-signal.js';
import { packageVersion } from './package-version.js';
import { addReplayAgainstOptions, type ReplayAgainstFlags, replayAgainst } from './replay-against.js';
import { readPort, readSeed } from './serve-options.js';

interface ReplayFlags extends Partial<ReplayAgainstFlags> {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly mode: 'strict' | 'reactive';
  readonly timing: 'immediate' | 'recorded';
  readonly timeFactor: number;
  readonly audioSlack: number;
  readonly ignore: readonly string[];
  readonly leftovers: 'fail' | 'ignore';
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Builds the command. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description(
      'Serve a recording to a client that must do what was recorded, or (--against) play its client to a server.',
    )
    .argument('<path>', 'a recording, or a folder of recordings, each of which is chosen by its name')
    .option('--port <number>', 'port to listen on; 0 takes any free one', readPort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed <number>', 'decides the ids', readSeed, 1)
    .addOption(
      new Option(
        '--mode <mode>',
        'strict: the client must send what was recorded; reactive: recorded answers to anything',
      )
        .choices(['strict', 'reactive'])
        .default('strict'),
    )
    .addOption(
      new Option('--timing <timing>', 'answer at once, or after the recorded pauses')
        .choices(['immediate', 'recorded'])
        .default('immediate'),
    )
    .option('--time-factor <number>', 'what recorded pauses are multiplied by', Number, 1)
    .option(
      '--audio-slack <ms>',
      'milliseconds of silence that may be missing or extra',
      Number,
      LIMITS.replayAudioSlackMs,
    )
    .option(
      '--ignore <path>',
      'a place of client events that may differ, session.instructions; repeatable',
      (path: string, paths: readonly string[]) => [...paths, path],
      [],
    )
    .addOption(
      new Option('--leftovers <what>', 'whether what was recorded and not exchanged fails')
        .choices(['fail', 'ignore'])
        .default('fail'),
    )
    .option('--once', 'end after the first session, with 0 if it did what was recorded, else 1')
    .option('--json', 'print one line of JSON when ready and one for each session, and nothing else')
    .action((path: string, flags: ReplayFlags) =>
      flags.against === undefined
        ? replay(path, flags)
        : replayAgainst(path, { ...flags, against: flags.against }),
    );
  return addReplayAgainstOptions(command);
}

async function replay(path: string, flags: ReplayFlags): Promise<void> {
  const ended = nextSignal();
  const again = `soundstage replay ${path}${flags.once === true ? ' --once' : ''}`;
  const server = await createMockServer({
    port: flags.port,
    host: flags.host,
    seed: flags.seed,
    library: false,
    controlApi: false,
    clock: flags.timing === 'recorded' ? 'paced' : 'auto',
    ...recordingsOf(path, flags),
  });
  process.stdout.write(flags.json === true ? readyLine(server) : greeting(server, path, flags));
  const watch = watchSessions(server, flags, again);
  const exitCode = await Promise.race([ended, watch.once]);
  watch.stop();
  await server.close();
  const verdict = watch.failures > 0 ? EXIT_CODES.failures : EXIT_CODES.clean;
  process.exitCode = exitCode === EXIT_CODES.interrupted && verdict === EXIT_CODES.clean ? exitCode : verdict;
}

/** One recording for everybody, or several that are chosen by name. */
function recordingsOf(path: string, flags: ReplayFlags) {
  const choice = (recording: string): RecordingChoice => ({
    recording,
    mode: flags.mode,
    timing: flags.timing,
    timeFactor: flags.timeFactor,
    audioSlackMs: flags.audioSlack,
    ignore: flags.ignore,
    leftovers: flags.leftovers,
  });
  const found = statSync(path, { throwIfNoEntry: false });
  if (
    found?.isDirectory() !== true ||
    statSync(join(path, 'manifest.json'), { throwIfNoEntry: false }) !== undefined
  )
    return { recording: choice(path) };
  const names = readdirSync(path).filter((file) => /\.rec(?:\.zip)?$/.test(file));
  if (names.length === 0) {
    throw new SoundstageError(
      'E_RECORDING_MISSING',
      `Cannot replay ${path}: there is no recording in it. Try a folder that soundstage record wrote.`,
      { details: { path } },
    );
  }
  const recordings = names.map((file) => [nameOf(file), choice(join(path, file))] as const);
  const [only] = recordings;
  return recordings.length === 1 && only !== undefined
    ? { recording: only[1] }
    : { recordings: Object.fromEntries(recordings) };
}

/** A name that a URL can hold. */
function nameOf(file: string): string {
  const name = basename(file).replace(/\.rec(?:\.zip)?$/, '');
  return name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
}

function watchSessions(server: MockServer, flags: ReplayFlags, again: string) {
  let failures = 0;
  let resolveOnce: (code: number) => void = () => {};
  const once = new Promise<number>((resolve) => {
    resolveOnce = resolve;
  });
  let isOver = false;
  const next = async (): Promise<void> => {
    while (!isOver) {
      const session = await server.nextSession({ timeoutMs: LOOK_MS }).catch(() => undefined);
      if (session === undefined) continue;
      void session.closed.then(() => {
        if (session.replay?.ok === false) failures += 1;
        process.stdout.write(flags.json === true ? asJson(session) : asText(session, again));
        if (flags.once === true) resolveOnce(EXIT_CODES.clean);
      });
    }
  };
  void next();
  return {
    once,
    stop: () => {
      isOver = true;
    },
    get failures() {
      return failures;
    },
  };
}

/** Between two looks at whether the server has ended: a longer wait would keep the process alive. */
const LOOK_MS = 200;

function readyLine(server: MockServer): string {
  return `${JSON.stringify({ ready: true, url: server.url, version: packageVersion() })}\n`;
}

function greeting(server: MockServer, path: string, { mode }: ReplayFlags): string {
  return `soundstage ${packageVersion()} replays ${path} (${mode})\nPoint a client at ${pc.bold(server.url)}\n`;
}

function asJson(session: ServerSession): string {
  const { replay, close, scenario, connectionKey } = session;
  const result = { ok: replay?.ok ?? true, recording: scenario, connection: connectionKey, replay, close };
  return `${JSON.stringify({ session: result })}\n`;
}

function asText({ replay, connectionKey, close }: ServerSession, again: string): string {
  if (replay === undefined) return `${connectionKey}: over, ${close?.code ?? 'no'} close code\n`;
  if (replay.ok) return `${pc.green('ok')}  ${connectionKey} did what was recorded\n`;
  const { mismatch, leftovers } = replay;
  const lines = [`${pc.red('FAILED')}  ${connectionKey}`];
  if (mismatch !== undefined) {
    lines.push(`  ${mismatch.message}`);
    if (mismatch.path !== '') {
      lines.push(
        pc.red(`  - ${mismatch.path}: ${mismatch.recorded}`),
        pc.green(`  + ${mismatch.path}: ${mismatch.live}`),
      );
    }
  }
  if (leftovers !== undefined) lines.push(`  ${leftovers.message}`);
  return `${lines.join('\n')}\n  Again: ${again}\n`;
}
