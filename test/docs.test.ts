/**
 * Holds the reference pages to the code: generated tables are fresh, no event, field or rule is missing, cited
 * sections and files exist, examples are valid events. Prose it cannot judge.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_TRIGGERS, ONLY_SCRIPTED } from '../scripts/docs/error-triggers.js';
import { staleDocs } from '../scripts/generate-docs.js';
import { AUDIO_RULES } from '../src/protocol/audio-rules.js';
import {
  MODALITIES_RULE,
  SEARCH_RULES,
  STYLE_RULES,
  TOOL_RULES,
  VIDEO_RULES,
} from '../src/protocol/content-rules.js';
import {
  CLIENT_EVENT_SCHEMAS,
  CLIENT_EVENT_TYPES,
  clientEventSchema,
  SERVER_EVENT_SCHEMAS,
  SERVER_EVENT_TYPES,
  serverEventSchema,
} from '../src/protocol/index.js';
import { responseObjectSchema, usageSchema } from '../src/protocol/response-object.js';
import { SAMPLING_RULES } from '../src/protocol/sampling-rules.js';
import { sessionObjectSchema } from '../src/protocol/session-object.js';
import { TURN_DETECTION_RULES } from '../src/protocol/turn-detection-rules.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');
const filesUnder = (folder: string, ending: string) =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);

const PAGE = read('docs/reference/protocol.md');
const SECTIONS = readSections(PAGE);

/** Sections by number, each from its heading to the next heading of any level. */
function readSections(page: string): ReadonlyMap<string, string> {
  const headings = [...page.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? .*$/gm)];
  return new Map(
    headings.map((heading, index) => [
      heading[1] ?? '',
      page.slice(heading.index, headings[index + 1]?.index ?? page.length),
    ]),
  );
}

const section = (number: string) => SECTIONS.get(number) ?? '';

/** The rows of every table of a text whose header holds `column`, as cells by column name. */
function rowsWith(text: string, column: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  let header: string[] | undefined;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .slice(1, -1)
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim())
      : [];
    if (cells.length === 0) header = undefined;
    else if (header === undefined) header = cells;
    else if (header.includes(column) && !line.startsWith('|---')) {
      rows.push(Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
    }
  }
  return rows;
}

/** The index of events of a section: type to section number. */
function eventIndex(number: string): ReadonlyMap<string, string> {
  const rows = rowsWith(section(number), 'is it simulated');
  return new Map(rows.map((row) => [(row['event'] ?? '').replaceAll('`', ''), row['§'] ?? '']));
}

/** Whether a text shows a key as code, alone or behind its owner (`item.id`). */
function showsKey(text: string, key: string): boolean {
  return new RegExp(`\`(?:[a-z_]+\\.)*${key}\``).test(text);
}

describe('generated parts', () => {
  it('are what the data says (npx tsx scripts/generate-docs.ts)', () => {
    expect(staleDocs().map(({ path }) => path)).toEqual([]);
  });

  it('mark exactly the refusals as scripted that nothing in src refuses with', () => {
    const sources = filesUnder('src', '.ts')
      .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('error-catalogue.ts'))
      .map(read)
      .join('\n');
    // The transport closes by itself before a session sees the frame.
    const unused = Object.keys(ERROR_TRIGGERS).filter(
      (slug) => slug !== 'frame-too-large' && !sources.includes(`'${slug}'`),
    );
    const scripted = Object.entries(ERROR_TRIGGERS)
      .filter(([, when]) => when.startsWith(ONLY_SCRIPTED))
      .map(([slug]) => slug);
    expect(scripted.sort()).toEqual(unused.sort());
  });
});

describe.each([
  { side: 'client', number: '3', types: CLIENT_EVENT_TYPES, schemas: CLIENT_EVENT_SCHEMAS },
  { side: 'server', number: '4', types: SERVER_EVENT_TYPES, schemas: SERVER_EVENT_SCHEMAS },
])('$side events of the protocol reference', ({ number, types, schemas }) => {
  const index = eventIndex(number);

  it('are all there, in the order of the code or not, and no others', () => {
    expect([...index.keys()].sort()).toEqual([...types].sort());
  });

  it.each(Object.entries(schemas))('%s has an entry with every field', (type, schema) => {
    const entry = section(index.get(type) ?? 'missing');
    expect(entry).toContain(type);
    const keys = Object.keys(schema.shape).filter((key) => key !== 'event_id' && key !== 'type');
    const absent = keys.filter((key) => !showsKey(entry, key) && !new RegExp(`\`${key}\\.`).test(entry));
    expect(absent).toEqual([]);
  });
});

