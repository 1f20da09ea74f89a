/** The command line as a script and as a person meet it: output, exit codes, signals. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MultiModality, OmniRealtimeConversation } from '../src/client/index.js';
import { QUIRKS } from '../src/protocol/index.js';
import { type CommandResult, ensureBuilt, RunningCommand, runCommand } from './support/command.js';

beforeAll(ensureBuilt);

const running: RunningCommand[] = [];

function serve(...parameters: string[]): RunningCommand {
  const command = new RunningCommand(['serve', '--port', '0', ...parameters]);
  running.push(command);
  return command;
}

interface ReadyLine {
  readonly ready: boolean;
  readonly url: string;
  readonly port: number;
  readonly seed: number;
  readonly clock: string;
  readonly version: string;
  readonly control?: string;
}

async function readReadyLine(command: RunningCommand): Promise<ReadyLine> {
  return JSON.parse(await command.line(/^\{/)) as ReadyLine;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.end('SIGKILL')));
});

describe('soundstage serve', () => {
  it('prints one ready line, serves a turn, and ends with 0 on SIGTERM', async () => {
    const command = serve('--json', '--seed', '7', '--clock', 'auto');
    const ready = await readReadyLine(command);
    expect(ready).toEqual({
      ready: true,
      url: `ws://127.0.0.1:${ready.port}/api-ws/v1/realtime`,
      port: ready.port,
      seed: 7,
      clock: 'auto',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      control: `http://127.0.0.1:${ready.port}/__soundstage/`,
    });

    const conversation = new OmniRealtimeConversation({
      model: 'qwen3.5-omni-flash-realtime',
      url: ready.url,
      apiKey: 'any',
    });
    await conversation.connect();
    conversation.updateSession({ outputModalities: [MultiModality.TEXT], enableTurnDetection: false });
    conversation.createResponse({ instructions: 'Say hello.' });
    for await (const event of conversation) if (event.type === 'response.done') break;

    const closed = new Promise<number>((resolve) => {
      conversation.on('close', resolve);
    });
    const { exitCode, stdout, stderr } = await command.end('SIGTERM');
    expect({ exitCode, lines: stdout.trim().split('\n').length, stderr }).toEqual({
      exitCode: 0,
      lines: 1,
      stderr: '',
    });
    expect(await closed).toBe(1001);
  });

  it('steers only whoever has the token, given as a flag or in the environment', async () => {
    const health = async (command: RunningCommand, token: string) => {
      const { control } = await readReadyLine(command);
      return (await fetch(`${control}health`, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    const byFlag = serve('--json', '--control-token', 'one');
    expect([await health(byFlag, 'one'), await health(byFlag, 'two')]).toEqual([200, 403]);
    const byEnvironment = new RunningCommand(['serve', '--port', '0', '--json'], {
      SOUNDSTAGE_CONTROL_TOKEN: 'two',
    });
    running.push(byEnvironment);
    expect([await health(byEnvironment, 'one'), await health(byEnvironment, 'two')]).toEqual([403, 200]);
  });

  it('serves no control API when told not to', async () => {
    const command = serve('--json', '--no-control');
    const { control, port } = await readReadyLine(command);
    expect(control).toBeUndefined();
    expect((await fetch(`http://127.0.0.1:${port}/__soundstage/health`)).status).toBe(404);
  });

  it('ends with 130 when interrupted', async () => {
    const command = serve('--json');
    await command.line(/^\{/);
    expect((await command.end('SIGINT')).exitCode).toBe(130);
  });

  it('greets a person with a line for each client, without colours under NO_COLOR', async () => {
    const command = serve();
    await command.line(/OmniRealtimeConversation\(\{/);
    const { stdout } = await command.end('SIGTERM');
    const url = /ws:\/\/127\.0\.0\.1:\d+\/api-ws\/v1\/realtime/.exec(stdout)?.[0];
    expect(stdout.split(url ?? 'no URL')).toHaveLength(5);
    for (const part of ['conversation.connect()', 'import com.alibaba', "from 'soundstage/client'"]) {
      expect(stdout).toContain(part);
    }
    for (const name of ['Python SDK', 'Java SDK', 'Reference client']) expect(stdout).toContain(name);
    expect(stdout).not.toContain('\u001b');
  });

  it('serves wss with a certificate of its own and hands it out', async () => {
    const command = serve('--tls', '--json');
    const ready = await readReadyLine(command);
    expect(ready).toMatchObject({
      url: expect.stringMatching(/^wss:/),
      certificatePem: expect.stringContaining('BEGIN CERTIFICATE'),
    });
  });

  it('says what to do when the port is taken, and ends with 3', async () => {
    const first = await readReadyLine(serve('--json'));
    const { exitCode, stderr } = await runCommand('serve', '--port', String(first.port));
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/in use.*Try/);
  });
});

describe('wrong use', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown flag', ['serve', '--prot', '1'], /--port/],
    ['an unknown command', ['serv'], /serve/],
    ['an unknown clock', ['serve', '--clock', 'quick'], /paced, media, auto/],
    ['a port out of range', ['serve', '--port', '65536'], /65535/],
    ['a seed that is no number', ['serve', '--seed', 'x'], /whole number/],
    ['an unknown quirk', ['serve', '--model-quirk', 'emitDoneOnCancle=true'], /'emitDoneOnCancel'/],
    ['a bad quirk value', ['serve', '--model-quirk', 'minCommitMs=-1'], /0 to 60000/],
    ['a certificate without its key', ['serve', '--cert', 'x.pem'], /--key/],
    ['a spare argument', ['quirks', 'extra'], /too many arguments/],
  ];

  it.each(cases)('%s ends with 2 and a hint', async (_name, parameters, hint) => {
    const { exitCode, stderr, stdout } = await runCommand(...parameters);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' } satisfies Partial<CommandResult>);
    expect(stderr).toMatch(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('soundstage quirks', () => {
  it('lists every row of the table', async () => {
    const { exitCode, stdout } = await runCommand('quirks');
    expect(exitCode).toBe(0);
    for (const { name } of QUIRKS) expect(stdout).toContain(`\n${name}\n`.trimStart());
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await runCommand('quirks', '--json');
    const names = (JSON.parse(stdout) as { readonly name: string }[]).map(({ name }) => name);
    expect(names).toEqual(QUIRKS.map(({ name }) => name));
  });
});

describe('help and version', () => {
  it.each(['-h', '--help', 'serve -h', 'quirks -h', '--version'])(
    'soundstage %s ends with 0',
    async (text) => {
      const { exitCode, stdout, stderr } = await runCommand(...text.split(' '));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).not.toBe('');
    },
  );
});
