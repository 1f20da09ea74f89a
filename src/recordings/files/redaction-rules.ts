/**
 * Rules of redaction from a YAML or JSON file. Must never obey a file that it does not understand to its last key.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { type RedactionRules, redactionRulesSchema } from '../redaction/rules.js';

/** @throws SoundstageError `E_REDACTION_RULES` with the place of the first mistake */
export function loadRedactionRules(file: string): RedactionRules {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw badRules(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const checked = redactionRulesSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw badRules(file, `'${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'unknown shape'}`);
}

function badRules(file: string, why: string, cause?: unknown): SoundstageError {
  return new SoundstageError(
    'E_REDACTION_RULES',
    `Cannot use the rules in ${file}: ${why}. Try a file such as: version: 1, rules: [{ name: customer, text: Jane Doe }].`,
    { details: { file }, ...(cause === undefined ? {} : { cause }) },
  );
}
