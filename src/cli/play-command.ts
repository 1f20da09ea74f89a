/**
 * `soundstage play`: one scenario against the reference client, from the first message to the verdict. Must never judge
 * by itself: the scenario says what is expected.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import type { Verification } from '../assertions/index.js';
import { OmniRealtimeConversation } from '../client/index.js';
import { createMockServer, type MockServer } from '../mock-server/index.js';
import { type PlayRecord, playScenario } from '../play/index.js';
import { LIMITS } from '../protocol/index.js';
import { renderTranscriptColumns, renderVerification } from '../report/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { type NamedScenario, readNamedScenario } from './scenario-argument.js';
import { readSeed, readWaitMs } from './serve-options.js';

const DEFAULT_MODEL = 'qwen3.5-omni-flash-realtime';
const CONNECTION_NAME = 'play';

interface PlayFlags {
  readonly seed?: number;
  readonly model?: string;
  readonly wait: number;
  readonly json?: boolean;
}

/** Builds the command. */
export function playCommand(): Command {
  return new Command('play')
    .description('Play a scenario against the reference client and print what happened.')
    .argument('<name|file>', 'a scenario of the library, or a file')
    .option('--seed <number>', "decides ids and generated answers; default the scenario's, else 1", readSeed)
    .option('--model <name>', "the model to ask for; default the scenario's")
    .option(
      '--wait <ms>',
      'wall milliseconds to wait for an event that may never come',
      readWaitMs,
      LIMITS.playWaitMs,
    )
    .option('--json', 'one JSON object instead of text')
    .action(play);
}

async function play(argument: string, flags: PlayFlags): Promise<void> {
  const named = readNamedScenario(argument);
  const seed = flags.seed ?? named.scenario.seed ?? 1;
  const server = await createMockServer({
    scenarios: { [named.name]: named.scenario },
    library: false,
  });
  try {
    const record = await playOnce(named, server, flags, seed);
    const verification = server.verify(named.name);
    const report = { argument, named, server, record, verification, seed };
    process.stdout.write(`${flags.json === true ? asJson(report) : asText(report)}\n`);
    process.exitCode = verification.ok ? EXIT_CODES.clean : EXIT_CODES.failures;
  } finally {
    await server.close();
  }
}

async function playOnce(
  { name, scenario }: NamedScenario,
  server: MockServer,
  flags: PlayFlags,
  seed: number,
): Promise<PlayRecord> {
  const record = await playScenario({
    scenario,
    waitMs: flags.wait,
    open: (settings) =>
      new OmniRealtimeConversation({
        ...settings,
        model: flags.model ?? scenario.model ?? DEFAULT_MODEL,
        url: server.urlFor({ scenario: name, name: CONNECTION_NAME, seed }),
        apiKey: 'sk-any-key-will-do',
        validate: false,
      }),
  });
  // A session that the client has left is over for the server a moment later.
  await Promise.race([
    Promise.all(server.sessions.map(({ closed }) => closed)),
    new Promise((resolve) => setTimeout(resolve, flags.wait).unref()),
  ]);
  return record;
}

interface PlayReport {
  readonly argument: string;
  readonly named: NamedScenario;
  readonly server: MockServer;
  readonly record: PlayRecord;
  readonly verification: Verification;
  readonly seed: number;
}

function asText({ argument, named, server, record, verification, seed }: PlayReport): string {
  const { summary, evidence = [] } = named.scenario;
  const widthColumns = process.stdout.columns;
  const parts = [
    `${pc.bold(named.name)}  ${pc.dim(evidence.join(' '))}${summary === undefined ? '' : `\n${summary}`}`,
  ];
  const upgrades = server.upgrades.filter(({ answer }) => answer !== 'accepted');
  for (const { connection, answer, status } of upgrades) {
    parts.push(
      `Connection ${connection} was ${answer}${status === undefined ? '' : ` with HTTP ${status}`}.`,
    );
  }
  for (const session of server.sessions) {
    const title = `Connection ${session.connection}`;
    const layout = widthColumns === undefined ? {} : { widthColumns };
    parts.push(
      `${pc.underline(title)}\n${renderTranscriptColumns(session.entries, layout)}\n${pc.dim(`transcript ${session.transcriptHash()}`)}`,
    );
  }
  const missed = record.steps.filter(({ outcome }) => outcome !== 'done');
  if (missed.length > 0) parts.push(missed.map(renderMissed).join('\n'));
  const again = `soundstage play ${argument} --seed ${seed}`;
  parts.push(renderVerification(verification), pc.dim(`Again: ${again}`));
  return parts.join('\n\n');
}

function renderMissed({ step, outcome, why }: PlayRecord['steps'][number]): string {
  return `The client's step ${JSON.stringify(step)} was ${outcome}${why === undefined ? '' : `: ${why}`}`;
}

function asJson({ named, server, record, verification, seed }: PlayReport): string {
  const sessions = server.sessions.map((session) => ({
    connection: session.connection,
    transcriptHash: session.transcriptHash(),
    transcript: session.transcript(),
    close: session.close ?? null,
  }));
  const { steps, probe } = record;
  const upgrades = server.upgrades;
  return JSON.stringify(
    { scenario: named.name, seed, ok: verification.ok, sessions, upgrades, steps, probe, verification },
    undefined,
    2,
  );
}
