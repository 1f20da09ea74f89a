/** `soundstage record` as a script and as a person meet it; and what a recorder that is killed leaves behind. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { frameBytes, joinBytes } from '../src/protocol/websocket-frames.js';
import { openRecording } from '../src/recordings/files/index.js';
import { type CommandResult, ensureBuilt, RunningCommand, runCommand } from './support/command.js';
import { rawUpstream, TARGET, temporaryFolder, untilClientHas } from './support/proxied.js';
import { RawPeer, upgradeText } from './support/raw-peer.js';
import { wordsOf } from './support/recorded.js';

beforeAll(ensureBuilt);

const running: RunningCommand[] = [];

/** On a machine that is no CI machine, whatever runs this test. */
function record(...parameters: string[]): RunningCommand {
  const command = new RunningCommand(['record', ...parameters], { CI: '' });
  running.push(command);
  return command;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.end('SIGKILL')));
});

function peerOf(url: string): RawPeer {
  const peer = new RawPeer(url);
  onTestFinished(() => {
    peer.socket.destroy();
  });
  return peer;
}

async function readyUrl(command: RunningCommand): Promise<string> {
  return (JSON.parse(await command.line(/^\{"ready"/)) as { url: string }).url;
}

const REFUSAL = 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n';

describe('soundstage record', () => {
  test('says where to point a client and tells of each recording; SIGTERM ends it with 0', async () => {
    const upstream = await rawUpstream({ answer: REFUSAL });
    const out = temporaryFolder();
    const command = record('--upstream', upstream.url, '--out', out);
    const line = await command.line(/^Point a client at/);
    const named = await command.line(/^or, to name its recording, at/);
    const [url = ''] = /ws:\S+/.exec(line) ?? [];
    expect(named).toBe(`or, to name its recording, at ${url.replace('/api-ws', '/n/<name>/api-ws')}`);
    const client = peerOf(url);
    client.write(upgradeText(`/n/mine${TARGET}`));
    await client.saw.until('end');
    expect(await command.line(/mine\.rec/)).toBe(
      `${join(out, 'mine.rec')}: complete, refused with 401, 2 entries, undeclared`,
    );
    expect(await command.line(/^Nothing says where/)).toMatch(
      /say so: soundstage record --upstream ws:\S+ --out \S+ --provenance captured$/,
    );
    expect(await command.end('SIGTERM')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.each([
    ['two words', (url: string) => ['--upstream', url]],
    ['one word', (url: string) => [`--upstream=${url}`]],
  ])("repeats nothing of its server's query, given as %s", async (_how, given) => {
    const { url } = await rawUpstream({ answer: REFUSAL });
    const command = record(...given(`${url}?key=sk-in-url`), '--out', temporaryFolder());
    const client = peerOf(/ws:\S+/.exec(await command.line(/^Point a client at/))?.[0] ?? '');
    client.write(upgradeText(TARGET));
    await client.saw.until('end');
    expect(await command.line(/^Nothing says where/)).toContain(`${given(url).join(' ')} --out`);
    const { stdout, stderr } = await command.end('SIGTERM');
    expect(stdout + stderr).not.toContain('sk-in-url');
  });

  test('with --json prints a ready line and one for each recording, also for what SIGINT cuts off', async () => {
    const upstream = await rawUpstream();
    const out = temporaryFolder();
    const command = record('--upstream', upstream.url, '--out', out, '--json', '--provenance', 'simulated');
    const client = peerOf(await readyUrl(command));
    await client.upgrade(`/n/cut${TARGET}`);
    const { exitCode, stdout } = await command.end('SIGINT');
    const [ready, told] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([exitCode, ready]).toEqual([130, expect.objectContaining({ ready: true, mode: 'record' })]);
    expect(told).toEqual({
      recording: {
        path: join(out, 'cut.rec'),
        name: 'cut',
        status: 101,
        provenance: { kind: 'simulated', by: 'unknown' },
        entries: 2,
        complete: true,
      },
    });
  });

  test.each(['1', 'true', 'yes'])('refuses to start where CI is %s', async (CI) => {
    const command = new RunningCommand(['record', '--upstream', 'ws://127.0.0.1:1', '--out', 'x'], { CI });
    const { exitCode, stderr, stdout } = await command.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/unset CI, or --mode replay/);
  });

  test.each(['', '0', 'false'])("starts where CI is '%s'", async (CI) => {
    const command = new RunningCommand(
      ['record', '--upstream', 'ws://127.0.0.1:1', '--out', temporaryFolder(), '--json'],
      { CI },
    );
    running.push(command);
    expect(await readyUrl(command)).toMatch(/^ws:/);
  });

  test.each([
    [['--out', 'x'], /needs an upstream/],
    [['--upstream', 'ws://h'], /needs a folder/],
    [['--upstream', 'nowhere', '--out', 'x'], /no URL of a WebSocket server/],
    [['--upstream', 'ws://h', '--out', 'x', '--mode', 'guess'], /--mode/],
    [['--upstream', 'ws://h', '--out', 'x', '--provenance', 'handwritten'], /--provenance/],
    [['--upstream', 'ws://h', '--out', 'x', '--name-template', '{when}'], /no \{when\}/],
  ] as const)('%j is the mistake of who wrote it', async (parameters, message) => {
    const { exitCode, stderr }: CommandResult = await record(...parameters).ended;
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('says in its help what it can do', async () => {
    const { stdout, exitCode } = await runCommand('record', '--help');
    expect(exitCode).toBe(0);
    for (const flag of ['--upstream', '--out', '--mode', '--provenance', '--ca', '--force', '--json']) {
      expect(stdout).toContain(flag);
    }
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('voices and what was said; images stay');
  });
});

describe('a recorder that is killed', () => {
  test('leaves a recording that can be read: a prefix of what the client saw', async () => {
    const upstream = await rawUpstream();
    const out = temporaryFolder();
    const command = record('--upstream', upstream.url, '--out', out, '--json');
    const client = peerOf(await readyUrl(command));
    await client.upgrade(`/n/killed${TARGET}`);
    const { socket } = await upstream.link();
    const audio = Buffer.alloc(4_800, 5).toString('base64');
    const message = (number: number) =>
      `{"type":"response.audio.delta","number":${number},"delta":"${audio}"}`;
    const frameOf = (number: number) =>
      frameBytes({ opcode: 1, payload: new TextEncoder().encode(message(number)) });
    let number = 0;
    // Never idle: the signal finds it in the middle of something.
    const send = (error?: Error | null): void => {
      if (error !== undefined && error !== null) return;
      for (let count = 0; count < 20; count += 1, number += 1) socket.write(frameOf(number));
      socket.write(frameOf(number++), send);
    };
    socket.on('error', () => {});
    send();
    await untilClientHas(client, 300 * frameOf(0).length);
    await command.end('SIGKILL');
    await client.saw.until('close');
    const [path = ''] = readdirSync(out).map((name) => join(out, name));
    expect([basename(path), openRecording(path).manifest.complete]).toEqual(['killed.rec', false]);
    const words = wordsOf(path);
    expect(words.length).toBeGreaterThan(100);
    const wanted = joinBytes(Array.from({ length: words.length }, (_, index) => frameOf(index)));
    expect(client.received.length).toBeGreaterThanOrEqual(wanted.length);
    expect(client.received.subarray(0, wanted.length).equals(wanted)).toBe(true);
    expect(words).toEqual(words.map((_, index) => `server text ${message(index)}`));
  });
});
