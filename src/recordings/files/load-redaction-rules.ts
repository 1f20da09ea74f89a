/**
 * Redaction rules from a YAML or JSON file: whatever is wrong is said with file, line and column. Must never repeat a
 * value of the file in an error: it may be what is to be hidden.
 */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { nearestName } from '../../protocol/describe-value.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import {
  type FilePlace,
  parseYaml,
  YamlMistake,
  type YamlSource,
} from '../../scenarios/files/yaml-source.js';
import { PATTERN_NAMES } from '../redaction/pattern-table.js';
import { type RedactionRules, redactionRulesSchema } from '../redaction/rules.js';

const KEYS = ['version', 'patterns', 'allowHeaders', 'rules'];

/** @throws SoundstageError `E_REDACTION_RULES` */
export function loadRedactionRules(file: string): RedactionRules {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SoundstageError(
      'E_REDACTION_RULES',
      `Cannot read the rules ${file}: ${why}. Try the path of a rule file.`,
      {
        cause,
        details: { file },
      },
    );
  }
  return parseRedactionRules(text, file);
}

/** @param file what to call it in errors @throws SoundstageError `E_REDACTION_RULES` */
export function parseRedactionRules(text: string, file: string): RedactionRules {
  let source: YamlSource;
  try {
    source = parseYaml(text);
  } catch (cause) {
    if (cause instanceof YamlMistake) throw mistake(file, cause.place, '', cause.message, cause);
    throw cause;
  }
  const checked = redactionRulesSchema.safeParse(source.value);
  if (checked.success) {
    refuseSameNames(checked.data, source, file);
    return checked.data;
  }
  const issue = deepest(checked.error.issues);
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const [unknown] = issue.code === 'unrecognized_keys' || issue.code === 'invalid_key' ? keysOf(issue) : [];
  const place = source.placeOf(unknown === undefined ? path : [...path, unknown], unknown !== undefined);
  throw mistake(file, place, path.join('.'), whyOf(issue, unknown, path));
}

/** Of the forms that a rule may have, what is wrong with the one it comes closest to. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (issue === undefined) throw new Error('a check failed without an issue');
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.filter((form) => form.length > 0);
  const isOther = (one: z.core.$ZodIssue) =>
    one.code === 'unrecognized_keys' || (one.code === 'invalid_type' && one.path.length === 1);
  const [best = []] = [...forms].sort(
    (one, other) => one.filter(isOther).length - other.filter(isOther).length,
  );
  const found = best.find((one) => !isOther(one)) ?? best[0];
  return found === undefined ? issue : { ...found, path: [...issue.path, ...found.path] };
}

function keysOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys;
  return [];
}

function whyOf(
  issue: z.core.$ZodIssue,
  unknown: string | undefined,
  path: readonly (string | number)[],
): string {
  if (unknown !== undefined) {
    const known = path[0] === 'patterns' ? PATTERN_NAMES : path.length === 0 ? KEYS : RULE_KEYS;
    return `there is no such key '${unknown}'. Try '${nearestName(unknown, known)}'`;
  }
  if (path[0] === 'patterns' && issue.code === 'invalid_key')
    return `there is no such pattern. Try one of ${PATTERN_NAMES.join(', ')}`;
  if (path[0] === 'version') return 'this release reads version 1. Try version: 1';
  if (path.length === 0) return 'the file holds no mapping. Try version: 1 and rules';
  return issue.message;
}

const RULE_KEYS = ['name', 'text', 'regexp', 'flags', 'maxChars', 'path', 'event'];

/** One name, one rule: or nobody could tell what was hit. */
function refuseSameNames({ rules = [] }: RedactionRules, source: YamlSource, file: string): void {
  const taken = new Set<string>([...PATTERN_NAMES, 'credential', 'header', 'speech', 'kept-too-long']);
  for (const [index, { name }] of rules.entries()) {
    if (taken.has(name)) {
      const place = source.placeOf(['rules', index, 'name']);
      throw mistake(file, place, `rules.${index}.name`, `'${name}' is taken. Try another name`);
    }
    taken.add(name);
  }
}

function mistake(
  file: string,
  place: FilePlace,
  path: string,
  why: string,
  cause?: unknown,
): SoundstageError {
  const where = `${file}:${place.line}:${place.column}`;
  const text = /[.!?]$/.test(why) ? why : `${why}.`;
  return new SoundstageError(
    'E_REDACTION_RULES',
    `Cannot use the rules ${where}${path === '' ? '' : `, ${path}`}: ${text}`,
    {
      details: { file, ...place, path },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
