/**
 * Holds docs/reference/recordings.md to the code: its examples are what the reader takes and the writer writes, nothing
 * is left out, and the Python in it reads a recording.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it, test } from 'vitest';
import { decodeEntryLine, encodeEntryLine } from '../src/recordings/entry-lines.js';
import { DirectorySink } from '../src/recordings/files/index.js';
import { ENTRY_KINDS, manifestSchema } from '../src/recordings/index.js';
import { decodeManifest, provenanceSchema } from '../src/recordings/manifest.js';
import {
  accepted,
  append,
  audioDelta,
  client,
  tone,
  upgrade,
  writtenParts,
} from './support/written-recording.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const PAGE = read('docs/reference/recordings.md');
const blocks = (language: string) =>
  [...PAGE.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].flatMap(([, info, text]) =>
    info === language ? [text ?? ''] : [],
  );
const LINES = blocks('jsonl').flatMap((text) => text.trimEnd().split('\n'));
const [MANIFEST = ''] = blocks('json manifest');
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const { $defs } = JSON.parse(read('schemas/recording.json'));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'soundstage-page-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(LINES)('the line %s is read, written the same way again, and fits the JSON Schema', (line) => {
  const entry = decodeEntryLine(line, 0, { recording: 'page', line: 1 });
  expect(encodeEntryLine(entry, entry.atMs)).toBe(line);
  expect(ajv.validate($defs.entry, JSON.parse(line))).toBe(true);
});

test('the JSON Schema refuses a line that is two things, or none', () => {
  for (const line of ['{"afterMs":0,"from":"client"}', '{"afterMs":0,"from":"client","ping":"","pong":""}'])
    expect(ajv.validate($defs.entry, JSON.parse(line))).toBe(false);
});

describe('the page', () => {
  it('has an example of every kind of entry, and a heading', () => {
    const shown = LINES.map((line) => decodeEntryLine(line, 0, { recording: 'page', line: 1 }).kind);
    expect([...new Set(shown)].sort()).toEqual([...ENTRY_KINDS].sort());
    const headings = [...PAGE.matchAll(/^### (.*)$/gm)].flatMap(([, names]) => (names ?? '').split(', '));
    expect(headings.sort()).toEqual([...ENTRY_KINDS].sort());
  });

  it('shows a manifest that is read', () => {
    expect(decodeManifest(MANIFEST, 'page').version).toBe(1);
    expect(ajv.validate($defs.manifest, JSON.parse(MANIFEST))).toBe(true);
  });

  it('explains every key of the manifest and every provenance', () => {
    for (const key of Object.keys(manifestSchema.shape)) expect(PAGE).toContain(`| \`${key}\` |`);
    for (const { shape } of provenanceSchema.options) expect(PAGE).toContain(`| \`${shape.kind.value}\` |`);
  });

  it.skipIf(!hasPython)('reads a recording in Python', () => {
    const parts = writtenParts([
      upgrade(),
      accepted(),
      append(100, tone(1600)),
      client(250, '{"type": "input_audio_buffer.commit"}'),
      audioDelta(400, tone(2400)),
    ]).toObject();
    const sink = new DirectorySink(join(folder, 'session.rec'));
    for (const [part, bytes] of Object.entries(parts)) sink.put(part, bytes);
    sink.close();
    writeFileSync(join(folder, 'read.py'), blocks('python')[0] ?? '');
    const printed = execFileSync('python3', [join(folder, 'read.py'), join(folder, 'session.rec')], {
      encoding: 'utf8',
    });
    expect(printed.trim().split('\n')).toEqual([
      '100 client 100 ms of audio, 4268 characters on the wire',
      '250 client {"type": "input_audio_buffer.commit"}',
      '400 server 100 ms of audio, 6400 characters on the wire',
    ]);
  });
});
