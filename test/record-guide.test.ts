/**
 * The guide to recording, followed by a machine: the program of the page is recorded, checked, replayed in vitest and by
 * the command line, compared with a server that has changed. What the page does in Python is run by
 * `npm run interop:recordings`, which has the SDK.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageModule } from '../scripts/docs/page-file.js';
import { createMockServer, type MockServer } from '../src/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GUIDE = 'docs/guides/record-and-replay.md';
const PAGE = readFileSync(join(ROOT, GUIDE), 'utf8');
const CLI = join(ROOT, 'dist/cli/main.js');
mkdirSync(join(ROOT, 'out'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'out', 'record-guide-'));
const children: ChildProcess[] = [];
writeFileSync(join(folder, 'ask.ts'), pageModule(GUIDE, 'ask.ts'));
let service: MockServer;

function start(...parameters: string[]): ChildProcess {
  const { CI: _ci, ...env } = process.env;
  const child = spawn(process.execPath, [CLI, ...parameters], {
    cwd: folder,
    env: { ...env, NO_COLOR: '1', DASHSCOPE_API_KEY: 'any' },
  });
  children.push(child);
  return child;
}

/** Runs a command to its end. */
async function run(...parameters: string[]): Promise<{ code: number | null; output: string }> {
  const child = start(...parameters);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** The lines of JSON that a command prints. */
function linesOf(child: ChildProcess): () => Promise<Record<string, unknown>> {
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => JSON.parse((await lines.next()).value ?? '{}') as Record<string, unknown>;
}

/** The page's program, in a process that knows nothing of this one. */
async function ask(url: string, question: string): Promise<string> {
  const { ask: program } = (await import(join(folder, 'ask.ts'))) as {
    ask: (url: string, question: string) => Promise<string>;
  };
  return program(url, question);
}

beforeAll(async () => {
  service = await createMockServer({ scenario: { replies: [{ text: 'It is on the kitchen table.' }] } });
});

afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function record(out: string, upstream: string): Promise<Record<string, unknown>> {
  const recorder = start('record', '--upstream', upstream, '--out', out, '--json');
  const next = linesOf(recorder);
  const { namedUrl } = await next();
  await ask(String(namedUrl).replace('<name>', 'kitchen'), 'Where is the key?');
  const { recording } = await next();
  recorder.kill('SIGTERM');
  await new Promise((resolve) => recorder.once('close', resolve));
  return recording as Record<string, unknown>;
}

describe('the guide to record and replay', () => {
  it('records the program of the page', async () => {
    const recording = await record('recordings', new URL(service.url).origin);
    expect(recording).toMatchObject({
      path: 'recordings/kitchen.rec',
      complete: true,
      provenance: { kind: 'simulated' },
    });
  });

  it('checks it for secrets and writes it down', async () => {
    const commands = /^```sh running\n([\s\S]*?)^```$/m.exec(PAGE)?.[1]?.trim().split('\n') ?? [];
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const [npx, soundstage, ...parameters] = command.split(' ');
      expect([npx, soundstage]).toEqual(['npx', 'soundstage']);
      expect(await run(...parameters)).toMatchObject({ code: 0 });
    }
    expect(readFileSync(join(folder, 'kitchen.md'), 'utf8')).toContain('Where is the key?');
  });

  it('serves it to the same program with exit code 0, and to another with 1', async () => {
    for (const [question, code] of [
      ['Where is the key?', 0],
      ['Where is the lamp?', 1],
    ] as const) {
      const replay = start('replay', 'recordings/kitchen.rec', '--once', '--json');
      const next = linesOf(replay);
      const { url } = await next();
      const closed = new Promise((resolve) => replay.once('close', resolve));
      await Promise.race([ask(String(url), question), closed]);
      expect(await next()).toMatchObject({ session: { ok: code === 0 } });
      expect(await closed).toBe(code);
    }
  });

  it('finds no drift where there is none, and names it where there is', async () => {
    const same = await run('replay', 'recordings/kitchen.rec', '--against', service.url);
    expect(same).toMatchObject({ code: 0 });
    const changed = await createMockServer({ scenario: { replies: [{ failed: { message: 'no' } }] } });
    const other = await run('replay', 'recordings/kitchen.rec', '--against', changed.url);
    await changed.close();
    expect(other).toMatchObject({ code: 1 });
    expect(other.output).toContain('response.text.delta');
  });

  it('shows what is new in a recording that was made again', async () => {
    const changed = await createMockServer({ scenario: { replies: [{ text: 'It is gone.' }] } });
    await record('new', new URL(changed.url).origin);
    await changed.close();
    const { code, output } = await run('diff', 'recordings/kitchen.rec', 'new/kitchen.rec');
    expect(code).toBe(1);
    expect(output).toContain('It is gone.');
  });

  it('makes a scenario of it', async () => {
    expect(await run('scenarios', 'from', 'recordings/kitchen.rec', '--out', 'kitchen.yaml')).toMatchObject({
      code: 0,
    });
    expect(await run('scenarios', 'validate', 'kitchen.yaml')).toMatchObject({ code: 0 });
    expect(await run('scenarios', 'from', 'recordings/kitchen.rec', '--out', 'kitchen.yaml')).toMatchObject({
      code: 2,
    });
  });

  it('finds a secret that somebody has put in, and takes an edit that was meant', async () => {
    const events = join(folder, 'new/kitchen.rec/events.jsonl');
    writeFileSync(
      events,
      readFileSync(events, 'utf8').replace('Where is the key?', 'sk-abcdefghijklmnopqrstuvwx'),
    );
    const edited = await run('check', 'new');
    expect(edited).toMatchObject({ code: 1 });
    expect(edited.output).toContain('E_RECORDING_HASH');
    expect(await run('check', '--accept', 'new')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'new/kitchen.rec/manifest.json'), 'utf8')).toContain('"handwritten"');
    const found = await run('check', '--secrets', 'new');
    expect(found).toMatchObject({ code: 1 });
    expect(found.output).toMatch(/events\.jsonl:\d+: sk-key/);
    expect(found.output).not.toContain('abcdefghij');
  });
});

// Behind the others: what they replay is recorded by then.
describe('the tests of the page', async () => {
  const code = pageModule(GUIDE, 'kitchen.test.ts');
  expect(code.match(/^test\(/gm)).toHaveLength(2);
  const path = join(folder, 'kitchen-page.ts');
  writeFileSync(
    path,
    code.replaceAll("'recordings/kitchen.rec'", JSON.stringify(join(folder, 'recordings/kitchen.rec'))),
  );
  await import(path);
});
