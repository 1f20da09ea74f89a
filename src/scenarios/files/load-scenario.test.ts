/**
 * What is wrong with a scenario file is said with file, line and column, what was expected and the nearest name.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIMITS, SoundstageError } from '../../protocol/index.js';
import { loadScenario, loadScenarioText, scenarioNameOf } from './index.js';

const FILE = 'kitchen.yaml';

function refusalOf(text: string, directory?: string): SoundstageError {
  try {
    loadScenarioText(text, { file: FILE, ...(directory === undefined ? {} : { directory }) });
  } catch (error) {
    if (error instanceof SoundstageError) return error;
    throw error;
  }
  throw new Error('expected a SoundstageError');
}

const lines = (...text: string[]) => `${text.join('\n')}\n`;

describe('a good file', () => {
  test('is read as it stands, JSON included', () => {
    const yaml = lines('version: 1', 'summary: Short.', 'replies: [{ text: Hello. }]', 'probe: true');
    const expected = { version: 1, summary: 'Short.', replies: [{ text: 'Hello.' }], probe: true };
    expect(loadScenarioText(yaml, { file: FILE })).toEqual(expected);
    expect(loadScenarioText(JSON.stringify(expected), { file: FILE })).toEqual(expected);
  });

  test('may name WAV files beside it, and values that only YAML can write', () => {
    const text = lines(
      'version: 1',
      'idleCloseMs: .inf',
      'replies:',
      '  - { text: One., wav: speech/real-go-forward.wav }',
      '  - items: [{ message: { text: Two., wav: speech/real-go-forward.wav } }]',
    );
    const scenario = loadScenarioText(text, { file: FILE, directory: 'test/fixtures' });
    expect(scenario.idleCloseMs).toBe(Number.POSITIVE_INFINITY);
    expect(scenario.replies?.[0]?.wav).toBeInstanceOf(Int16Array);
    expect(scenario.replies?.[1]?.items?.[0]).toHaveProperty('message.wav', scenario.replies?.[0]?.wav);
  });

  test('may hold brackets without end as text', () => {
    const text = '['.repeat(500);
    const fault = { do: 'replace-text', at: { event: 'response.created' }, text };
    expect(loadScenarioText(JSON.stringify({ version: 1, faults: [fault] }), { file: FILE })).toMatchObject({
      faults: [fault],
    });
  });

  test('gives its scenario its own name', () => {
    expect(scenarioNameOf('some/where/barge-in-2.yaml')).toBe('barge-in-2');
    expect(() => scenarioNameOf('My Scenario.yml')).toThrow(/my-scenario\.yaml/);
  });
});

/** Text, where, and what is said. */
const MISTAKES: readonly (readonly [what: string, text: string, where: string, says: RegExp])[] = [
  ['an unknown key', lines('version: 1', 'reply: []'), '2:1', /reply: there is no such key. Try 'replies'/],
  [
    'an unknown key deep inside',
    lines('version: 1', 'faults:', '  - at: { event: response.done, nht: 2 }', '    do: drop'),
    '3:33',
    /faults\[0\]\.at\.nht: there is no such key. Try 'nth'/,
  ],
  [
    'an unknown kind of fault',
    lines('version: 1', 'faults:', '  - at: { event: response.done }', '    do: dorp'),
    '4:9',
    /faults\[0\]\.do: 'dorp' is no kind of fault. Try 'drop'/,
  ],
  [
    'no kind of fault at all',
    lines('version: 1', 'faults:', '  - at: { event: response.done }'),
    '3:5',
    /faults\[0\]\.do: it is missing/,
  ],
  [
    'an event that does not exist',
    lines('version: 1', 'faults:', '  - do: drop', '    at:', '      event: response.dnoe'),
    '5:14',
    /'response.dnoe' is none of the names it may have. Try 'response.done'/,
  ],
  [
    'a fault that cannot strike there',
    lines('version: 1', 'faults:', '  - { do: drop, at: { event: response.create } }'),
    '3:30',
    /drop does not strike at 'response.create', a message of the client. Try .*refuse/,
  ],
  [
    'a moment for what needs a message',
    lines('version: 1', 'faults:', '  - { do: duplicate, at: { atMs: 5 } }'),
    '3:34',
    /duplicate does not strike at a moment without a message/,
  ],
  [
    'an address without a place',
    lines('version: 1', 'faults:', '  - { do: drop, at: { nth: 2 } }'),
    '3:21',
    /it names neither an event nor a moment. Try one of event and atMs/,
  ],
  ['a wrong type', lines('version: 1', 'seed: seven'), '2:7', /seed: 'seven' is no safe integer. Try 7/],
  [
    'a missing value',
    lines('version: 1', 'faults:', '  - { do: pad, at: { event: response.done } }'),
    '3:5',
    /faults\[0\]\.toBytes: it is missing/,
  ],
  [
    'a hold that nobody could release',
    lines('version: 1', 'holds:', '  - after: { event: response.created }', '    until: {}'),
    '4:12',
    /it names neither an event nor a time/,
  ],
  [
    'an expectation of no known form',
    lines('version: 1', 'expect:', '  - { sent: response.cancel }'),
    '3:7',
    /there is no such key/,
  ],
  [
    'a verbatim step that waits for a server event',
    lines('version: 1', 'verbatim:', '  - wait: response.done'),
    '3:11',
    /'response.done' is none of the names/,
  ],
  ['a bad quirk', lines('version: 1', 'quirks: { minComitMs: 1 }'), '2:11', /minComitMs.*minCommitMs/],
  ['no version', lines('summary: x'), '1:1', /version: it is missing. Try version: 1/],
  ['a version of the future', lines('version: 2'), '1:10', /this release reads version 1, not 2/],
  ['an empty file', '', '1:1', /the file holds no mapping/],
  ['a list', lines('- version: 1'), '1:1', /the file holds no mapping/],
  ['a key twice', lines('version: 1', 'seed: 1', 'seed: 2'), '3:1', /must be unique/],
  ['broken YAML', lines('version: 1', 'replies: [{ text: "a }'), '3:1', /quote/],
  ['two documents', lines('version: 1', '---', 'version: 1'), '2:1', /document/],
  ['a tag', lines('version: 1', 'summary: !!js/function "x"'), '2:10', /tag/i],
  [
    'an alias',
    lines('version: 1', 'replies: [&a { text: Hello. }, *a]'),
    '2:32',
    /'\*a' refers to another part of the file/,
  ],
  ['a circle', lines('version: 1', 'replies: &a [*a]'), '2:14', /'\*a' refers to/],
  [
    'a missing WAV file',
    lines('version: 1', 'replies: [{ text: a, wav: none.wav }]'),
    '2:27',
    /WAV file cannot be read/,
  ],
];

