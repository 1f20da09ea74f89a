/**
 * `soundstage check` as its users run it: what it finds, where, how it ends, and that it never prints a secret.
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64 } from '../src/media/index.js';
import type { DraftEntry } from '../src/recordings/index.js';
import { ensureBuilt, runCommand } from './support/command.js';
import {
  accepted,
  append,
  client,
  closes,
  folderOf,
  server,
  tone,
  upgrade,
} from './support/written-recording.js';

const SECRET = 'open-Sesame/4711';
const root = mkdtempSync(join(tmpdir(), 'soundstage-check-'));
const at = (name: string) => join(root, name);
const clean = [upgrade(), accepted(), append(3, tone(160)), closes('client', 9, 1000)];

/** Hands a variable to the commands that this process starts. */
beforeAll(() => {
  ensureBuilt();
  process.env['CHECKED_SECRET'] = SECRET;
}, 120_000);
afterAll(() => {
  delete process.env['CHECKED_SECRET'];
  rmSync(root, { recursive: true });
});

const withSecrets = (...paths: string[]) =>
  runCommand('check', '--secrets', '--secret-env', 'CHECKED_SECRET', ...paths);

test('clean recordings, folders above them and zip files end with 0', async () => {
  folderOf(at('clean/a.rec'), clean);
  folderOf(at('clean/deep/b.rec'), clean);
  expect((await runCommand('pack', at('clean/a.rec'), at('clean/c.rec.zip'))).exitCode).toBe(0);
  const { stdout, exitCode } = await withSecrets(at('clean'));
  expect(exitCode).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    `ok  ${at('clean/a.rec')}`,
    `ok  ${at('clean/c.rec.zip')}`,
    `ok  ${at('clean/deep/b.rec')}`,
    '3 recordings, 0 findings',
  ]);
});

test('an edit ends with 1 and the command that shows it again; --accept takes it', async () => {
  const folder = folderOf(at('edited.rec'), clean);
  const events = join(folder, 'events.jsonl');
  writeFileSync(events, readFileSync(events, 'utf8').replace('1000', '1001'));
  const found = await runCommand('check', folder);
  expect(found.exitCode).toBe(1);
  expect(found.stdout).toContain(`${events}: `);
  expect(found.stdout.trim()).toMatch(new RegExp(`Again: soundstage check ${folder}$`));
  expect((await runCommand('check', '--accept', folder)).stdout).toContain('accepted as handwritten');
  expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).provenance).toEqual({
    kind: 'handwritten',
  });
  expect((await runCommand('check', folder)).exitCode).toBe(0);
});

test('--json says the same to programs', async () => {
  const folder = folderOf(at('json.rec'), clean);
  writeFileSync(join(folder, 'events.jsonl'), 'x\n');
  const { stdout, exitCode } = await runCommand('check', '--json', folder);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    recordings: [folder],
    findings: expect.arrayContaining([
      expect.objectContaining({
        recording: folder,
        path: `${folder}/events.jsonl:1`,
        code: 'E_RECORDING_ENTRY',
      }),
    ]),
  });
});

test.each([
  [['check', at('nothing')], /there is nothing of that name/],
  [['check', tmpdirOf('empty')], /there is no recording in it/],
  [['check', '--secrets', '--secret-env', 'NOT_SET_ANYWHERE', root], /NOT_SET_ANYWHERE: it is not set/],
  [['check', '--secret-env', 'CHECKED_SECRET', root], /need --secrets/],
  [['check', '--secrets', '--rules', at('none.yaml'), root], /Cannot read the rules/],
])('%j is a mistake of the user', async (parameters, says) => {
  const { stderr, exitCode } = await runCommand(...parameters);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(says)]);
});

