/** The commands about scenarios, as a script and as a person meet them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { libraryNames } from '../src/scenarios/files/index.js';
import { ensureBuilt, RunningCommand, runCommand } from './support/command.js';
import { SocketClient } from './support/socket-client.js';

const folder = mkdtempSync(join(tmpdir(), 'soundstage-cli-'));
const running: RunningCommand[] = [];

beforeAll(ensureBuilt);
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.end('SIGKILL')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const greeting = (text: string) => [
  'version: 1',
  `verbatim: [{ send: { type: session.created, session: { say: ${text} } } }]`,
];

/** What a client hears first. */
async function firstWord(url: string): Promise<unknown> {
  const client = new SocketClient(`${url}?model=qwen3.5-omni-flash-realtime`);
  const [created] = await client.upTo('session.created');
  client.terminate();
  return (created?.['session'] as { say?: unknown } | undefined)?.say;
}

describe('soundstage scenarios', () => {
  it('lists the library by group, or as JSON', async () => {
    const text = await runCommand('scenarios', 'list');
    expect({ exitCode: text.exitCode, stderr: text.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(text.stdout).toContain(`\n${libraryNames().length} scenarios.`);
    const json = await runCommand('scenarios', 'list', '--json');
    const listed = JSON.parse(json.stdout) as {
      name: string;
      group: string;
      evidence: string[];
      summary: string;
    }[];
    expect(listed.map(({ name }) => name)).toEqual(libraryNames());
    for (const { group, evidence, summary } of listed) {
      expect([typeof group, evidence.length > 0, summary.length > 20]).toEqual(['string', true, true]);
    }
  });

  it('filters by defect and by group, and says so when nothing fits', async () => {
    const a6 = JSON.parse((await runCommand('scenarios', 'list', '--evidence', 'a6', '--json')).stdout) as {
      evidence: string[];
    }[];
    expect(a6.length).toBeGreaterThan(0);
    for (const { evidence } of a6) expect(evidence).toContain('A6');
    const tools = await runCommand('scenarios', 'list', '--group', 'tool');
    expect(tools.stdout).toMatch(/^Tool calls\n/);
    const none = await runCommand('scenarios', 'list', '--evidence', 'Z99');
    expect([none.exitCode, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toContain('Try soundstage scenarios list without');
  });

  it('shows a file as it is, and what was read from it', async () => {
    const path = file('shown.yaml', '# A comment.', 'version: 1', 'replies: [{ text: Hello. }]');
    expect((await runCommand('scenarios', 'show', path)).stdout).toContain('# A comment.\nversion: 1');
    const json = await runCommand('scenarios', 'show', path, '--json');
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, replies: [{ text: 'Hello.' }] });
    const unknown = await runCommand('scenarios', 'show', 'done-never-come');
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      expect.stringContaining("Try 'done-never-comes'"),
    ]);
  });

  it('validates files: 0 when all are good, 1 with line and column when one is not', async () => {
    const good = file('good.yaml', 'version: 1', 'summary: Good.');
    const bad = file('bad.yaml', 'version: 1', 'faults: [{ do: dorp, at: { event: response.done } }]');
    expect(await runCommand('scenarios', 'validate', good)).toMatchObject({
      exitCode: 0,
      stdout: `ok  ${good}  Good.\n`,
    });
    const both = await runCommand('scenarios', 'validate', good, bad, join(folder, 'none.yaml'));
    expect(both.exitCode).toBe(1);
    expect(both.stdout).toContain(
      `FAILED  Cannot play ${bad}:2:16, faults[0].do: 'dorp' is no kind of fault. Try 'drop'.`,
    );
    expect(both.stdout).toContain('Cannot read the scenario');
    const json = JSON.parse((await runCommand('scenarios', 'validate', bad, '--json')).stdout);
    expect(json).toMatchObject([{ file: bad, ok: false, line: 2, column: 16 }]);
  });

  it('finds nothing wrong with the library', async () => {
    const { exitCode, stdout } = await runCommand('scenarios', 'validate', ...libraryNames());
    expect([exitCode, stdout.match(/^FAILED/m)]).toEqual([0, null]);
  });
});

