/**
 * Cuts a whole file out of a page of the documentation: a block that is marked `file=NAME`. Must never mend it: what
 * runs is what readers copy.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** What the package's entries are made from. */
const ENTRIES: Readonly<Record<string, string>> = {
  soundstage: 'src/index.ts',
  'soundstage/client': 'src/client/index.ts',
};

/** The block as it stands. @param page below the repository's root @throws Error when the page has none of that name */
export function pageFile(page: string, name: string): string {
  const text = readFileSync(new URL(page, ROOT), 'utf8');
  const block = new RegExp(`^\`\`\`\\w+ file=${name.replaceAll('.', '\\.')}\\n([\\s\\S]*?)^\`\`\`$`, 'm');
  const code = block.exec(text)?.[1];
  if (code === undefined) throw new Error(`${page} has no ${name}`);
  return code;
}

/** A TypeScript file of a page, with the package's imports pointed at its sources. */
export function pageModule(page: string, name: string): string {
  return pageFile(page, name).replaceAll(/from '(soundstage[^']*)'/g, (_whole, entry: string) => {
    const source = ENTRIES[entry];
    if (source === undefined) throw new Error(`${page} imports '${entry}', which is not known here`);
    return `from ${JSON.stringify(fileURLToPath(new URL(source, ROOT)))}`;
  });
}
