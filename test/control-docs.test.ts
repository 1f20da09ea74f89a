/**
 * Runs the programs of the guide to the control API as their readers would, each against a server of its own with a
 * client connected. Programs are marked `running` behind the name of their language.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer } from '../src/index.js';
import { CONTROL_ROUTES } from '../src/mock-server/control/routes.js';
import { create, manual, userText } from './support/client-messages.js';
import { Talk } from './support/talk.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, '.cache', 'control-docs');
const PAGE = readFileSync(join(ROOT, 'docs/guides/control-api.md'), 'utf8');
const PROGRAM = /^```(\w+) running\n([\s\S]*?)^```$/gm;
/** Where the server of the guide runs. */
const SERVER_IN_DOCS = 'http://127.0.0.1:8787';

interface Language {
  readonly file: string;
  readonly command: string;
  /** What the program needs; run with `--version`. */
  readonly needs: readonly string[];
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  bash: { file: 'steer.sh', command: 'bash', needs: ['bash', 'curl'] },
  python: { file: 'steer.py', command: 'python3', needs: ['python3'] },
  java: { file: 'Steer.java', command: 'java', needs: ['java'] },
  ts: { file: 'steer.ts', command: join(ROOT, 'node_modules/.bin/tsx'), needs: [] },
};

const programs = [...PAGE.matchAll(PROGRAM)].map(([, language = '', code = '']) => ({ language, code }));
let server: MockServer | undefined;

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
});

afterEach(async () => {
  await server?.close();
  server = undefined;
});

function isMissing(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined;
}

/** A server with a client that asks for an answer whenever it is held. */
async function serveClient(): Promise<{ started: MockServer; talk: Talk }> {
  const started = await createMockServer();
  server = started;
  const talk = await Talk.open(started, 'socket');
  talk.send(manual);
  started.sessions[0]?.onEntry((entry) => {
    if (entry.kind !== 'note' || entry.code !== 'hold-started') return;
    talk.send(userText('Hello?'), create);
  });
  return { started, talk };
}

/** Runs a program to its end without holding up the server, which lives in this process. */
function run({ file, command }: Language, code: string): Promise<{ status: number | null; output: string }> {
  const path = join(FOLDER, file);
  writeFileSync(path, code);
  const child = spawn(command, [path], { cwd: FOLDER, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve({ status, output }));
  });
}

describe('the guide to the control API', () => {
  it('has a program in every language', () => {
    expect(programs.map(({ language }) => language)).toEqual(Object.keys(LANGUAGES));
  });

  it.for(programs)('runs in $language', async ({ language, code }, { skip }) => {
    const how = LANGUAGES[language];
    if (how === undefined) throw new Error(`nobody knows how to run ${language}`);
    const missing = how.needs.filter(isMissing);
    // A machine that checks every change must be able to check this; somebody's own may lack Java.
    if (missing.length > 0 && process.env['CI'] === undefined) skip(`${missing.join(', ')} is missing here`);
    expect(missing).toEqual([]);
    const { started, talk } = await serveClient();
    const origin = new URL(started.controlUrl ?? '').origin;
    expect(code).toContain(SERVER_IN_DOCS);
    const result = await run(
      how,
      code
        .replaceAll(SERVER_IN_DOCS, origin)
        .replaceAll("'soundstage/control'", JSON.stringify(join(ROOT, 'src/control-client/index.ts'))),
    );
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).toContain('session.created');
    // All of it has happened to the client, in this order.
    const wanted = ['session.created', 'x.news', 'response.created', 'response.done', 'response.done'];
    expect(talk.saw.list.filter((type) => wanted.includes(type))).toEqual(wanted);
    const [session] = started.sessions;
    const asked = session?.entries.flatMap((entry) =>
      entry.kind === 'note' && entry.code === 'control' ? [entry.details['what']] : [],
    );
    expect(asked).toEqual(['inject', 'fault', 'hold', 'release-hold']);
    expect(session?.nowMs).toBeGreaterThanOrEqual(60_000);
  });

  it('lists every route once', () => {
    const rows = [...PAGE.matchAll(/^\| (GET|POST|PUT|DELETE) \| (?:the root|`([^`]+)`) \|/gm)].map(
      ([, method, path = '']) => `${method} ${path}`,
    );
    expect(rows).toEqual(CONTROL_ROUTES.map(({ method, path }) => `${method} ${path}`));
  });
});