describe('soundstage play', () => {
  it('prints both sides, the verdict and how to see it again, the same every time', async () => {
    const [one, other] = [
      await runCommand('play', 'done-never-comes'),
      await runCommand('play', 'done-never-comes'),
    ];
    expect([one.exitCode, one.stderr]).toEqual([0, '']);
    expect(one.stdout).toBe(other.stdout);
    expect(one.stdout).toMatch(/^done-never-comes {2}A12\n/);
    expect(one.stdout).toContain('response.done  [dropped]');
    expect(one.stdout).toMatch(/transcript [0-9a-f]{64}\n/);
    expect(one.stdout).toMatch(/\d+ checks, 0 failed\n\nAgain: soundstage play done-never-comes --seed 1\n$/);
  });

  it('ends with 1 when the client did not do what is expected, or a fault never struck', async () => {
    const path = file(
      'strict.yaml',
      'version: 1',
      'faults: [{ do: drop, at: { event: session.finished } }]',
      'expect: [{ sends: response.cancel }]',
    );
    const { exitCode, stdout } = await runCommand('play', path, '--seed', '7');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAILED\s+faults\[0\]/);
    expect(stdout).toMatch(/FAILED\s+expect\[0\]/);
    expect(stdout.trimEnd()).toMatch(/Again: soundstage play .*strict\.yaml --seed 7$/);
  });

  it('gives everything as JSON', async () => {
    const { stdout } = await runCommand(
      'play',
      'handshake-is-refused-with-503-until-the-third-try',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: 'handshake-is-refused-with-503-until-the-third-try',
      seed: 1,
      ok: true,
      upgrades: [{ answer: 'refused', status: 503 }, { answer: 'refused' }, { answer: 'accepted' }],
      sessions: [{ connection: 3, transcriptHash: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      probe: { completed: true },
    });
  });

  it('refuses what is no scenario with 2', async () => {
    const unknown = await runCommand('play', 'no-such-thing');
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toMatch(/There is no scenario 'no-such-thing' in the library\. Try '/);
    const missing = await runCommand('play', join(folder, 'none.yaml'));
    expect([missing.exitCode, missing.stderr]).toEqual([
      3,
      expect.stringContaining('Cannot read the scenario'),
    ]);
  });
});

describe('soundstage serve --scenario', () => {
  async function serve(...parameters: string[]): Promise<{ command: RunningCommand; url: string }> {
    const command = new RunningCommand(['serve', '--port', '0', '--json', ...parameters]);
    running.push(command);
    const { url } = JSON.parse(await command.line(/^\{/)) as { url: string };
    return { command, url };
  }

  it('plays the first for clients that choose none, the others and the library by name', async () => {
    const [kitchen, garden] = [
      file('kitchen.yaml', ...greeting('kitchen')),
      file('garden.yaml', ...greeting('garden')),
    ];
    const { url } = await serve('--scenario', kitchen, '--scenario', garden);
    expect(await firstWord(url)).toBe('kitchen');
    expect(await firstWord(url.replace('/api-ws', '/s/garden/api-ws'))).toBe('garden');
    const library = new SocketClient(
      `${url.replace('/api-ws', '/s/done-never-comes/api-ws')}?model=qwen3.5-omni-flash-realtime`,
    );
    await library.upTo('session.created');
    library.terminate();
    const unknown = new SocketClient(url.replace('/api-ws', '/s/gardn/api-ws'));
    await unknown.settled();
    expect(unknown.refusedWith).toBe(404);
  });

  it('--watch: a better file counts for connections to come, a wrong one is reported and changes nothing', async () => {
    const path = file('watched.yaml', ...greeting('before'));
    const { command, url } = await serve('--scenario', path, '--watch');
    expect(await firstWord(url)).toBe('before');
    file('watched.yaml', ...greeting('after'));
    await command.errorLine(/Read .*watched\.yaml again/);
    expect(await firstWord(url)).toBe('after');
    file('watched.yaml', 'version: 1', 'reply: []');
    await command.errorLine(/watched\.yaml:2:1, reply: there is no such key.*The scenario before stays/);
    expect(await firstWord(url)).toBe('after');
  });

  it('refuses a wrong file before it listens, and two of one name', async () => {
    const wrong = await runCommand('serve', '--port', '0', '--scenario', file('wrong.yaml', 'version: 2'));
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('wrong.yaml:1:10, version: this release reads version 1'),
    ]);
    const path = file('twice.yaml', ...greeting('x'));
    const twice = await runCommand('serve', '--port', '0', '--scenario', path, '--scenario', path);
    expect([twice.exitCode, twice.stderr]).toEqual([
      2,
      expect.stringContaining("two scenarios named 'twice'"),
    ]);
  });
});
