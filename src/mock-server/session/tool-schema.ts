/**
 * Reads the JSON Schema of a tool's parameters: follows references, folds `allOf`, chooses a branch. Must never
 * throw, whatever a client calls a schema.
 */

/** A JSON Schema that is an object; `true` and `false` are not. */
export type Schema = Readonly<Record<string, unknown>>;

/** A whole schema document and how much may still be made of it. */
export interface SchemaReading {
  readonly root: Schema;
  /** Characters still allowed, so that a schema that branches into itself comes to an end. */
  remaining: number;
}

/** Keywords of which the greater, or the smaller, of two values binds. */
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/**
 * The schema with its reference and its `allOf` folded in.
 *
 * @param hops how many references and nested `allOf` may still be followed
 */
export function resolveSchema(source: Schema, reading: SchemaReading, hops = 16): Schema {
  const { $ref: reference, allOf, ...own } = source;
  reading.remaining -= 1;
  if (hops === 0 || reading.remaining <= 0) return own;
  const target = typeof reference === 'string' ? lookUp(reading.root, reference) : undefined;
  let resolved: Schema =
    target === undefined ? own : mergeSchemas(resolveSchema(target, reading, hops - 1), own);
  for (const part of asList(allOf)) {
    if (isSchema(part)) resolved = mergeSchemas(resolved, resolveSchema(part, reading, hops - 1));
  }
  return resolved;
}

/**
 * A resolved schema with one branch of its `anyOf` and of its `oneOf` folded in.
 *
 * @param preferNull whether the branch that ends a recursion is wanted
 */
export function chooseBranches(schema: Schema, reading: SchemaReading, preferNull: boolean): Schema {
  let chosen = schema;
  for (let round = 0; round < 16 && ('anyOf' in chosen || 'oneOf' in chosen); round += 1) {
    const { anyOf, oneOf, ...own } = chosen;
    chosen = own;
    for (const branches of [anyOf, oneOf]) {
      const branch = chooseBranch(asList(branches), preferNull);
      if (branch !== undefined) chosen = mergeSchemas(chosen, resolveSchema(branch, reading));
    }
  }
  return chosen;
}

function chooseBranch(branches: readonly unknown[], preferNull: boolean): Schema | undefined {
  const schemas = branches.filter(isSchema);
  return schemas.find((branch) => (branch['type'] === 'null') === preferNull) ?? schemas[0];
}

/** Both schemas at once; of two values that cannot be joined the second binds. */
function mergeSchemas(one: Schema, other: Schema): Schema {
  const merged: Record<string, unknown> = { ...one, ...other };
  for (const key of Object.keys(other)) {
    if (!Object.hasOwn(one, key)) continue;
    const [left, right] = [one[key], other[key]];
    if (key === 'properties') merged[key] = mergeProperties(asSchema(left), asSchema(right));
    else if (key === 'required') merged[key] = [...asList(left), ...asList(right)];
    else if (key === 'enum') merged[key] = common(asList(left), asList(right));
    else if (key === 'type') merged[key] = commonType(left, right);
    else if (key === 'anyOf' || key === 'oneOf')
      merged[key] = asList(left).map((branch) => ({ allOf: [branch, { [key]: right }] }));
    else if (typeof left === 'number' && typeof right === 'number') {
      if (LOWER_BOUNDS.includes(key)) merged[key] = Math.max(left, right);
      if (UPPER_BOUNDS.includes(key)) merged[key] = Math.min(left, right);
    }
  }
  return merged;
}

function mergeProperties(one: Schema, other: Schema): Schema {
  const both = Object.entries(other).map(([name, schema]) => [
    name,
    Object.hasOwn(one, name) ? { allOf: [one[name], schema] } : schema,
  ]);
  return { ...one, ...Object.fromEntries(both) };
}

function common(one: readonly unknown[], other: readonly unknown[]): unknown[] {
  const known = new Set(other.map((value) => JSON.stringify(value)));
  return one.filter((value) => known.has(JSON.stringify(value)));
}

/** The types that both allow; an integer is a number. */
function commonType(one: unknown, other: unknown): unknown {
  const left = Array.isArray(one) ? one : [one];
  const right = Array.isArray(other) ? other : [other];
  const shared = left.filter((type) => right.includes(type));
  if (shared.length > 0) return shared;
  return left.includes('integer') && right.includes('number') ? 'integer' : other;
}

/** The schema at a local reference: `#`, or `#/` and a JSON pointer (RFC 6901). */
function lookUp(root: Schema, reference: string): Schema | undefined {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let current: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Schema)[key];
  }
  return isSchema(current) ? current : undefined;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value, or an empty schema for anything else. */
export function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

/** The value, or an empty list for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