describe('a mistake is named with its place', () => {
  test.each(MISTAKES)('%s', (_what, text, where, says) => {
    const error = refusalOf(text, '.');
    expect(error.message).toMatch(new RegExp(`^Cannot play ${FILE}:${where}\\D`));
    expect(error.message).toMatch(says);
    const [line, column] = where.split(':').map(Number);
    expect(error.details).toMatchObject({ file: FILE, line, column });
    expect(error.code).toBe('E_SCENARIO');
  });
});

describe('a file that is made to hurt', () => {
  test('a billion laughs are refused before they are multiplied', () => {
    const laughs = ['version: 1', 'a: &a [lol, lol]'];
    for (let level = 1; level < 30; level += 1) {
      const [name, previous] = [`a${level}`, level === 1 ? 'a' : `a${level - 1}`];
      laughs.push(`${name}: &${name} [*${previous}, *${previous}]`);
    }
    expect(refusalOf(lines(...laughs)).message).toContain('refers to another part of the file');
  });

  test.each([
    ['flow lists', `version: 1\nreplies: ${'['.repeat(100_000)}`],
    ['flow mappings', `version: 1\nreplies: ${'{a: '.repeat(100_000)}`],
    ['block lists', `version: 1\nreplies:\n  ${'- '.repeat(100_000)}`],
    [
      'block mappings',
      `version: 1\n${Array.from({ length: 400 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')}`,
    ],
  ])('%s without end', (_what, text) => {
    expect(refusalOf(text).message).toMatch(/nests deeper than 32 levels|no such key/);
  });

  test('more than a file may hold', () => {
    const text = `version: 1\nsummary: ${'x'.repeat(LIMITS.scenarioFileChars)}`;
    expect(refusalOf(text).message).toContain(`more than ${LIMITS.scenarioFileChars} characters`);
  });

  test.each(['__proto__', 'constructor', 'toString'])('the key %s reaches nothing', (key) => {
    expect(refusalOf(lines('version: 1', `"${key}": { polluted: true }`)).message).toContain(
      'there is no such key',
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('bytes that are no text, and a folder in place of a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'soundstage-scenario-'));
    const file = join(folder, 'bytes.yaml');
    writeFileSync(file, Uint8Array.of(0xff, 0xfe, 0, 1, 2));
    expect(() => loadScenario(file)).toThrow(SoundstageError);
    expect(() => loadScenario(folder)).toThrow(/Cannot read the scenario/);
    expect(() => loadScenario(join(folder, 'none.yaml'))).toThrow(
      /Cannot read the scenario .*soundstage scenarios list/,
    );
  });
});
