/**
 * `soundstage serve`: starts the server, says where it is and how to reach it, and runs until a signal ends it.
 */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { createMockServer, type MockServer } from '../mock-server/index.js';
import { clientSnippets } from './client-snippets.js';
import { nextSignal } from './next-signal.js';
import { packageVersion } from './package-version.js';
import {
  addQuirk,
  addScenario,
  readPort,
  readSeed,
  type ServeFlags,
  serverOptions,
} from './serve-options.js';
import { readScenarios, scenarioOptions, watchScenarios } from './serve-scenarios.js';

const DEFAULT_PORT = 8787;
const DEFAULT_PORTS = { ws: 80, wss: 443 } as const;

/** Builds the command. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Start the stand-in and print how to point a client at it.')
    .option('--port <number>', 'port to listen on; 0 takes any free one', readPort, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--clock <clock>', 'how virtual time moves: at wall speed, with the audio, or at once')
        .choices(['paced', 'media', 'auto'])
        .default('paced'),
    )
    .option('--seed <number>', 'decides ids and generated answers', readSeed, 1)
    .addOption(
      new Option('--model-quirk <name=value>', 'behave differently; repeatable, see soundstage quirks')
        .argParser(addQuirk)
        .default({}, 'none'),
    )
    .addOption(
      new Option(
        '--scenario <name|file>',
        'play this scenario for clients that choose none; repeatable, further ones can be chosen by name',
      )
        .argParser(addScenario)
        .default([], 'none'),
    )
    .option('--watch', 'read scenario files again when they change')
    .option('--tls', 'serve wss with a certificate made for this run')
    .option('--cert <file>', 'serve wss with this certificate (PEM)')
    .option('--key <file>', "the certificate's private key (PEM)")
    .addOption(
      new Option(
        '--control-token <token>',
        'what requests to the control API must carry; needed where --host is not loopback',
      ).env('SOUNDSTAGE_CONTROL_TOKEN'),
    )
    .option('--no-control', 'serve no control API')
    .option('--json', 'print one line of JSON when ready, and nothing else')
    .action(serve);
}

async function serve(flags: ServeFlags): Promise<void> {
  const ended = nextSignal();
  const scenarios = readScenarios(flags.scenario);
  const server = await createMockServer({ ...serverOptions(flags), ...scenarioOptions(scenarios) });
  process.stdout.write(flags.json === true ? readyLine(server, flags) : greeting(server, flags));
  // The ready line is all that a script gets on its standard output.
  const stopWatching =
    flags.watch === true
      ? watchScenarios(server, scenarios, (line) => process.stderr.write(`${line}\n`))
      : () => {};
  const exitCode = await ended;
  stopWatching();
  await server.close();
  process.exitCode = exitCode;
}

function readyLine(server: MockServer, { seed, clock }: ServeFlags): string {
  const ready = {
    ready: true,
    url: server.url,
    port: portOf(server.url),
    seed,
    clock,
    version: packageVersion(),
    ...(server.controlUrl === undefined ? {} : { control: server.controlUrl }),
    ...(server.certificatePem === undefined ? {} : { certificatePem: server.certificatePem }),
  };
  return `${JSON.stringify(ready)}\n`;
}

/** URLs leave out the default port of their scheme. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? DEFAULT_PORTS[protocol === 'wss:' ? 'wss' : 'ws'] : Number(port);
}

function greeting(server: MockServer, { seed, clock, tls, cert, scenario }: ServeFlags): string {
  const lines = [
    `soundstage ${packageVersion()} is ready at ${pc.bold(server.url)}`,
    ...(scenario.length === 0 ? [] : [`playing ${scenario.join(', ')}`]),
    pc.dim(`seed ${seed}, clock ${clock}; any API key will do; Ctrl-C ends it`),
    ...(server.controlUrl === undefined ? [] : [pc.dim(`steer it at ${server.controlUrl}`)]),
    '',
    'Point a client at it:',
    ...clientSnippets(server.url).flatMap(({ client, line }) => ['', pc.dim(`  ${client}`), `  ${line}`]),
  ];
  if (tls === true && cert === undefined && server.certificatePem !== undefined) {
    lines.push(
      '',
      'Let the client trust this certificate, which lasts as long as this run:',
      server.certificatePem,
    );
  }
  return `${lines.join('\n')}\n`;
}
