/**
 * `soundstage replay`: serves recordings to clients that must do what was recorded, and says how each of them did.
 */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import {
  createMockServer,
  type MockServer,
  type MockServerOptions,
  type ServerSession,
  type UpgradeRecord,
} from '../mock-server/index.js';
import { packageVersion } from '../mock-server/package-version.js';
import { LIMITS } from '../protocol/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { nextSignal } from './next-signal.js';
import { addReplayAgainstOptions, type ReplayAgainstFlags, replayAgainst } from './replay-against.js';
import {
  addIgnored,
  commandOf,
  type ReplayFlags,
  readSlackMs,
  readTimeFactor,
  recordingOptions,
} from './replay-flags.js';
import { readPort, readSeed } from './serve-options.js';
import { printable } from './terminal-text.js';

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
    .option('--time-factor <number>', 'what recorded pauses are multiplied by (default: 1)', readTimeFactor)
    .option(
      '--audio-slack <ms>',
      `milliseconds of silence that may be missing or extra (default: ${LIMITS.replayAudioSlackMs})`,
      readSlackMs,
    )
    .addOption(
      new Option(
        '--ignore <path>',
        'a place of client events that may differ, session.instructions; repeatable',
      )
        .argParser(addIgnored)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--leftovers <what>',
        'whether what was recorded and not exchanged fails (default: fail)',
      ).choices(['fail', 'ignore']),
    )
    .option('--once', 'end after the first session, with 0 if it did what was recorded, else 1')
    .option('--json', 'print one line of JSON when ready and one for each session, and nothing else')
    .action((path: string, flags: ReplayFlags & Partial<ReplayAgainstFlags>) =>
      flags.against === undefined
        ? replay(path, flags)
        : replayAgainst(path, { ...flags, against: flags.against }),
    );
  return addReplayAgainstOptions(command);
}

async function replay(path: string, flags: ReplayFlags): Promise<void> {
  const ended = nextSignal();
  const verdicts = new Verdicts(flags, commandOf(path, flags));
  const options: MockServerOptions = {
    port: flags.port,
    host: flags.host,
    seed: flags.seed,
    library: false,
    controlApi: false,
    clock: flags.timing === 'recorded' ? 'paced' : 'auto',
    onSession: (session) => void session.closed.then(() => verdicts.takeSession(session)),
    onUpgrade: (upgrade) => verdicts.takeUpgrade(upgrade),
    ...recordingOptions(path, flags),
  };
  const server = await createMockServer(options);
  const names = Object.keys(options.recordings ?? {});
  process.stdout.write(flags.json === true ? readyLine(server, names) : greeting(server, path, flags, names));
  const exitCode = await Promise.race([ended, verdicts.once]);
  await server.close();
  // A second look: sessions that the end of the server has cut off count as well.
  const verdict = verdicts.failures > 0 ? EXIT_CODES.failures : EXIT_CODES.clean;
  process.exitCode = exitCode === EXIT_CODES.interrupted && verdict === EXIT_CODES.clean ? exitCode : verdict;
}

/** What became of the clients so far. */
class Verdicts {
  readonly once: Promise<number>;
  failures = 0;
  readonly #flags: ReplayFlags;
  readonly #again: string;
  #resolveOnce: (exitCode: number) => void = () => {};

  constructor(flags: ReplayFlags, again: string) {
    this.#flags = flags;
    this.#again = again;
    this.once = new Promise((resolve) => {
      this.#resolveOnce = resolve;
    });
  }

  takeSession(session: ServerSession): void {
    if (session.replay?.ok === false) this.failures += 1;
    this.#say(sessionJson(session), sessionText(session, this.#again));
  }

  /** A refusal makes no session: the recorded one, or that of a request which never got to the recording. */
  takeUpgrade({ answer, status, scenario, target, replay }: UpgradeRecord): void {
    if (answer === 'accepted') return;
    const ok = replay?.ok === true;
    if (!ok) this.failures += 1;
    const json = { upgrade: { ok, recording: scenario, answer, status, replay } };
    const why =
      replay?.mismatch?.message ??
      `${target.split('?', 1)[0]} was refused with ${status}, and no such refusal is recorded`;
    const text = ok
      ? `${pc.green('ok')}  refused with ${status}, as recorded\n`
      : `${pc.red('FAILED')}  ${printable(why)}\n  Again: ${this.#again}\n`;
    this.#say(json, text);
  }

  #say(json: unknown, text: string): void {
    process.stdout.write(this.#flags.json === true ? `${JSON.stringify(json)}\n` : text);
    if (this.#flags.once === true) this.#resolveOnce(EXIT_CODES.clean);
  }
}

function readyLine(server: MockServer, names: readonly string[]): string {
  const { url } = server;
  const urls = Object.fromEntries(names.map((scenario) => [scenario, server.urlFor({ scenario })]));
  const ready = { ready: true, url, version: packageVersion(), ...(names.length === 0 ? {} : { urls }) };
  return `${JSON.stringify(ready)}\n`;
}

function greeting(server: MockServer, path: string, { mode }: ReplayFlags, names: readonly string[]): string {
  const lines = [`soundstage ${packageVersion()} replays ${path} (${mode})`];
  if (names.length === 0) lines.push(`Point a client at ${pc.bold(server.url)}`);
  else {
    lines.push('Point a client at one of them:');
    lines.push(...names.map((scenario) => `  ${pc.bold(server.urlFor({ scenario }))}`));
  }
  return `${lines.join('\n')}\n`;
}

function sessionJson({ replay, close, scenario, connectionKey }: ServerSession): unknown {
  const result = { ok: replay?.ok ?? true, recording: scenario, connection: connectionKey, replay, close };
  return { session: result };
}

function sessionText({ replay, connectionKey, close }: ServerSession, again: string): string {
  if (replay === undefined) return `${printable(connectionKey)}: over, ${close?.code ?? 'no'} close code\n`;
  const { mismatch, leftovers } = replay;
  if (replay.ok && leftovers === undefined)
    return `${pc.green('ok')}  ${printable(connectionKey)} did what was recorded\n`;
  if (replay.ok)
    return `${pc.green('ok')}  ${printable(connectionKey)}: ${printable(leftovers?.message ?? '')} (ignored)\n`;
  const lines = [`${pc.red('FAILED')}  ${printable(connectionKey)}`];
  if (mismatch !== undefined) {
    lines.push(`  ${printable(mismatch.message)}`);
    if (mismatch.path !== '') {
      lines.push(
        pc.red(`  - ${printable(`${mismatch.path}: ${mismatch.recorded}`)}`),
        pc.green(`  + ${printable(`${mismatch.path}: ${mismatch.live}`)}`),
      );
    }
  }
  if (leftovers !== undefined) lines.push(`  ${printable(leftovers.message)}`);
  return `${lines.join('\n')}\n  Again: ${again}\n`;
}
