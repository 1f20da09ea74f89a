/**
 * Reads a value as a scenario, or says where it is none and what to write instead. It must never let a key or a
 * value through that no session would look at.
 */
import type { z } from 'zod';
import { describeValue, nearestName, SoundstageError } from '../protocol/index.js';
import type { Scenario } from './scenario.js';
import { scenarioSchema } from './scenario-schema.js';

/** What the types of the schema are called, and an example of each. */
const KINDS: Readonly<Record<string, readonly [name: string, example: string]>> = {
  string: ['text', `'Hello.'`],
  boolean: ['boolean', 'true or false'],
  array: ['list', '[]'],
  object: ['object', 'one such as {}'],
  int: ['whole number from 0 up', '1'],
  number: ['whole number from 0 up', '1'],
};
/** Names that fit into a message; of more, only the nearest is given. */
const MOST_NAMES = 8;

/**
 * A copy of the scenario whose every key and value has been checked.
 *
 * @throws SoundstageError `E_SCENARIO` with the first mistake; `details.path` says where, such as
 *   `replies[0].items[1].message.deltas`
 */
export function readScenario(scenario: unknown): Scenario {
  const result = scenarioSchema.safeParse(scenario, { error: explain });
  if (result.success) return result.data;
  const { issues } = result.error;
  // A misspelt key often leaves another one missing: the spelling is the cause.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = pathText([...(issue?.path ?? []), ...unknown]);
  throw new SoundstageError(
    'E_SCENARIO',
    `Cannot play ${path === '' ? 'the scenario' : path}: ${issue?.message}`,
    {
      details: { path },
    },
  );
}

/** Why a value is refused and what to try: the second half of a message. */
function explain(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `there is no such key. Try '${nearestName(issue.keys[0] ?? '', keysOf(issue.inst))}'.`;
    case 'invalid_value':
      return `${reasonOf(issue.input, issue.values)}. Try '${nearestName(String(issue.input), issue.values.map(String))}'.`;
    case 'invalid_type':
      return wrongKind(issue.input, issue.expected);
    default:
      return wrongKind(issue.input, 'number');
  }
}

function reasonOf(input: unknown, values: readonly unknown[]): string {
  if (input === undefined) return 'it is missing';
  const names = values.length > MOST_NAMES ? 'the names it may have' : values.join(', ');
  return `${describeValue(input)} is none of ${names}`;
}

function wrongKind(input: unknown, expected: string): string {
  const [name, example] = KINDS[expected] ?? [expected, 'leaving it out'];
  return `${input === undefined ? 'it is missing' : `${describeValue(input)} is no ${name}`}. Try ${example}.`;
}

/** The keys of the object that the schema of an issue describes. */
function keysOf(schema: unknown): string[] {
  const shape: unknown = (schema as { readonly shape?: unknown } | undefined)?.shape;
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

/** `replies[0].text` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}
