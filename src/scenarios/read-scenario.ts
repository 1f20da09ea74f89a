/**
 * Reads a value as a scenario, or says where it is none and what to write instead. It must never let a key or a
 * value through that no session would look at.
 */
import type { z } from 'zod';
import { describeValue, nearestName, SoundstageError } from '../protocol/index.js';
import { FAULT_KIND_NAMES, type OneShotFault, oneShotFaultSchema } from './fault-schema.js';
import { liveHoldSchema } from './hold-schema.js';
import type { LiveHold, Scenario } from './scenario.js';
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

/** The first mistake in a value: where it is, and what to write instead. */
export interface ScenarioMistake {
  /** Keys and positions from the outside in. */
  readonly path: readonly (string | number)[];
  /** Whether the last part of the path is a key that should not be there. */
  readonly isKey: boolean;
  /** Why, and what to try. */
  readonly why: string;
}

/**
 * A copy of the scenario whose every key and value has been checked.
 *
 * @throws SoundstageError `E_SCENARIO` with the first mistake; `details.path` says where, such as
 *   `replies[0].items[1].message.deltas`
 */
export function readScenario(scenario: unknown): Scenario {
  return readAs(scenarioSchema, scenario, 'the scenario');
}

/** A fault for a running session. @throws SoundstageError `E_SCENARIO` with the first mistake */
export function readOneShotFault(fault: unknown): OneShotFault {
  return readAs(oneShotFaultSchema, fault, 'the fault');
}

/** A hold for a running session. @throws SoundstageError `E_SCENARIO` with the first mistake */
export function readLiveHold(hold: unknown): LiveHold {
  return readAs(liveHoldSchema, hold, 'the hold');
}

/** The scenario, or its first mistake as data. */
export function checkScenario(
  value: unknown,
): { readonly scenario: Scenario } | { readonly mistake: ScenarioMistake } {
  const checked = checkAs(scenarioSchema, value);
  return 'mistake' in checked ? checked : { scenario: checked.value };
}

/** A value as a schema made of the parts of this room wants it, or its first mistake as data. */
export function checkAs<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
): { readonly value: Value } | { readonly mistake: ScenarioMistake } {
  const result = schema.safeParse(value, { error: explain });
  return result.success ? { value: result.data } : { mistake: mistakeOf(result.error.issues) };
}

function readAs<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const checked = checkAs(schema, value);
  if ('value' in checked) return checked.value;
  const { path, why } = checked.mistake;
  const place = pathText(path);
  throw new SoundstageError('E_SCENARIO', `Cannot play ${place === '' ? what : place}: ${why}`, {
    details: { path: place },
  });
}

/** The mistake to show of several: a misspelt key often leaves another one missing, and the spelling is the cause. */
function mistakeOf(issues: readonly z.core.$ZodIssue[]): ScenarioMistake {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const path = (issue?.path ?? []) as (string | number)[];
  if (issue?.code === 'invalid_union' && issue.errors.length > 0) {
    const inner = mistakeOf(nearestOption(issue.errors));
    return { ...inner, path: [...path, ...inner.path] };
  }
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return { path: [...path, ...unknown], isKey: unknown.length > 0, why: issue?.message ?? '' };
}

/** Of the forms that a value may have, the one that it comes nearest to. */
function nearestOption(options: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const distances = options.map((issues) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1), 0),
  );
  return options[distances.indexOf(Math.min(...distances))] ?? [];
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
    case 'invalid_union':
      return explainUnion(issue);
    case 'too_big':
    case 'too_small':
      return wrongSize(issue);
    default:
      return wrongKind(issue.input, 'number');
  }
}

/** A text or a list that is too long or too short. */
function wrongSize(
  issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig> | z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>,
): string {
  const { origin } = issue;
  if (origin !== 'string' && origin !== 'array') return wrongKind(issue.input, 'number');
  const [one, what] = origin === 'string' ? ['character', 'text'] : ['element', 'list'];
  const isBig = issue.code === 'too_big';
  const bound = isBig ? issue.maximum : issue.minimum;
  const parts = `${bound} ${one}${Number(bound) === 1 ? '' : 's'}`;
  return `it has ${isBig ? 'more' : 'fewer'} than ${parts}. Try a ${isBig ? 'shorter' : 'longer'} ${what}.`;
}

/** A value that has none of the forms it may have; of a fault, the kind is named. */
function explainUnion(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  if (issue.discriminator === undefined) return 'it has none of the forms it may have. Try another key.';
  const { input } = issue as { readonly input?: { readonly do?: unknown } };
  const written = input?.do;
  if (written === undefined) return `it is missing. Try '${FAULT_KIND_NAMES[0]}', or another kind of fault.`;
  return `${describeValue(written)} is no kind of fault. Try '${nearestName(String(written), FAULT_KIND_NAMES)}'.`;
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
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}
