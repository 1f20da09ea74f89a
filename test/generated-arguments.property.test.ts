/**
 * Arguments of generated tool calls satisfy the schema of the tool, judged by checks that know nothing of the
 * generator. Protocol reference §4.20.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { asked } from './support/asked-session.js';
import { create, functionTool, MODEL_OF, textOnly, update } from './support/client-messages.js';
import { PROPERTY_RUNS, PROPERTY_SEED } from './support/property-seed.js';
import { only } from './support/seen-responses.js';

/** What a session calls a tool with. */
function argumentsFor(parameters: unknown): unknown {
  const session = asked({}, MODEL_OF.omni38);
  session.send(textOnly);
  session.send(update({ tools: [functionTool('f', parameters)] }));
  const done = only(session.send(create), 'response.function_call_arguments.done');
  return JSON.parse(String(done['arguments']));
}

describe('a generated call', () => {
  it.each([
    ['no parameters', undefined, {}],
    ['no properties', { type: 'object', properties: {} }, {}],
    [
      'a bound below',
      { type: 'object', properties: { n: { type: 'number', minimum: 5 } }, required: ['n'] },
      { n: 5 },
    ],
    [
      'an array',
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'boolean' }, minItems: 2 } },
        required: ['a'],
      },
      { a: [true, true] },
    ],
    ['a constant', { type: 'object', properties: { c: { const: 'x' } }, required: ['c'] }, { c: 'x' }],
    [
      'a reference',
      {
        type: 'object',
        properties: { d: { $ref: '#/$defs/d' } },
        required: ['d'],
        $defs: { d: { enum: ['up'] } },
      },
      { d: 'up' },
    ],
    [
      'a choice',
      {
        type: 'object',
        properties: { o: { anyOf: [{ type: 'null' }, { type: 'integer' }] } },
        required: ['o'],
      },
      { o: 1 },
    ],
    [
      'open bounds',
      {
        type: 'object',
        properties: { f: { type: 'number', exclusiveMinimum: 0, maximum: 0.25 } },
        required: ['f'],
      },
      { f: expect.any(Number) },
    ],
    [
      'narrow open bounds',
      {
        type: 'object',
        properties: { f: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.25 } },
        required: ['f'],
      },
      { f: expect.toSatisfy((value: number) => value > 0 && value < 0.25) },
    ],
    [
      'different items',
      {
        type: 'object',
        properties: {
          u: { type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 2, uniqueItems: true },
          n: { type: 'array', items: { type: 'integer' }, minItems: 3, uniqueItems: true },
        },
        required: ['u', 'n'],
      },
      { u: ['a', 'b'], n: expect.toSatisfy((list: number[]) => new Set(list).size === 3) },
    ],
  ])('fills %s', (_, parameters, expected) => {
    expect(argumentsFor(parameters)).toEqual(expected);
  });
});

/** A schema with a check that knows nothing of the generator. */
interface Case {
  readonly schema: Record<string, unknown>;
  readonly accepts: (value: unknown) => boolean;
}

const number = fc
  .record({
    low: fc.integer({ min: -50, max: 50 }),
    width: fc.integer({ min: 1, max: 40 }),
    whole: fc.boolean(),
    open: fc.boolean(),
  })
  .map(({ low, width, whole, open }): Case => {
    const high = low + width + 1;
    const bounds = open ? { exclusiveMinimum: low, exclusiveMaximum: high } : { minimum: low, maximum: high };
    return {
      schema: { type: whole ? 'integer' : 'number', ...bounds },
      accepts: (value) =>
        typeof value === 'number' &&
        (!whole || Number.isInteger(value)) &&
        (open ? value > low && value < high : value >= low && value <= high),
    };
  });
const step = fc
  .record({ multipleOf: fc.integer({ min: 1, max: 9 }), low: fc.integer({ min: -20, max: 20 }) })
  .map(
    ({ multipleOf, low }): Case => ({
      schema: { type: 'integer', multipleOf, minimum: low },
      accepts: (value) => Number.isInteger(value) && Number(value) % multipleOf === 0 && Number(value) >= low,
    }),
  );
const text = fc
  .record({ minLength: fc.integer({ min: 0, max: 30 }), more: fc.integer({ min: 0, max: 20 }) })
  .map(
    ({ minLength, more }): Case => ({
      schema: { type: 'string', minLength, maxLength: minLength + more },
      accepts: (value) =>
        typeof value === 'string' && value.length >= minLength && value.length <= minLength + more,
    }),
  );
const choice = fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 4 }).map(
  (values): Case => ({
    schema: { enum: values },
    accepts: (value) => values.some((allowed) => JSON.stringify(allowed) === JSON.stringify(value)),
  }),
);
const leaf = fc.oneof(number, step, text, choice);
const list = fc
  .record({ items: leaf, minItems: fc.integer({ min: 0, max: 4 }), more: fc.integer({ min: 0, max: 2 }) })
  .map(
    ({ items, minItems, more }): Case => ({
      schema: { type: 'array', items: items.schema, minItems, maxItems: minItems + more },
      accepts: (value) =>
        Array.isArray(value) &&
        value.length >= minItems &&
        value.length <= minItems + more &&
        value.every(items.accepts),
    }),
  );

test.prop(
  [fc.dictionary(fc.constantFrom('a', 'b', 'when', '__x', 'tools'), fc.oneof(leaf, list), { minKeys: 1 })],
  {
    seed: PROPERTY_SEED,
    numRuns: PROPERTY_RUNS,
  },
)('generated arguments satisfy the schema', (fields) => {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  const made = argumentsFor({ type: 'object', properties, required: Object.keys(fields) }) as Record<
    string,
    unknown
  >;
  for (const [name, field] of Object.entries(fields)) {
    expect({ name, schema: field.schema, made: made[name], ok: field.accepts(made[name]) }).toMatchObject({
      ok: true,
    });
  }
});
