/** `soundstage quirks`: prints the table of behaviour switches. Must never hold a quirk of its own. */
import { Command } from 'commander';
import pc from 'picocolors';
import { describeQuirkValues, FAMILY_IDS, QUIRKS, type QuirkDefinition } from '../protocol/index.js';
import { wrapText } from '../report/index.js';

const DEFAULT_COLUMNS = 100;
const INDENT = '    ';

/** Builds the command. */
export function quirksCommand(): Command {
  return new Command('quirks')
    .description('List the switches for what is uncertain about the service, with values and defaults.')
    .option('--json', 'one JSON array instead of text')
    .action((options: { readonly json?: boolean }) => {
      if (options.json === true)
        process.stdout.write(`${JSON.stringify(QUIRKS.map(asData), undefined, 2)}\n`);
      else process.stdout.write(`${renderQuirks(process.stdout.columns ?? DEFAULT_COLUMNS)}\n`);
    });
}

function asData({ name, values, defaults, meaning, evidence, section }: QuirkDefinition) {
  return { name, values, defaults, meaning, evidence, section };
}

function renderQuirks(widthColumns: number): string {
  const rows = QUIRKS.map((quirk) => {
    const meaning = wrapText(quirk.meaning, widthColumns - INDENT.length).map((line) => `${INDENT}${line}`);
    const facts = `values: ${describeQuirkValues(quirk.values)}; default: ${describeDefaults(quirk)}`;
    const grade = `evidence: ${quirk.evidence}, ${quirk.section} of the protocol reference`;
    return [
      pc.bold(quirk.name),
      ...meaning,
      ...wrapText(facts, widthColumns - INDENT.length).map((line) => pc.dim(`${INDENT}${line}`)),
      pc.dim(`${INDENT}${grade}`),
    ].join('\n');
  });
  return [...rows, 'Set one with: soundstage serve --model-quirk NAME=VALUE'].join('\n\n');
}

/** One value when all families agree, else one per family. */
function describeDefaults({ defaults }: QuirkDefinition): string {
  const values = new Set(FAMILY_IDS.map((id) => defaults[id]));
  if (values.size === 1) return String([...values][0]);
  return FAMILY_IDS.map((id) => `${id} ${String(defaults[id])}`).join(', ');
}
