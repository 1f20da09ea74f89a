/**
 * The checks that rules of `session.update` are built from: ranges, sets, booleans, strings. Wrong JSON types
 * are ERR29, values outside a set of names ERR2. A check must never throw, whatever the value.
 */
import { describeValue } from './describe-value.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';
import type { Check, Checked, Scope } from './update-rule.js';

/** The bounds of a number. Without `exclusive…` a bound belongs to the range. */
export interface NumberRange {
  readonly kind: 'integer' | 'number';
  readonly minimum: number;
  readonly maximum: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  /** Where a number beyond an exclusive bound goes when the quirk `outOfRange` is `clamp`. */
  readonly clampMinimum?: number;
  readonly clampMaximum?: number;
  /** The range as text, such as `[0, 2)`. */
  readonly text: string;
}

export function accept<Value>(value: Value): Checked<Value> {
  return { kind: 'accept', value };
}

export function refusal(reason: Refusal): Checked<never> {
  return { kind: 'refuse', refusal: reason };
}

/** ERR29: a number out of range or a wrong JSON type. */
export function outOfRange(path: string, value: unknown, range: string): Refusal {
  return refuse('out-of-range', { path, value: describeValue(value), range });
}

/** ERR2: not one of the names. */
export function badEnumValue(path: string, value: unknown, supported: readonly string[]): Refusal {
  return refuse('bad-enum-value', {
    path,
    value: describeValue(value),
    supported: supported.map((name) => `'${name}'`).join(', '),
  });
}

/** A number that the quirk `outOfRange` may move or drop. */
function outside(scope: Scope, path: string, value: number, nearest: number, range: string): Checked<number> {
  const policy = scope.context.quirks.outOfRange;
  if (policy === 'clamp') return accept(nearest);
  if (policy === 'ignore') return { kind: 'ignore' };
  return refusal(outOfRange(path, value, range));
}

function isBelow(value: number, range: NumberRange): boolean {
  return range.exclusiveMinimum === true ? value <= range.minimum : value < range.minimum;
}

function isAbove(value: number, range: NumberRange): boolean {
  return range.exclusiveMaximum === true ? value >= range.maximum : value > range.maximum;
}

/** A number in a range that may depend on the family. A fraction is no integer, whatever its size. */
export function numberIn(rangeOf: (scope: Scope) => NumberRange): Check<number> {
  return (value, scope, path) => {
    const range = rangeOf(scope);
    const wrongType = typeof value !== 'number' || Number.isNaN(value);
    if (wrongType || (range.kind === 'integer' && !Number.isInteger(value))) {
      return refusal(outOfRange(path, value, range.text));
    }
    if (isBelow(value, range)) {
      return outside(scope, path, value, range.clampMinimum ?? range.minimum, range.text);
    }
    if (isAbove(value, range)) {
      return outside(scope, path, value, range.clampMaximum ?? range.maximum, range.text);
    }
    return accept(value);
  };
}

/** One of a few numbers, given in ascending order. */
export function numberAmong(membersOf: (scope: Scope) => readonly number[]): Check<number> {
  return (value, scope, path) => {
    const members = membersOf(scope);
    const range = `{${members.join(', ')}}`;
    if (typeof value !== 'number' || Number.isNaN(value)) return refusal(outOfRange(path, value, range));
    if (members.includes(value)) return accept(value);
    return outside(scope, path, value, nearestOf(members, value), range);
  };
}

/** The nearest member; of two equally near the lower. */
function nearestOf(members: readonly number[], value: number): number {
  return members.reduce((nearest, member) =>
    Math.abs(member - value) < Math.abs(nearest - value) ? member : nearest,
  );
}

/** One of a few names. `supported` is what the refusal lists, where that is less than what is accepted. */
export function oneOf<const Name extends string>(
  names: (scope: Scope) => readonly Name[],
  supported?: readonly string[],
): Check<Name> {
  return (value, scope, path) => {
    const allowed = names(scope);
    if (typeof value !== 'string') return refusal(outOfRange(path, value, `{${allowed.join(', ')}}`));
    const found = allowed.find((name) => name === value);
    return found === undefined ? refusal(badEnumValue(path, value, supported ?? allowed)) : accept(found);
  };
}

export const booleanValue: Check<boolean> = (value, _scope, path) =>
  typeof value === 'boolean' ? accept(value) : refusal(outOfRange(path, value, '{true, false}'));

export const stringValue: Check<string> = (value, _scope, path) =>
  typeof value === 'string' ? accept(value) : refusal(outOfRange(path, value, '{any string}'));

export const objectValue: Check<JsonObject> = (value, _scope, path) =>
  isJsonObject(value) ? accept(value) : refusal(outOfRange(path, value, '{any object}'));

/** A value or null, which is passed on as null. */
export function nullable<Value>(check: Check<Value>): Check<Value | null> {
  return (value, scope, path) => (value === null ? accept(null) : check(value, scope, path));
}

/** Null leaves the setting as it is. */
export function nullKeeps<Value>(check: Check<Value>): Check<Value> {
  return (value, scope, path) => (value === null ? { kind: 'ignore' } : check(value, scope, path));
}
