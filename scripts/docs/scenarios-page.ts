/**
 * The page of the library: every scenario by group, which defects have one, and which cannot have any.
 */
import { libraryNames, libraryScenario } from '../../src/scenarios/files/index.js';
import { readDefects } from './defects-page.js';
import { table } from './markdown.js';
import { UNEXPRESSED_DEFECTS } from './unexpressed-defects.js';

const NOTICE = '<!-- Generated from src/scenarios/library; change it there and run npm run docs. -->';
const DEFECTS = 'defects.md';

/** The text of docs/reference/scenarios.md. */
export function scenariosPage(): string {
  const all = libraryNames().map((name) => ({ name, ...libraryScenario(name) }));
  const groups = [...new Set(all.map(({ group = 'Other' }) => group))];
  const titles = new Map(readDefects().map(({ id, title }) => [id, title]));
  const link = (id: string) => `[${id}](${DEFECTS}#${anchor(`${id} ${titles.get(id) ?? ''}`)})`;
  const covered = new Set(all.flatMap(({ evidence = [] }) => evidence));
  const unexpressed = UNEXPRESSED_DEFECTS.flatMap(({ ids, reason }) => ids.map((id) => ({ id, reason })));
  return `${[
    NOTICE,
    '',
    '# The library of scenarios',
    '',
    `${all.length} scenarios come with the project. Each makes the server behave as it did, or could have, when a real client`,
    `broke; together they provoke ${covered.size} of the ${titles.size} [defects](${DEFECTS}). Clients choose one by its name, for example`,
    'with the path `/s/<name>/api-ws/v1/realtime`; `soundstage play <name>` shows what happens, and',
    '`soundstage scenarios show <name>` prints the file, which is a good start for one of your own.',
    ...groups.flatMap((group) => [
      '',
      `## ${group}`,
      '',
      table(
        ['scenario', 'what the server does', 'defects'],
        all
          .filter((scenario) => (scenario.group ?? 'Other') === group)
          .map(({ name, summary = '', evidence = [] }) => [
            `[${name}](../../src/scenarios/library/${name}.yaml)`,
            summary,
            evidence.map(link).join(' '),
          ]),
      ),
    ]),
    '',
    '## Defects without a scenario',
    '',
    'No behaviour of a server of this protocol provokes these.',
    '',
    table(
      ['defect', 'why not'],
      unexpressed.map(({ id, reason }) => [`${link(id)} ${titles.get(id) ?? ''}`, reason]),
    ),
  ].join('\n')}\n`;
}

/** The anchor that a Markdown reader gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
