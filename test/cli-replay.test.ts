/**
 * `soundstage replay` and `soundstage scenarios from` as commands: what they print, how they end.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, recordSession } from '../src/index.js';
import { DirectorySink } from '../src/recordings/files/index.js';
import { RecordingWriter } from '../src/recordings/index.js';
import { commit, create, manual, SPEECH, textOnly, userText } from './support/client-messages.js';
import { ensureBuilt, RunningCommand, runCommand } from './support/command.js';
import { Talk } from './support/talk.js';

let folder = '';
const at = (...parts: string[]) => join(folder, ...parts);

async function writes(talk: Talk, question = 'Where is the key?'): Promise<void> {
  talk.send(textOnly);
  await talk.saw.until('session.updated');
  talk.send(userText(question), create);
  await talk.saw.until('response.done');
}

async function speaks(talk: Talk): Promise<void> {
  talk.send(manual);
  await talk.saw.until('session.updated');
  talk.speak(SPEECH);
  talk.send(commit, create);
  await talk.saw.until('response.done');
}

async function record(path: string, program: (talk: Talk) => Promise<void>): Promise<void> {
  const server = await createMockServer({
    listen: false,
    scenario: { replies: [{ text: 'On the table.' }] },
  });
  const talk = await Talk.open(server, 'memory');
  await program(talk);
  await talk.conversation.close();
  const session = await server.nextSession();
  await session.closed;
  recordSession(session, path);
  await server.close();
}

/** Connects to what a ready line says and runs a program to its end, or to the server's. */
async function meet(url: string, program: (talk: Talk) => Promise<void>): Promise<void> {
  const talk = new Talk(url);
  await talk.conversation.connect();
  await Promise.race([program(talk), talk.saw.until('close')]);
  await talk.conversation.close();
}

const urlOf = (line: string) => (JSON.parse(line) as { url: string }).url;

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'soundstage-replay-'));
  await record(at('all', 'written.rec'), writes);
  await record(at('all', 'Spoken_1.rec'), speaks);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('replay --once', () => {
  it('ends with 0 after a client that did what was recorded', async () => {
    const command = new RunningCommand(['replay', at('all', 'written.rec'), '--once', '--json']);
    await meet(urlOf(await command.line(/ready/)), writes);
    const { exitCode, stdout, stderr } = await command.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout.trim().split('\n')[1] ?? '')).toMatchObject({
      session: { ok: true, replay: { ok: true, isComplete: true } },
    });
  });

  it('ends with 1 after another, names the place and says how to do it again', async () => {
    const path = at('all', 'written.rec');
    const command = new RunningCommand(['replay', path, '--once', '--ignore', 'session.instructions']);
    const url = /ws:\S+/.exec(await command.line(/ws:/))?.[0] ?? '';
    await meet(url, (talk) => writes(talk, 'Where is the door?'));
    const { exitCode, stdout } = await command.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /FAILED {2}recording#1\n {2}entry \d+ \(line \d+\): expected conversation\.item\.create/,
    );
    expect(stdout).toContain('  - item.content.0.text: "Where is the key?"');
    expect(stdout).toContain('  + item.content.0.text: "Where is the door?"');
    expect(stdout).toContain(`  Again: soundstage replay ${path} --ignore session.instructions --once\n`);
  });

  it('ends after a refusal that was recorded, which makes no session', async () => {
    const writer = new RecordingWriter({
      sink: new DirectorySink(at('refused.rec')),
      header: { provenance: { kind: 'handwritten' }, recordedBy: 'a test', model: null },
    });
    const target = '/api-ws/v1/realtime?model=qwen3.8-omni-flash-realtime';
    writer.write({ kind: 'upgrade', atMs: 0, from: 'client', method: 'GET', target, headers: [] });
    const answer = { status: 403, reason: 'Forbidden', headers: [] };
    writer.write({ kind: 'answer', atMs: 1, from: 'server', ...answer });
    writer.finish();
    const command = new RunningCommand(['replay', at('refused.rec'), '--once']);
    const url = /ws:\S+/.exec(await command.line(/ws:/))?.[0] ?? '';
    await expect(new Talk(url).conversation.connect()).rejects.toThrow('403');
    const { exitCode, stdout } = await command.ended;
    expect([exitCode, stdout.split('\n').at(-2)]).toEqual([0, 'ok  refused with 403, as recorded']);
  });

  it('ends with 1 after a request for something else, and after one that got to no recording', async () => {
    const refused = new RunningCommand(['replay', at('refused.rec'), '--once']);
    const url = /ws:\S+/.exec(await refused.line(/ws:/))?.[0] ?? '';
    await expect(new Talk(`${url}?region=here`).conversation.connect()).rejects.toThrow('409');
    const first = await refused.ended;
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain(
      'FAILED  entry 1 (line 1): expected the recorded URL, got another URL; they differ at region: recorded nothing, here "here"',
    );
    const written = new RunningCommand(['replay', at('all'), '--once', '--json']);
    const { url: any } = JSON.parse(await written.line(/ready/)) as { url: string };
    await expect(
      new Talk(any.replace('/api-ws', '/s/wirtten/api-ws')).conversation.connect(),
    ).rejects.toThrow('404');
    const second = await written.ended;
    expect(second.exitCode).toBe(1);
    expect(second.stdout).toContain(
      '"upgrade":{"ok":false,"recording":"wirtten","answer":"refused","status":404}',
    );
  });
});

