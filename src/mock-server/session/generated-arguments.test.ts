/**
 * Generated tool arguments satisfy the tool's schema, judged by zod's own reading of JSON Schema, for the kinds
 * of schema that tools really have and for drawn ones.
 */
import { test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PROPERTY_RUNS, PROPERTY_SEED } from '../../../test/support/property-seed.js';
import { anySchemaLike, objectSchema } from '../../../test/support/tool-schema-arbitraries.js';
import { LIMITS } from '../../protocol/limits.js';
import { generateArguments, spacedJson } from './generated-arguments.js';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

const object = (properties: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...rest,
});
/** The one argument that `schema` asks for. */
const argumentFor = (schema: unknown, rest: Record<string, unknown> = {}) =>
  JSON.parse(generateArguments(object({ value: schema }, rest))).value;

describe('the text', () => {
  test('no arguments are {} without a space, others begin with one (§4.20)', () => {
    expect(generateArguments({ type: 'object', properties: {} })).toBe('{}');
    expect(generateArguments(undefined)).toBe('{}');
    expect(generateArguments(object({ location: { type: 'string' } }))).toBe(' {"location": "example"}');
  });

  test('a space after every colon and comma', () => {
    expect(spacedJson({ a: [1, 'x, y'], b: { c: null, d: undefined } })).toBe(
      '{"a": [1, "x, y"], "b": {"c": null}}',
    );
  });
});

describe('which properties', () => {
  test('the required ones; all of them when none is required', () => {
    const properties = { a: { type: 'string' }, b: { type: 'boolean' } };
    expect(JSON.parse(generateArguments({ type: 'object', properties, required: ['b'] }))).toEqual({
      b: true,
    });
    expect(JSON.parse(generateArguments({ type: 'object', properties }))).toEqual({ a: 'example', b: true });
  });

  test('names that objects inherit are names like others', () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"integer"}},"required":["__proto__","toString"]}',
    );
    expect(generateArguments(schema)).toBe(' {"__proto__": 1, "toString": "example"}');
    expect(argumentFor({ type: 'string', format: 'constructor' })).toBe('example');
  });
});

describe('which value', () => {
  test.each([
    ['const', { const: 7 }, 7],
    ['const null', { const: null }, null],
    ['default', { type: 'string', default: 'metric' }, 'metric'],
    ['enum', { type: 'string', enum: ['celsius', 'fahrenheit'] }, 'celsius'],
    ['enum with a default', { enum: ['a', 'b'], default: 'b' }, 'b'],
    ['example', { type: 'string', examples: ['Paris'] }, 'Paris'],
    ['nullable type', { type: ['string', 'null'] }, 'example'],
    ['only null', { type: ['null'] }, null],
    ['maximum alone', { type: 'number', exclusiveMaximum: 0 }, -1],
    ['a narrow open interval', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.25 }, 0.125],
    ['a whole number above', { type: 'integer', exclusiveMinimum: 1.5 }, 2],
    ['a multiple within bounds', { type: 'integer', multipleOf: 5, maximum: 3 }, 0],
    ['a multiple as people write it', { type: 'number', minimum: 0.3, multipleOf: 0.1 }, 0.3],
    ['draft 4 exclusion', { type: 'integer', minimum: 3, exclusiveMinimum: true }, 4],
    ['no elements allowed', { type: 'array', items: { type: 'string' }, maxItems: 0 }, []],
    [
      'distinct numbers',
      { type: 'array', items: { type: 'integer' }, minItems: 3, uniqueItems: true },
      [1, 2, 3],
    ],
    [
      'distinct choices',
      { type: 'array', items: { enum: ['a', 'b'] }, minItems: 2, uniqueItems: true },
      ['a', 'b'],
    ],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false },
      [1, 'example'],
    ],
    [
      'a map',
      { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 2 },
      { key1: 1, key2: 1 },
    ],
  ])('%s', (_name, schema, expected) => {
    expect(argumentFor(schema)).toEqual(expected);
  });
});

