/**
 * Runs the snippets that README, CONTRIBUTING and docs/ mark as `ts runnable`, against the sources, and reads their
 * scenarios. A snippet that holds tests brings its own; any other must run to its end.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadScenarioText } from '../src/scenarios/files/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, '.cache', 'docs-snippets');
const SNIPPET = /^```ts runnable\n([\s\S]*?)^```$/gm;
/** Whole scenarios. */
const SCENARIO = /^```yaml\n((?:#.*\n)*version: 1\n[\s\S]*?)^```$/gm;
/** What the package's entries are made from. */
const ENTRIES: Readonly<Record<string, string>> = {
  soundstage: join(ROOT, 'src/index.ts'),
  'soundstage/client': join(ROOT, 'src/client/index.ts'),
  'soundstage/protocol': join(ROOT, 'src/protocol/index.ts'),
};

interface Snippet {
  readonly page: string;
  readonly name: string;
  readonly code: string;
}

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path));
  return ['README.md', 'CONTRIBUTING.md', ...docs];
}

function snippetsOf(page: string, pattern = SNIPPET): Snippet[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(pattern)].map((match, index) => {
    const line = text.slice(0, match.index).split('\n').length + 1;
    const name = `${page.replaceAll(/[^a-zA-Z0-9]+/g, '-')}-${index + 1}`;
    return { page: `${page}:${line}`, name, code: match[1] ?? '' };
  });
}

/** Points the imports of the package at its sources. */
function withEntries(code: string): string {
  return code.replaceAll(/from '(soundstage[^']*)'/g, (_import, name: string) => {
    const path = ENTRIES[name];
    if (path === undefined) throw new Error(`a snippet imports '${name}', which the package does not offer`);
    return `from ${JSON.stringify(path)}`;
  });
}

const snippets = pages().flatMap((page) => snippetsOf(page));
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

it('finds the snippets of the README', () => {
  expect(snippets.filter(({ page }) => page.startsWith('README.md:')).length).toBeGreaterThanOrEqual(2);
});

describe('scenarios in the documentation can be played', () => {
  const scenarios = pages().flatMap((page) => snippetsOf(page, SCENARIO));

  it('finds those of the guide', () => {
    expect(scenarios.filter(({ page }) => page.includes('guides/scenarios')).length).toBeGreaterThanOrEqual(
      4,
    );
  });

  it.each(scenarios)('$page', ({ page, code }) => {
    expect(loadScenarioText(code, { file: page })).toHaveProperty('version', 1);
  });
});

for (const { page, name, code } of snippets) {
  const path = join(FOLDER, `${name}.ts`);
  writeFileSync(path, withEntries(code));
  const load = (): Promise<unknown> => import(/* @vite-ignore */ path);
  if (/^\s*(test|it|describe)\(/m.test(code)) describe(page, load as () => Promise<void>);
  else it(`${page} runs`, load);
}