function tmpdirOf(name: string): string {
  return mkdtempSync(join(root, name));
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const delta = (text: string): DraftEntry =>
  server(4, { type: 'response.text.delta', response_id: 'r', delta: text });
const payload = (text: string): DraftEntry => ({
  kind: 'ping',
  from: 'client',
  atMs: 4,
  payload: Buffer.from(text),
});

describe('a secret that somebody has let through', () => {
  test.each<[string, DraftEntry[], string]>([
    ['in the target', [upgrade(`/?x=${encodeURIComponent(SECRET)}`)], 'events.jsonl:1'],
    ['in a message', [client(1, { type: 'x', y: [SECRET] })], 'events.jsonl:1'],
    [
      'in JSON in JSON',
      [client(1, { x: JSON.stringify({ y: SECRET }).replaceAll('/', '\\/') })],
      'events.jsonl:1',
    ],
    ['in base64', [client(1, { x: base64(`u:${SECRET}`) })], 'events.jsonl:1'],
    ['in a ping', [payload(SECRET.toUpperCase())], 'events.jsonl:1'],
    ['in a close reason', [closes('server', 1, 1008, SECRET)], 'events.jsonl:1'],
    [
      'over deltas',
      [delta(`it is ${SECRET.slice(0, 7)}`), payload(''), delta(SECRET.slice(7))],
      'events.jsonl:1',
    ],
    ['in samples', [append(1, Buffer.from(`..${SECRET}`))], 'client.wav'],
    [
      'in an image',
      [
        client(1, {
          type: 'input_image_buffer.append',
          image: encodeBase64(Buffer.from(`\xff\xd8${SECRET}`, 'latin1')),
        }),
      ],
      'images/',
    ],
  ])('%s is found, and not printed', async (what, entries, place) => {
    const folder = folderOf(at(`${what.replaceAll(' ', '-')}.rec`), entries);
    const { stdout, stderr, exitCode } = await withSecrets(folder);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${folder}/${place}`);
    expect(stdout).toContain(`the value of CHECKED_SECRET: secret 1, of ${SECRET.length} characters`);
    expect((stdout + stderr).toLowerCase()).not.toContain(SECRET.toLowerCase());
    expect(stdout).toContain('Again: soundstage check --secrets --secret-env CHECKED_SECRET');
  });

  test('in names, the manifest, files beside a recording and zip files', async () => {
    const key = `sk-${'aB3'.repeat(8)}`;
    const folder = folderOf(at(`named-${key}.rec`), clean);
    writeFileSync(join(folder, 'notes.txt'), `the key is ${key}`);
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"a test"', `"${key}"`));
    renameSync(folder, at(`x-${key}.rec`));
    const moved = at(`x-${key}.rec`);
    const { stdout } = await runCommand('check', '--secrets', '--json', moved);
    const places = JSON.parse(stdout).findings.map(({ path }: { path: string }) => path.slice(moved.length));
    expect(places).toEqual(expect.arrayContaining(['/', '/notes.txt', '/manifest.json']));
    const secret = folderOf(at('zipped.rec'), [client(1, { x: key })]);
    await runCommand('pack', secret, at('zipped.rec.zip'));
    const zipped = await runCommand('check', '--secrets', at('zipped.rec.zip'));
    expect([zipped.exitCode, zipped.stdout]).toEqual([1, expect.stringContaining('events.jsonl:1')]);
    expect(zipped.stdout).toContain('sk-key: secret 1, of 27 characters');
  });

  test('by the rules of the user', async () => {
    const folder = folderOf(at('ruled.rec'), [client(1, { x: 'Jane%20Doe' })]);
    writeFileSync(at('rules.yaml'), 'version: 1\nrules:\n  - { name: customer, text: Jane Doe }\n');
    const { stdout, exitCode } = await runCommand('check', '--secrets', '--rules', at('rules.yaml'), folder);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('customer: secret 1, of 8 characters')]);
  });

  test('is none where a recorder has put a placeholder', async () => {
    const placeholder = '[redacted:secret-member-1]';
    const placeholders = [{ placeholder, rule: 'secret-member', hits: 1 }];
    const entry = client(1, { api_key: placeholder });
    expect((await withSecrets(folderOf(at('redacted.rec'), [entry], { placeholders }))).exitCode).toBe(0);
    expect((await withSecrets(folderOf(at('faked.rec'), [entry]))).exitCode).toBe(1);
  });
});
