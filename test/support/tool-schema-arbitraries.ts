/**
 * Drawn JSON Schemas of tool parameters: satisfiable ones as tools have them, and anything at all.
 */
import { fc } from '@fast-check/vitest';

type Drawn = Record<string, unknown>;

const word = fc.constantFrom('city', 'unit', 'when', 'limit', 'tags', 'filter', 'mode');
const range = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 20 }));

const stringSchema: fc.Arbitrary<Drawn> = fc.oneof(
  fc.record({ minLength: fc.nat(12), spare: fc.nat(12) }).map(({ minLength, spare }) => ({
    type: 'string',
    minLength,
    maxLength: minLength + spare,
  })),
  fc
    .constantFrom('date', 'date-time', 'email', 'uri', 'uuid', 'ipv4', 'ipv6', 'duration', 'hostname')
    .map((format) => ({ type: 'string', format })),
  fc
    .uniqueArray(fc.string(), { minLength: 1, maxLength: 4 })
    .map((choices) => ({ type: 'string', enum: choices })),
  fc.constant({ type: ['string', 'null'], description: 'optional' }),
);

const numberSchema: fc.Arbitrary<Drawn> = fc.oneof(
  range.map(([low, span]) => ({ type: 'integer', minimum: low, maximum: low + span })),
  range.map(([low, span]) => ({ type: 'integer', exclusiveMinimum: low, exclusiveMaximum: low + span + 2 })),
  range.map(([low, span]) => ({ type: 'number', exclusiveMinimum: low, exclusiveMaximum: low + span + 0.5 })),
  fc.tuple(range, fc.integer({ min: 1, max: 9 })).map(([[low], multipleOf]) => ({
    type: 'integer',
    minimum: low,
    maximum: low + multipleOf,
    multipleOf,
  })),
  range.map(([high]) => ({ type: 'number', maximum: high })),
  fc.constant({ type: 'number' }),
);

const leaf = fc.oneof(
  stringSchema,
  numberSchema,
  fc.constantFrom<Drawn>({ type: 'boolean' }, { type: 'null' }, { const: 'fixed' }, {}),
);

function arrayOf(items: fc.Arbitrary<Drawn>): fc.Arbitrary<Drawn> {
  return fc.tuple(items, fc.nat(3), fc.nat(3)).map(([item, minItems, spare]) => ({
    type: 'array',
    items: item,
    minItems,
    maxItems: minItems + spare,
  }));
}

function objectOf(property: fc.Arbitrary<Drawn>): fc.Arbitrary<Drawn> {
  return fc.dictionary(word, property, { maxKeys: 4 }).chain((properties) =>
    fc.record({
      type: fc.constant('object'),
      properties: fc.constant(properties),
      required: fc.subarray(Object.keys(properties)),
      additionalProperties: fc.constant(false),
    }),
  );
}

function combined(schema: fc.Arbitrary<Drawn>): fc.Arbitrary<Drawn> {
  return fc.oneof(
    schema.map((one) => ({ anyOf: [one, { type: 'null' }] })),
    fc.tuple(schema, schema).map((branches) => ({ anyOf: branches })),
    schema.map((one) => ({ allOf: [one], description: 'as generators of schemas write it' })),
    fc.constant({ $ref: '#/$defs/shared' }),
    fc.constant({ allOf: [{ $ref: '#/$defs/shared' }] }),
  );
}

const { nested } = fc.letrec<{ nested: Drawn }>((tie) => ({
  nested: fc.oneof(
    { maxDepth: 3 },
    leaf,
    arrayOf(tie('nested')),
    objectOf(tie('nested')),
    combined(tie('nested')),
  ),
}));

/** The parameters of a tool, satisfiable. */
export const objectSchema: fc.Arbitrary<Drawn> = fc
  .tuple(objectOf(nested), leaf)
  .map(([schema, shared]) => ({ ...schema, $defs: { shared } }));

const KEYWORDS = [
  'type',
  'properties',
  'required',
  'items',
  'prefixItems',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'allOf',
  '$ref',
  'minItems',
  'maxLength',
  'minLength',
  'multipleOf',
  'minimum',
  'format',
  'default',
  '__proto__',
];

/** Objects with the keywords of schemas and values of any kind. */
export const anySchemaLike: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      'object',
      'array',
      'string',
      'number',
      'integer',
      'null',
      '#',
      '#/properties',
      null,
      -1,
    ),
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYWORDS), tie('any'), { maxKeys: 5 }),
  ),
})).any;
