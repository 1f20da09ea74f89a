/**
 * The package as its users get it: packed, installed into an empty project, imported by name, its command run.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from './support/command.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'soundstage-packed-'));
let packedFiles: readonly string[] = [];

function npm(cwd: string, ...parameters: string[]): string {
  return execFileSync('npm', parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a module of the empty project and returns what it prints. */
function run(source: string): string {
  writeFileSync(join(folder, 'main.mjs'), source);
  return execFileSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8' }).trim();
}

beforeAll(() => {
  ensureBuilt();
  const answer = npm(ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [packed] = JSON.parse(answer) as { filename: string; files: { path: string }[] }[];
  packedFiles = packed?.files.map(({ path }) => path) ?? [];
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed?.filename}`);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds the build and its types, and neither sources, tests nor the demo', () => {
    expect(packedFiles).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js']),
    );
    expect(
      packedFiles.filter((path) => /\.test\.|^src\/|^test\/|^recordings\/|^dist\/demo\/|\.map$/.test(path)),
    ).toEqual([]);
  });

  it('serves and drives a session from its public entries', () => {
    const printed = run(`
      import { createMockServer } from 'soundstage';
      import { MultiModality, OmniRealtimeConversation } from 'soundstage/client';
      const server = await createMockServer({ listen: false, scenario: { replies: [{ text: 'Hello.' }] } });
      const conversation = new OmniRealtimeConversation({
        model: 'qwen3.5-omni-flash-realtime', url: server.url, apiKey: 'any', transport: server.memoryTransport,
      });
      await conversation.connect();
      conversation.updateSession({ outputModalities: [MultiModality.TEXT], enableTurnDetection: false });
      conversation.createResponse({ instructions: 'Say hello.' });
      for await (const event of conversation) {
        if (event.type === 'response.text.done') console.log(event.text);
        if (event.type === 'response.done') break;
      }
      await conversation.close();
      await server.close();
    `);
    expect(printed).toBe('Hello.');
  });

  it('offers the protocol and the schemas', () => {
    const printed = run(`
      import { readFileSync } from 'node:fs';
      import { ERROR_CATALOGUE, QUIRKS } from 'soundstage/protocol';
      const schema = JSON.parse(readFileSync(new URL(import.meta.resolve('soundstage/schemas/server-events.json')), 'utf8'));
      console.log(ERROR_CATALOGUE.length > 0, QUIRKS.length > 0, schema.title);
    `);
    expect(printed).toBe('true true Server events of Qwen-Omni-Realtime');
  });

  it('writes and reads recordings', () => {
    const printed = run(`
      import { DirectorySink, openRecording, RecordingWriter } from 'soundstage/recordings';
      const sink = new DirectorySink('session.rec');
      const header = { provenance: { kind: 'handwritten' }, recordedBy: 'a user', model: null };
      const writer = new RecordingWriter({ sink, header });
      writer.write({ kind: 'text', from: 'client', atMs: 5, parts: ['{"type":"session.finish"}'] });
      writer.finish();
      for (const { atMs, parts } of openRecording('session.rec').entries()) console.log(atMs, parts.join());
    `);
    expect(printed).toBe('5 {"type":"session.finish"}');
  });

  it('hides everything else', () => {
    const printed = run(`
      const code = await import('soundstage/dist/index.js').then(() => 'found', (error) => error.code);
      console.log(code);
    `);
    expect(printed).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('installs the command', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(npm(folder, 'exec', '--offline', '--', 'soundstage', '--version').trim()).toBe(version);
  });
});
