/**
 * Writes the parts of docs/reference that come from data: the tables of protocol.md between `generated` markers, and
 * limits.md, scenarios.md and the pages of faults as a whole; and the tables of recordings/README.md. With `--check` it writes nothing and fails when a file is stale. It must never touch prose.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { errorTable, quirkTable } from './docs/catalogue-tables.js';
import {
  capabilityTable,
  defaultsTable,
  familyLimitsTable,
  idTable,
  voiceLists,
} from './docs/family-tables.js';
import { faultPages } from './docs/fault-pages.js';
import { limitsPage } from './docs/limits-page.js';
import { patternTable } from './docs/pattern-table.js';
import {
  flowRecordings,
  leftOutRefusals,
  recordingsSize,
  refusalRecordings,
} from './docs/recordings-page.js';
import { scenariosPage } from './docs/scenarios-page.js';

/** A generated file and how it comes about: from the file as it is to the file as it should be. */
interface GeneratedFile {
  readonly path: string;
  readonly regenerate: (current: string) => string;
}

type Blocks = Readonly<Record<string, () => string>>;

const PROTOCOL_BLOCKS: Blocks = {
  'family-limits': familyLimitsTable,
  ids: idTable,
  capabilities: capabilityTable,
  defaults: defaultsTable,
  voices: voiceLists,
  errors: errorTable,
  quirks: quirkTable,
};

const RECORDINGS_BLOCKS: Blocks = {
  size: recordingsSize,
  flows: flowRecordings,
  refusals: refusalRecordings,
  'left-out': leftOutRefusals,
};

const REDACTION_BLOCKS: Blocks = { 'secret-patterns': patternTable };

const ROOT = new URL('../', import.meta.url);
const LIMITS_SOURCE = 'src/protocol/limits.ts';

const GENERATED_FILES: readonly GeneratedFile[] = [
  { path: 'docs/reference/protocol.md', regenerate: (current) => fillBlocks(current, PROTOCOL_BLOCKS) },
  { path: 'docs/reference/limits.md', regenerate: () => limitsPage(read(LIMITS_SOURCE)) },
  { path: 'docs/reference/scenarios.md', regenerate: scenariosPage },
  { path: 'docs/reference/redaction.md', regenerate: (current) => fillBlocks(current, REDACTION_BLOCKS) },
  { path: 'recordings/README.md', regenerate: (current) => fillBlocks(current, RECORDINGS_BLOCKS) },
  ...faultPages().map(({ path, text }) => ({ path, regenerate: () => text })),
];

function read(path: string): string {
  try {
    return readFileSync(new URL(path, ROOT), 'utf8');
  } catch {
    return '';
  }
}

/** Puts every table between its markers. @throws Error when a marker is missing or unknown */
function fillBlocks(page: string, blocks: Blocks): string {
  const unused = new Set(Object.keys(blocks));
  const filled = page.replace(
    /<!-- generated:([a-z-]+) -->\n[\s\S]*?<!-- \/generated -->/g,
    (_block, name: string) => {
      const table = blocks[name];
      if (table === undefined)
        throw new Error(`Unknown block '${name}'. Try one of ${[...unused].join(', ')}.`);
      unused.delete(name);
      return `<!-- generated:${name} -->\n${table()}\n<!-- /generated -->`;
    },
  );
  if (unused.size > 0)
    throw new Error(`Missing blocks: ${[...unused].join(', ')}. Try adding their markers.`);
  return filled;
}

/** The files whose content is not what the data says, with the right content. */
export function staleDocs(): readonly { readonly path: string; readonly wanted: string }[] {
  return GENERATED_FILES.map(({ path, regenerate }) => {
    const current = read(path);
    return { path, current, wanted: regenerate(current) };
  }).filter(({ current, wanted }) => current !== wanted);
}

function main(): void {
  const stale = staleDocs();
  if (process.argv.includes('--check')) {
    for (const { path } of stale) {
      process.stderr.write(`${path} is stale: the data has changed. Try npx tsx scripts/generate-docs.ts.\n`);
    }
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const { path, wanted } of stale) {
    mkdirSync(new URL('./', new URL(path, ROOT)), { recursive: true });
    writeFileSync(new URL(path, ROOT), wanted);
    process.stdout.write(`wrote ${path}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
