/**
 * Arguments for a generated tool call: a small value that satisfies the tool's JSON Schema. Deterministic and
 * total: an odd schema gives a plain value, never an exception. `pattern`, `not`, `if`, `contains` and
 * `patternProperties` are not interpreted.
 */
import { LIMITS } from '../../protocol/limits.js';
import { generateNumber } from './generated-numbers.js';
import {
  asList,
  asSchema,
  chooseBranches,
  resolveSchema,
  type Schema,
  type SchemaReading,
} from './tool-schema.js';

/** Nesting from which on only what is required is filled in, so that a recursive schema comes to an end. */
const SPARSE_DEPTH = 4;
/** Nesting at which a schema that never ends is cut off. */
const MAX_DEPTH = 64;

/** Values for the string formats that tools use. */
const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ['date', '2026-01-15'],
  ['time', '09:30:00Z'],
  ['date-time', '2026-01-15T09:30:00Z'],
  ['duration', 'PT1H'],
  ['email', 'user@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/'],
  ['uri-reference', '/example'],
  ['url', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000001'],
]);

/** Where in the document a value is made. */
interface Place {
  readonly reading: SchemaReading;
  readonly depth: number;
  /** Number of the element in an array of unique items: different numbers give different values. */
  readonly variant: number;
}

/**
 * The arguments of a call as JSON text, spaced the way the service spaces them: `{}` when there are none, else
 * with a leading space (§4.20).
 */
export function generateArguments(parameters: unknown): string {
  const root = asSchema(parameters);
  const reading = { root, remaining: LIMITS.generatedArgumentChars };
  const object = asSchema(valueFor(root, { reading, depth: 0, variant: 0 }));
  return Object.keys(object).length === 0 ? '{}' : ` ${spacedJson(object)}`;
}

/** JSON with a space after every colon and comma. */
export function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}: ${spacedJson(field)}`).join(', ')}}`;
}

function valueFor(source: Schema, place: Place): unknown {
  const { reading, depth, variant } = place;
  const resolved = resolveSchema(source, reading);
  const schema =
    namedValue(resolved, variant) === undefined
      ? chooseBranches(resolved, reading, depth >= SPARSE_DEPTH)
      : resolved;
  const named = namedValue(schema, variant);
  if (named === undefined) return valueOfType(typeOf(schema), schema, place);
  reading.remaining -= JSON.stringify(named).length;
  return named;
}

/** A value that the schema itself names; undefined when it names none. */
function namedValue(schema: Schema, variant: number): unknown {
  if (Object.hasOwn(schema, 'const')) return schema['const'];
  const choices = asList(schema['enum']);
  const preferred = schema['default'];
  if (choices.length > 0) {
    const first = Math.max(0, choices.indexOf(preferred));
    return choices[(first + variant) % choices.length];
  }
  return preferred !== undefined && variant === 0 ? preferred : asList(schema['examples'])[variant];
}

function valueOfType(type: unknown, schema: Schema, place: Place): unknown {
  switch (type) {
    case 'string':
      return stringFor(schema, place);
    case 'integer':
    case 'number':
      return generateNumber(schema, type === 'integer', place.variant);
    case 'boolean':
      return place.variant % 2 === 0;
    case 'null':
      return null;
    case 'array':
      return isCutOff(place) ? [] : arrayFor(schema, place);
    default:
      return isCutOff(place) ? {} : objectFor(schema, place);
  }
}

function isCutOff({ depth, reading }: Place): boolean {
  return depth >= MAX_DEPTH || reading.remaining <= 0;
}

function stringFor(schema: Schema, { variant, reading }: Place): string {
  const text = FORMATS.get(schema['format']) ?? (variant === 0 ? 'example' : `${variant}-example`);
  const minimum = countOf(schema['minLength'], 0);
  const longest = Math.max(minimum, countOf(schema['maxLength'], text.length));
  const value = reading.remaining <= 0 ? '' : text.padEnd(minimum, 'x').slice(0, longest);
  reading.remaining -= value.length;
  return value;
}

function arrayFor(schema: Schema, place: Place): unknown[] {
  const { prefixItems, items: listed } = schema;
  const tuple = asList(prefixItems ?? listed);
  const rest = prefixItems === undefined && Array.isArray(listed) ? schema['additionalItems'] : listed;
  const wanted = place.depth < SPARSE_DEPTH ? Math.max(1, tuple.length) : 0;
  const most = rest === false ? tuple.length : LIMITS.generatedArgumentChars;
  const count = Math.min(countOf(schema['minItems'], wanted), countOf(schema['maxItems'], most), most);
  const elements: unknown[] = [];
  while (elements.length < count && place.reading.remaining > 0) {
    const index = elements.length;
    const variant = schema['uniqueItems'] === true ? index : 0;
    const element = asSchema(index < tuple.length ? tuple[index] : rest);
    elements.push(valueFor(element, { ...place, depth: place.depth + 1, variant }));
  }
  return elements;
}

function objectFor(schema: Schema, place: Place): Record<string, unknown> {
  const properties = asSchema(schema['properties']);
  const required = new Set(asList(schema['required']).filter((name) => typeof name === 'string'));
  const all = place.depth === 0 && required.size === 0;
  const names = new Set(Object.keys(properties).filter((name) => all || required.has(name)));
  for (const name of required) names.add(name);
  const fewest = countOf(schema['minProperties'], 0);
  const spare = [
    ...Object.keys(properties),
    ...Array.from({ length: fewest }, (_, index) => `key${index + 1}`),
  ];
  for (const name of spare) if (names.size < fewest) names.add(name);
  const fields: [string, unknown][] = [];
  for (const name of names) {
    place.reading.remaining -= name.length;
    const property = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
    fields.push([name, valueFor(asSchema(property), { ...place, depth: place.depth + 1 })]);
  }
  return Object.fromEntries(fields);
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type) && type.length > 0) return type.find((name) => name !== 'null') ?? 'null';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  return 'properties' in schema || 'required' in schema ? 'object' : 'string';
}

/** A count of a schema within what may be generated at all. */
function countOf(value: unknown, otherwise: number): number {
  if (typeof value !== 'number' || !(value >= 0)) return otherwise;
  return Math.min(Math.floor(value), LIMITS.generatedArgumentChars);
}
