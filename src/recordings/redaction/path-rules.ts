/**
 * Values at given places of JSON messages, replaced whatever they are. Must leave every other character as it was.
 */
import { isJsonText, jsonScalars } from './json-scalars.js';
import type { Placeholders } from './placeholder.js';
import type { Replacement } from './replacements.js';

export interface PathRule {
  readonly name: string;
  readonly path: readonly string[];
  /** Only in messages of this type. */
  readonly event?: string | undefined;
}

/** What the rules do to a text; nothing when it is no JSON. */
export function pathReplacements(
  text: string,
  rules: readonly PathRule[],
  placeholders: Placeholders,
): readonly Replacement[] {
  if (rules.length === 0 || !rules.some(({ path }) => mayHave(text, path)) || !isJsonText(text)) return [];
  const type: unknown = JSON.parse(text).type;
  const active = rules.filter(({ event }) => event === undefined || event === type);
  const replacements: Replacement[] = [];
  for (const { kind, start, end, path } of jsonScalars(text)) {
    if (kind === 'key') continue;
    const rule = active.find((one) => fits(one.path, path));
    if (rule === undefined) continue;
    const value = text.slice(start, end);
    // Nothing to hide, and clients tell null and the empty text from all others.
    if (value === '' || value === 'null') continue;
    const placeholder = placeholders.take(rule.name, value);
    replacements.push({ start, end, text: kind === 'other' ? `"${placeholder}"` : placeholder });
  }
  return replacements;
}

/** Escaped keys are rare enough to look closer for. */
function mayHave(text: string, path: readonly string[]): boolean {
  return text.includes('\\u') || path.every((key) => key === '*' || /^\d+$/.test(key) || text.includes(key));
}

function fits(wanted: readonly string[], path: readonly (string | number)[]): boolean {
  return (
    wanted.length <= path.length && wanted.every((key, index) => key === '*' || key === String(path[index]))
  );
}