describe('objects of the protocol reference', () => {
  it.each([
    ['session', sessionObjectSchema, ['4.2', '4.3']],
    ['response', responseObjectSchema, ['4.14', '4.23']],
    ['usage', usageSchema, ['4.23']],
  ])('%s shows every key', (_name, schema, numbers) => {
    const text = numbers.map(section).join('');
    const absent = Object.keys(schema.shape).filter(
      (key) => !showsKey(text, key) && !new RegExp(`\`${key}\\.`).test(text),
    );
    expect(absent).toEqual([]);
  });

  it('the table of session.update has the rules of the code in their order', () => {
    const rules = [
      MODALITIES_RULE,
      ...AUDIO_RULES,
      ...STYLE_RULES,
      ...TURN_DETECTION_RULES,
      ...SAMPLING_RULES,
      ...SEARCH_RULES,
      ...TOOL_RULES,
      ...VIDEO_RULES,
    ];
    const documented = rowsWith(section('7'), 'on failure').map((row) =>
      (row['key'] ?? '').replaceAll('`', ''),
    );
    expect(documented).toEqual(rules.map(({ path }) => path));
  });

  it('says of everything whether it is simulated: yes, partly or no', () => {
    const answers = rowsWith(PAGE, 'is it simulated').map((row) => row['is it simulated'] ?? '');
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter((answer) => !/^(yes|partly|no)\b/.test(answer))).toEqual([]);
    expect(
      answers.filter((answer) => /^(partly|no)$/.test(answer)),
      'partly and no need a reason',
    ).toEqual([]);
  });

  it('grades its evidence in the five words it explains', () => {
    const grades = rowsWith(PAGE, 'evidence').map((row) => row['evidence'] ?? '');
    expect(grades.length).toBeGreaterThan(100);
    expect(
      grades.filter((grade) => !/^(verified|reported|documented|inferred|decision|$)/.test(grade)),
    ).toEqual([]);
  });
});

describe('examples', () => {
  const examples = [...PAGE.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => {
    const event: unknown = JSON.parse(match[1] ?? '');
    return { type: (event as { type?: unknown }).type, event };
  });

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples)('$type is a valid event', ({ event }) => {
    const isClient = clientEventSchema.safeParse(event).success;
    const server = serverEventSchema.safeParse(event);
    expect(isClient || server.success, server.error?.message).toBe(true);
  });
});

describe('references', () => {
  const pages = filesUnder('docs', '.md');
  const citing = [...pages, ...filesUnder('src', '.ts'), ...filesUnder('scripts', '.ts')];

  it.each(citing)('%s cites sections that exist', (path) => {
    const text = read(path).replace(/RFC \d+,? sections? [\d.]+/g, '');
    const cited = [
      ...text.matchAll(/§(\d+(?:\.\d+)*)/g),
      ...text.matchAll(/\bsections? (\d+(?:\.\d+)*)/g),
      ...text.matchAll(/\bsections? [\d.]+(?:, [\d.]+)* (?:and|to|or) (\d+(?:\.\d+)*)/g),
    ].map((match) => match[1] ?? '');
    expect(cited.filter((number) => !SECTIONS.has(number))).toEqual([]);
  });

  it.each(pages)('%s links to files that exist', (path) => {
    const text = read(path);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
      (match) => `${folder}${match[1]}`,
    );
    const named = [...text.matchAll(/`((?:docs|src|test|scripts)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect([...links, ...named].filter((file) => !existsSync(`${ROOT}${file}`))).toEqual([]);
  });

  it('sections are numbered once and in order', () => {
    const numbers = [...PAGE.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm)].map((match) => match[1] ?? '');
    const sorted = [...new Set(numbers)].sort((one, other) =>
      one.localeCompare(other, 'en', { numeric: true }),
    );
    expect(numbers).toEqual(sorted);
  });
});
