/**
 * One page for each kind of fault, and the page that lists them, from the table of kinds.
 */
import { stringify } from 'yaml';
import type { z } from 'zod';
import { addressSchema } from '../../src/scenarios/fault-schema.js';
import { FAULT_KIND_NAMES, type FaultKindName, faultKind } from '../../src/scenarios/index.js';
import { table } from './markdown.js';
import { parameterTable } from './parameter-table.js';

const FOLDER = 'docs/reference/faults';
const LAYERS = {
  upgrade: 'Before there is a WebSocket: the HTTP answer to the upgrade request.',
  connection: 'The connection as a whole: how it ends, or how it goes on without working.',
  frame: 'The same messages in frames that clients rarely meet, or in frames that are wrong.',
  event: 'The events of the protocol: missing, late, doubled, changed, invented.',
} as const;

const NOTICE = '<!-- Generated from src/scenarios/faults; change it there and run npm run docs. -->';

/** Every page by its path under the project root. */
export function faultPages(): readonly { readonly path: string; readonly text: string }[] {
  return [
    { path: `${FOLDER}/README.md`, text: indexPage() },
    ...FAULT_KIND_NAMES.map((name) => ({ path: `${FOLDER}/${name}.md`, text: kindPage(name) })),
  ];
}

function kindPage(name: FaultKindName): string {
  const { layer, strikes, summary, clientSees, keys, example } = faultKind(name);
  const parameters = parameterTable(keys);
  return page([
    `# ${name}`,
    '',
    summary,
    '',
    `**The client sees:** ${clientSees}`,
    '',
    `**Layer:** ${layer}. **Strikes at:** ${strikesAt(strikes)}.`,
    '',
    '```yaml',
    stringify({ faults: [example] }, { lineWidth: 110, flowCollectionPadding: true }).trimEnd(),
    '```',
    '',
    parameters ?? 'It has no parameters of its own.',
    '',
    'Where it strikes (`at`) and the keys that every fault has: [Faults](README.md).',
  ]);
}

function strikesAt(strikes: readonly string[]): string {
  if (strikes.length === 0) return 'the upgrade request';
  const words = {
    server: 'messages of the server',
    client: 'messages of the client',
    moment: 'moments (`open`, `atMs`)',
  };
  return strikes.map((point) => words[point as keyof typeof words]).join(', ');
}

function indexPage(): string {
  const layers = Object.entries(LAYERS).flatMap(([layer, sentence]) => [
    '',
    `## ${capital(layer)}`,
    '',
    sentence,
    '',
    table(
      ['kind', 'what the server does'],
      FAULT_KIND_NAMES.filter((name) => faultKind(name).layer === layer).map((name) => [
        `[${name}](${name}.md)`,
        faultKind(name).summary,
      ]),
    ),
  ]);
  return page([
    '# Faults',
    '',
    'A fault says where it strikes (`at`) and what it does (`do`, and the parameters of that kind). The faults of a',
    'scenario are looked at in their order for every message: the first one that strikes decides, and `pass` is a',
    'verdict too. A fault sees what the service meant to send, never what an earlier fault made of it, and what a fault',
    'invents is not struck again. An operation that cannot apply, such as a path that is not there, is logged as',
    '`fault-skipped` with the reason, and the message goes its way.',
    '',
    'A fault that never struck fails verification unless it says `optional: true`.',
    '',
    '## Where it strikes',
    '',
    'One of `event` and `atMs` is needed. Faults of the upgrade layer take `connection` alone.',
    '',
    parameterTable((addressSchema.def.out as unknown as { readonly shape: z.ZodRawShape }).shape) ?? '',
    '',
    'Every fault may also have `optional`, `chance: [1, 3]` (one time in three, drawn from the seed) and a `note` for',
    'readers.',
    ...layers,
  ]);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function page(lines: readonly string[]): string {
  return `${NOTICE}\n\n${lines.join('\n')}\n`;
}
