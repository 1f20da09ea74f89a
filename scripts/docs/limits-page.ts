/**
 * The page of limits, from LIMITS and the comments in its source. It must never hold a number of its own.
 */
import { LIMITS, type LimitName } from '../../src/protocol/index.js';
import { code, grouped, table } from './markdown.js';

const INTRODUCTION = `# Limits

Every bound of the project. Reaching one is an error with a code or a refusal of the catalogue
([protocol.md](protocol.md), section 6), never a crash. Units are in the names.

This page is generated from \`src/protocol/limits.ts\`: change the table there and run
\`npx tsx scripts/generate-docs.ts\`.`;

/** The page, given the source text of limits.ts. @throws Error when a limit has no comment */
export function limitsPage(source: string): string {
  const comments = readComments(source);
  const rows = (Object.keys(LIMITS) as LimitName[]).map((name) => {
    const comment = comments.get(name);
    if (comment === undefined) {
      throw new Error(`The limit '${name}' has no comment. Try writing one above it in limits.ts.`);
    }
    return [code(name), grouped(LIMITS[name]), comment];
  });
  return `${INTRODUCTION}\n\n${table(['limit', 'value', 'meaning'], rows)}\n`;
}

/** The comment of each limit by name; one comment may stand above several limits. */
function readComments(source: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  let comment = '';
  for (const [text, doc, name] of source.matchAll(/\/\*\*([\s\S]*?)\*\/|^ {2}([A-Za-z]\w*): /gm)) {
    if (text.startsWith('/**')) comment = (doc ?? '').replace(/\s*\n\s*\*\s*/g, ' ').trim();
    else if (name !== undefined && comment !== '') comments.set(name, comment);
  }
  return comments;
}
