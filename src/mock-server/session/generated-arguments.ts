/**
 * Arguments for a generated tool call: the smallest value that satisfies the tool's JSON Schema. Deterministic
 * and total: an odd schema gives a plain value, never an exception. `pattern` is not interpreted.
 */

type Schema = Readonly<Record<string, unknown>>;

/** Nesting at which a recursive schema is cut off. */
const MAX_DEPTH = 8;

/** Values for the string formats that tools use. */
const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-15',
  time: '09:30:00Z',
  'date-time': '2026-01-15T09:30:00Z',
  duration: 'PT1H',
  email: 'user@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000001',
};

/**
 * The arguments of a call as JSON text, spaced the way the service spaces them: `{}` when there are none, else
 * with a leading space (§4.20).
 */
export function generateArguments(parameters: unknown): string {
  const value = isSchema(parameters) ? valueFor(parameters, parameters, 0) : {};
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return Object.keys(object).length === 0 ? '{}' : ` ${spacedJson(object)}`;
}

/** JSON with a space after every colon and comma. */
export function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}: ${spacedJson(field)}`).join(', ')}}`;
}

function valueFor(source: Schema, root: Schema, depth: number): unknown {
  const schema = resolve(source, root);
  for (const key of ['const', 'default']) if (key in schema) return schema[key];
  for (const key of ['enum', 'examples']) {
    const choices = schema[key];
    if (Array.isArray(choices) && choices.length > 0) return choices[0];
  }
  const branch = firstSchema(schema['anyOf']) ?? firstSchema(schema['oneOf']);
  if (branch !== undefined && depth < MAX_DEPTH)
    return valueFor({ ...schema, anyOf: [], oneOf: [], ...branch }, root, depth + 1);
  return byType(typeOf(schema), schema, root, depth);
}

function byType(type: string, schema: Schema, root: Schema, depth: number): unknown {
  if (type === 'string') return stringFor(schema);
  if (type === 'integer' || type === 'number') return numberFor(schema, type === 'integer');
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  if (type === 'array') return arrayFor(schema, root, depth);
  return objectFor(schema, root, depth);
}

function stringFor(schema: Schema): string {
  const byFormat = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined;
  const minimum = clampLength(schema['minLength'], 0);
  const maximum = clampLength(schema['maxLength'], 1_000);
  const text = byFormat ?? 'example';
  return text.padEnd(Math.min(minimum, maximum), 'x').slice(0, Math.max(minimum, maximum));
}

function numberFor(schema: Schema, whole: boolean): number {
  const low = boundOf(schema, 'minimum', 'exclusiveMinimum', whole ? 1 : 0.5);
  const high = boundOf(schema, 'maximum', 'exclusiveMaximum', whole ? -1 : -0.5);
  const step =
    typeof schema['multipleOf'] === 'number' && schema['multipleOf'] > 0 ? schema['multipleOf'] : undefined;
  let value = low ?? (high !== undefined && high < 1 ? high : 1);
  if (high !== undefined && value > high) value = high;
  if (whole) value = low === undefined ? Math.floor(value) : Math.ceil(value);
  return step === undefined ? value : Math.ceil(value / step) * step;
}

function boundOf(schema: Schema, inclusive: string, exclusive: string, inset: number): number | undefined {
  const bound = schema[inclusive];
  if (typeof bound === 'number') return bound;
  const open = schema[exclusive];
  return typeof open === 'number' ? open + inset : undefined;
}

function arrayFor(schema: Schema, root: Schema, depth: number): unknown[] {
  const count = Math.min(clampLength(schema['minItems'], depth < MAX_DEPTH ? 1 : 0), 100);
  const items = isSchema(schema['items']) ? schema['items'] : {};
  return Array.from({ length: count }, (_, index) => {
    const value = valueFor(items, root, depth + 1);
    return schema['uniqueItems'] === true && typeof value === 'string' && index > 0
      ? `${value}${index}`
      : value;
  });
}

function objectFor(schema: Schema, root: Schema, depth: number): Record<string, unknown> {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const names = Object.keys(properties).filter(
    (name) => required.has(name) || (depth === 0 && required.size === 0),
  );
  for (const name of required) if (typeof name === 'string' && !names.includes(name)) names.push(name);
  const result: [string, unknown][] = [];
  for (const name of names) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    result.push([
      name,
      isSchema(property) && depth < MAX_DEPTH ? valueFor(property, root, depth + 1) : 'example',
    ]);
  }
  return Object.fromEntries(result);
}

/** Follows a local reference and folds `allOf` into one schema. */
function resolve(schema: Schema, root: Schema): Schema {
  let current = schema;
  for (let hops = 0; hops < MAX_DEPTH && typeof current['$ref'] === 'string'; hops += 1) {
    const target = current['$ref'].startsWith('#/')
      ? lookUp(root, current['$ref'].slice(2).split('/'))
      : undefined;
    if (target === undefined) break;
    current = target;
  }
  const parts = current['allOf'];
  if (!Array.isArray(parts)) return current;
  const folded: Record<string, unknown> = { ...current, allOf: undefined };
  for (const part of parts) {
    if (!isSchema(part)) continue;
    const properties = { ...asSchema(folded['properties']), ...asSchema(part['properties']) };
    const required = [...asList(folded['required']), ...asList(part['required'])];
    Object.assign(folded, part, { properties, required });
  }
  return folded;
}

function lookUp(root: Schema, path: readonly string[]): Schema | undefined {
  let current: unknown = root;
  for (const key of path) {
    if (!isSchema(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return isSchema(current) ? current : undefined;
}

function typeOf(schema: Schema): string {
  const type = Array.isArray(schema['type'])
    ? schema['type'].find((name) => name !== 'null')
    : schema['type'];
  if (typeof type === 'string') return type;
  if ('items' in schema) return 'array';
  return 'properties' in schema || 'required' in schema ? 'object' : 'string';
}

function clampLength(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 ? Math.min(Math.floor(value), 10_000) : otherwise;
}

function firstSchema(list: unknown): Schema | undefined {
  return Array.isArray(list) ? list.find((entry) => isSchema(entry) && entry['type'] !== 'null') : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
