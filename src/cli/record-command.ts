/**
 * `soundstage record`: stands between a client and a server, writes down what passes, and runs until a signal ends it.
 */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { packageVersion } from '../mock-server/package-version.js';
import {
  createRecordingProxy,
  type DeclaredProvenance,
  PROXY_MODES,
  type ProxyMode,
  type ProxyRecording,
  type RecordingProxy,
} from '../proxy/index.js';
import { isCi } from './ci.js';
import { nextSignal } from './next-signal.js';
import { type RecordPartFlags, recordParts } from './record-parts.js';
import { readPem, readPort } from './serve-options.js';
import { quoted, withoutSecrets } from './terminal-text.js';

interface RecordFlags extends RecordPartFlags {
  readonly upstream?: string;
  readonly out?: string;
  readonly port: number;
  readonly host: string;
  readonly nameTemplate?: string;
  readonly mode: ProxyMode;
  readonly provenance?: DeclaredProvenance;
  readonly ca?: string;
  readonly tls?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const UPSTREAM = '--upstream';

/** Builds the command. */
export function recordCommand(): Command {
  return new Command('record')
    .description('Stand between a client and a server, and record what passes.')
    .option(`${UPSTREAM} <url>`, 'the server: wss://host, or ws://host:port')
    .option('--out <folder>', 'where recordings go')
    .option('--port <number>', 'port to listen on; 0 takes any free one', readPort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--name-template <text>',
      'what recordings are called, with {time}, {model}, {name} and {n} (default: {name}, or {time}-{model})',
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'record, only pass on, only replay, or replay what there is and record the rest',
      )
        .choices(PROXY_MODES)
        .default('record'),
    )
    .addOption(
      new Option('--provenance <word>', 'what the server is, where it does not say so itself').choices([
        'captured',
        'simulated',
      ]),
    )
    .option('--ca <file>', 'trust these certificates (PEM) instead of the well-known ones')
    .option('--tls', 'serve wss with a certificate made for this run')
    .option('--force', 'replace recordings of the same name instead of giving the new one a number')
    .addOption(
      new Option(
        '--redact <what>',
        'take more out than secrets: voices and what was said; images stay',
      ).choices(['speech']),
    )
    .option('--rules <file>', 'take out what these rules name, too')
    .option('--json', 'print one line of JSON when ready and one for each recording, and nothing else')
    .action(record);
}

async function record(flags: RecordFlags): Promise<void> {
  const ended = nextSignal();
  const again = reproduction(process.argv.slice(2));
  const tell = flags.json === true ? tellJson : tellPeople(flags, again);
  const proxy = await createRecordingProxy({
    ...flags,
    ca: flags.ca === undefined ? undefined : readPem(flags.ca),
    dialOut: !isCi(process.env['CI']),
    ...recordParts(flags),
    onRecording: tell,
    onProblem: (problem) => process.stderr.write(`${pc.red(problem.message)} Again: ${again}\n`),
  });
  process.stdout.write(flags.json === true ? readyLine(proxy, flags) : greeting(proxy, flags));
  const exitCode = await ended;
  await proxy.close();
  process.exitCode = exitCode;
}

/** The command line, for a shell, without what the query of the server may hold. */
function reproduction(parameters: readonly string[]): string {
  const words = parameters.map((word, index) => {
    if (parameters[index - 1] === UPSTREAM) return withoutSecrets(word);
    const isJoined = word.startsWith(`${UPSTREAM}=`);
    return isJoined ? `${UPSTREAM}=${withoutSecrets(word.slice(UPSTREAM.length + 1))}` : word;
  });
  return ['soundstage', ...words.map(quoted)].join(' ');
}

function readyLine(proxy: RecordingProxy, { mode }: RecordFlags): string {
  const { url, certificatePem } = proxy;
  const certificate = certificatePem === undefined ? {} : { certificatePem };
  const ready = {
    ready: true,
    url,
    namedUrl: namedUrl(url),
    mode,
    version: packageVersion(),
    ...certificate,
  };
  return `${JSON.stringify(ready)}\n`;
}

function greeting(proxy: RecordingProxy, { mode, upstream, out }: RecordFlags): string {
  const what = {
    record: `records into ${out}`,
    passthrough: 'passes traffic on',
    replay: `replays the recordings of ${out}`,
    'record-on-miss': `replays the recordings of ${out} and records what is missing`,
  }[mode];
  // The host alone: a URL may carry a key in its query.
  const where = upstream === undefined || mode === 'replay' ? '' : `, in front of ${new URL(upstream).host}`;
  const lines = [
    `soundstage ${packageVersion()} ${what}${where}`,
    `Point a client at ${pc.bold(proxy.url)}`,
    `or, to name its recording, at ${namedUrl(proxy.url)}`,
    pc.dim('Ctrl-C ends it'),
  ];
  const { certificatePem } = proxy;
  if (certificatePem !== undefined)
    lines.push('', 'Let the client trust this certificate, which lasts as long as this run:', certificatePem);
  return `${lines.join('\n')}\n`;
}

function namedUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/n/<name>${pathname}`;
}

function tellJson(recording: ProxyRecording): void {
  process.stdout.write(`${JSON.stringify({ recording })}\n`);
}

/** One line for each recording; how to declare where the traffic comes from, once. */
function tellPeople(flags: RecordFlags, again: string): (recording: ProxyRecording) => void {
  let hasAdvised = flags.provenance !== undefined;
  return ({ path, status, provenance, entries, complete }) => {
    const refused = status === 101 ? [] : [`refused with ${status}`];
    const facts = [complete ? 'complete' : pc.red('incomplete'), ...refused, `${entries} entries`];
    process.stdout.write(`${path === '' ? 'no folder' : path}: ${[...facts, provenance.kind].join(', ')}\n`);
    if (hasAdvised || provenance.kind !== 'undeclared') return;
    hasAdvised = true;
    const advice = 'Nothing says where this traffic comes from. If it is the real service, say so:';
    process.stdout.write(`${advice} ${again} --provenance captured\n`);
  };
}
