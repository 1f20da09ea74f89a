/**
 * Building blocks of the scenario schema: strict objects, whole numbers, values that JSON Schema has no word for.
 * Every block can be written as JSON Schema as well. It must never fill in a default.
 */
import { z } from 'zod';
import { describeValue, type RandomStream } from '../protocol/index.js';

/** An object literal or what a file was parsed to. A promise that nobody awaited would else pass as empty. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a block looks like in JSON Schema, for blocks that are checked by a function. */
export type ShownAs = Readonly<Record<string, unknown>>;

/** A value of a kind that JSON Schema has no word for, or that deserves a hint of its own. */
export function kind<Value>(
  check: (value: unknown) => boolean,
  wanted: string,
  example: string,
  shownAs: ShownAs = {},
) {
  return z
    .custom<Value>(check, {
      error: ({ input }) =>
        `${input === undefined ? 'it is missing' : `${describeValue(input)} is no ${wanted}`}. Try ${example}.`,
    })
    .meta({ shownAs });
}

/** An object with exactly these keys. The first check sees what was given, where the strict one sees a copy. */
export function record<const Keys extends z.ZodRawShape>(keys: Keys) {
  const strict = z.strictObject(keys);
  return kind<z.input<typeof strict>>(isPlainObject, 'plain object', 'one such as {}').pipe(strict);
}

/** Counts and virtual times are whole numbers: fractions would let the order of timers depend on rounding. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const check = (value: unknown) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  const upTo = most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`;
  const shownAs = {
    type: 'integer',
    minimum: least,
    ...(most === Number.MAX_SAFE_INTEGER ? {} : { maximum: most }),
  };
  return kind<number>(
    check,
    `whole number from ${least} ${upTo}`,
    String(Math.min(most, Math.max(least, 1))),
    shownAs,
  );
}

/** Virtual milliseconds until the service gives up; Infinity (`.inf` in YAML) stands for never. */
export function patience(defaultMs: number) {
  return kind<number>(
    (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) > 0),
    'whole number of milliseconds above 0',
    `${defaultMs}, or Infinity for never`,
    { type: 'number', exclusiveMinimum: 0 },
  );
}

/** Whether a value can be written as JSON at all: no circle, no bigint, no endless depth. */
export function isWritable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/** Any JSON value. */
export const jsonValue = kind<unknown>(
  isWritable,
  'value that can be written as JSON',
  'text, a number or an object',
);

/** A JSON object. */
export const jsonObject = kind<Readonly<Record<string, unknown>>>(
  (value) => isPlainObject(value) && isWritable(value),
  'plain object that can be written as JSON',
  "{ type: 'x.unknown' }",
  { type: 'object' },
);

/** Values of fields by path. */
export const fields = kind<Readonly<Record<string, unknown>>>(
  isPlainObject,
  'plain object from paths to values',
  "{ 'session.voice': 'Tina' }",
  { type: 'object' },
);

/** `[1, 3]`: one time in three. */
export const chance = kind<readonly [number, number]>(
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((part) => Number.isSafeInteger(part)) &&
    value[0] >= 0 &&
    value[1] >= 1 &&
    value[0] <= value[1],
  'pair of whole numbers, the first no larger than the second',
  '[1, 3] for one time in three',
  { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 2, maxItems: 2 },
);

/** Whether a chance comes true, drawn from `random`. */
export function comesTrue([part, whole]: readonly [number, number], random: RandomStream): boolean {
  return random.below(whole) < part;
}

/** Adds the sentence that editors and the reference show for a key. */
export function about<Schema extends z.ZodType>(schema: Schema, sentence: string): Schema {
  return schema.describe(sentence) as Schema;
}