describe('replay of a folder', () => {
  it('serves each recording by its name, and ends with 1 when one session failed', async () => {
    const command = new RunningCommand(['replay', at('all'), '--json']);
    const { urls } = JSON.parse(await command.line(/ready/)) as { urls: Record<string, string> };
    expect(Object.keys(urls).sort()).toEqual(['spoken-1', 'written']);
    await meet(urls['written'] ?? '', writes);
    await command.line(/"recording":"written"/);
    await meet(urls['spoken-1'] ?? '', async (talk) => {
      talk.send(manual);
      await talk.saw.until('session.updated');
    });
    const left = JSON.parse(await command.line(/"recording":"spoken-1"/)) as Record<string, unknown>;
    expect(left).toMatchObject({ session: { ok: false, replay: { leftovers: { clientMessages: 2 } } } });
    expect((await command.end('SIGTERM')).exitCode).toBe(1);
  });

  it('ends with 0 at a signal when nobody failed', async () => {
    const command = new RunningCommand(['replay', at('all')]);
    await command.line(/spoken-1/);
    expect((await command.end('SIGTERM')).exitCode).toBe(0);
  });
});

describe('replay refuses', () => {
  it.each([
    [['nothing-here.rec'], 2, 'nothing of that name'],
    [['.', '--time-factor', '0'], 2, 'above 0'],
    [['.', '--time-factor', '2'], 2, '--timing recorded'],
    [['.', '--audio-slack', '-1'], 2, 'whole milliseconds'],
    [['RECORDING', '--mode', 'reactive', '--audio-slack', '5'], 2, 'nothing is compared'],
    [['.'], 2, 'no recording in it'],
  ])('%j', async (parameters, exitCode, words) => {
    const real = parameters.map((one) => (one === 'RECORDING' ? at('all', 'written.rec') : one));
    const result = await runCommand('replay', ...real);
    expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(words)]);
  });
});

describe('scenarios from', () => {
  it('writes replies and voices that validate and serve accept, and replaces nothing unasked', async () => {
    const out = at('made', 'spoken.yaml');
    const made = await runCommand('scenarios', 'from', at('all', 'Spoken_1.rec'), '--out', out, '--timing');
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    expect(existsSync(at('made', 'spoken-1.wav'))).toBe(true);
    expect(readFileSync(out, 'utf8')).toMatch(/text: On the table\./);
    expect(readFileSync(out, 'utf8')).toMatch(/gapsMs:/);
    expect((await runCommand('scenarios', 'validate', out)).exitCode).toBe(0);
    const again = await runCommand('scenarios', 'from', at('all', 'Spoken_1.rec'), '--out', out);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
    const served = new RunningCommand([
      'serve',
      '--port',
      '0',
      '--json',
      '--clock',
      'auto',
      '--scenario',
      out,
    ]);
    const talk = new Talk(urlOf(await served.line(/ready/)));
    await talk.conversation.connect();
    talk.send(textOnly, userText('Anything.'), create);
    await talk.saw.until('response.done');
    const done = talk.events.find(({ type }) => type === 'response.text.done');
    expect(done).toMatchObject({ text: 'On the table.' });
    await talk.conversation.close();
    await served.end('SIGTERM');
  });

  it('writes a sequence with waits and named ids, word for word', async () => {
    const out = at('made', 'written.yaml');
    const recording = at('all', 'written.rec');
    const made = await runCommand('scenarios', 'from', recording, '--out', out, '--verbatim');
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('- wait: session.update');
    expect(text).toContain('id: ${response:response-1}');
    expect(text).not.toMatch(/(?:resp|item|event)_\w{21}/);
    expect((await runCommand('scenarios', 'validate', out)).exitCode).toBe(0);
    const served = new RunningCommand(['serve', '--port', '0', '--json', '--scenario', out]);
    const talk = new Talk(urlOf(await served.line(/ready/)));
    await talk.conversation.connect();
    await writes(talk);
    expect(talk.events.find(({ type }) => type === 'response.text.done')).toMatchObject({
      text: 'On the table.',
    });
    await talk.conversation.close();
    await served.end('SIGTERM');
  });
});
