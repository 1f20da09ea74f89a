/**
 * What holds for every scenario of the library: it is described, its evidence exists, the reference client comes through
 * it, and together they provoke what can be provoked.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readDefects } from '../scripts/docs/defects-page.js';
import { UNEXPRESSED_DEFECTS } from '../scripts/docs/unexpressed-defects.js';
import { findModel } from '../src/protocol/index.js';
import { libraryFile, libraryNames, libraryScenario } from '../src/scenarios/files/index.js';
import { playFromLibrary } from './support/library.js';

const NAMES = libraryNames();
const DEFECTS = readDefects();
const KNOWN = new Set(DEFECTS.map(({ id }) => id));
const UNEXPRESSED = new Set(UNEXPRESSED_DEFECTS.flatMap(({ ids }) => ids));
const COVERED = new Set(NAMES.flatMap((name) => libraryScenario(name).evidence ?? []));
const GROUPS = [
  'Audio and images from the client',
  'Barge-in and playback',
  'Connection and shutdown',
  'Failures and limits',
  'Parsing and tolerance',
  'Responses and turns',
  'Session setup',
  'Threads, memory and metrics',
  'Tool calls',
  'Transcripts and history',
];
/** From the first key of a file to the last. */
const KEYS = [
  'version',
  'summary',
  'group',
  'evidence',
  'model',
  'clock',
  'seed',
  'quirks',
  'idleCloseMs',
  'sessionDurationMs',
  'userTurns',
  'replies',
  'holds',
  'faults',
  'verbatim',
  'expect',
  'probe',
  'drive',
];

describe('the library', () => {
  test('has a scenario for every defect that a server of this protocol can provoke, and for no other', () => {
    const missing = [...KNOWN].filter((id) => !COVERED.has(id) && !UNEXPRESSED.has(id));
    const impossible = [...COVERED].filter((id) => !KNOWN.has(id) || UNEXPRESSED.has(id));
    expect({ missing, impossible }).toEqual({ missing: [], impossible: [] });
    expect(COVERED.size).toBeGreaterThanOrEqual(100);
  });

  test('leaves out no defect that ends a session, save those that only a truncate or the client itself can cause', () => {
    const severe = DEFECTS.filter(({ severity, id }) => severity === 3 && !COVERED.has(id)).map(
      ({ id }) => id,
    );
    expect(severe).toEqual(['B1', 'J3']);
  });

  test('is sorted into its groups', () => {
    expect([...new Set(NAMES.map((name) => libraryScenario(name).group))].sort()).toEqual(GROUPS);
  });
});

describe.each(NAMES)('%s', (name) => {
  const scenario = libraryScenario(name);

  test('says what it is, in the usual order', () => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(scenario.summary).toMatch(/^\S.{40,}\.$/s);
    expect(scenario.summary?.length).toBeLessThan(420);
    expect(scenario.evidence?.length).toBeGreaterThan(0);
    expect(scenario.clock).toBeDefined();
    if (scenario.model !== undefined && scenario.model !== '')
      expect(findModel(scenario.model).kind).not.toBe('sibling');
    const keys = Object.keys(parse(readFileSync(libraryFile(name), 'utf8')) as object);
    expect(keys).toEqual(KEYS.filter((key) => keys.includes(key)));
  });

  test('the reference client comes through it', async () => {
    const { server, record } = await playFromLibrary(name, { waitMs: 5_000 });
    expect(server.verify(name).checks.filter(({ ok }) => !ok)).toEqual([]);
    if (scenario.probe === true) expect(record.probe).toMatchObject({ completed: true });
  });
});