describe('references and combinations', () => {
  const $defs = { Unit: { enum: ['m', 'ft'] }, 'a/b': { type: 'integer' } };

  test.each([
    ['$ref', { $ref: '#/$defs/Unit' }, 'm'],
    ['$ref with an escaped name', { $ref: '#/$defs/a~1b' }, 1],
    ['$ref beside a default', { $ref: '#/$defs/Unit', default: 'ft' }, 'ft'],
    [
      'allOf around a $ref, as Pydantic writes it',
      { allOf: [{ $ref: '#/$defs/Unit' }], default: 'ft' },
      'ft',
    ],
    [
      'allOf narrows',
      {
        allOf: [
          { type: 'number', minimum: 2 },
          { type: 'integer', minimum: 1 },
        ],
      },
      2,
    ],
    ['anyOf takes what is not null', { anyOf: [{ type: 'null' }, { $ref: '#/$defs/Unit' }] }, 'm'],
    ['oneOf within anyOf', { anyOf: [{ oneOf: [{ const: 4 }] }] }, 4],
  ])('%s', (_name, schema, expected) => {
    expect(argumentFor(schema, { $defs })).toEqual(expected);
  });

  test('a branch adds to the object around it', () => {
    const schema = {
      type: 'object',
      properties: { id: { type: 'integer' }, email: { type: 'string' }, phone: { type: 'string' } },
      required: ['id'],
      anyOf: [{ required: ['email'] }, { required: ['phone'] }],
    };
    expect(JSON.parse(generateArguments(schema))).toEqual({ id: 1, email: 'example' });
  });

  test('a recursive schema ends where it may', () => {
    const schema = object(
      { tree: { $ref: '#/$defs/Node' } },
      {
        $defs: {
          Node: object({
            name: { type: 'string' },
            children: { type: 'array', items: { $ref: '#/$defs/Node' } },
            next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] },
          }),
        },
      },
    );
    const accepts = z.fromJSONSchema(schema as JsonSchema);
    expect(accepts.safeParse(JSON.parse(generateArguments(schema))).error).toBeUndefined();
  });
});

describe('hostile schemas come to an end', () => {
  const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
  const nest = (depth: number): unknown =>
    depth === 0 ? { type: 'string' } : { type: 'array', minItems: 100, items: nest(depth - 1) };
  const selves = (keyword: string) => ({ [keyword]: names.map(() => ({ $ref: '#' })) });

  test.each([
    [
      'an object of itself, twenty times',
      object(Object.fromEntries(names.map((name) => [name, { $ref: '#' }]))),
    ],
    ['a hundred of a hundred of a hundred …', object({ value: nest(12) })],
    ['a reference to itself', { $ref: '#' }],
    ['allOf of itself', selves('allOf')],
    ['anyOf of itself', selves('anyOf')],
    ['a string without end', object({ value: { type: 'string', minLength: 1e300 } })],
    ['an array without end', object({ value: { type: 'array', minItems: 1e300 } })],
    ['properties without end', object({ value: { type: 'object', minProperties: 1e300 } })],
  ])('%s', (_name, schema) => {
    const text = generateArguments(schema);
    expect(typeof JSON.parse(text)).toBe('object');
    expect(text.length).toBeLessThan(20 * LIMITS.generatedArgumentChars);
  });
});

describe('drawn schemas', () => {
  const settings = { seed: PROPERTY_SEED, numRuns: 5 * PROPERTY_RUNS };

  propertyTest.prop([objectSchema], settings)('arguments satisfy the schema', (schema) => {
    const outcome = z.fromJSONSchema(schema as JsonSchema).safeParse(JSON.parse(generateArguments(schema)));
    expect(outcome.error?.message).toBeUndefined();
  });

  propertyTest.prop([anySchemaLike], settings)('anything called a schema gives an object', (schema) => {
    const value = JSON.parse(generateArguments(schema));
    expect(value !== null && typeof value === 'object' && !Array.isArray(value)).toBe(true);
  });
});
