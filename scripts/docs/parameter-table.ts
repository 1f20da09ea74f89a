/**
 * The parameters of a schema as a Markdown table: name, kind, what it says of itself. Must never invent a sentence.
 */
import { z } from 'zod';
import { showBlocks } from '../../src/scenarios/index.js';
import { table } from './markdown.js';

interface Shape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly description?: string;
}

/** Enumerations with more values than this are named, not listed. */
const MOST_VALUES = 10;

/** One row for each key, in their order; undefined for no keys. */
export function parameterTable(keys: z.ZodRawShape): string | undefined {
  const names = Object.keys(keys);
  if (names.length === 0) return undefined;
  const rows = names.flatMap((name) => {
    const schema = keys[name] as z.ZodType;
    return rowsOf(name, shapeOf(schema), !schema.safeParse(undefined).success);
  });
  return table(['key', 'value', 'meaning'], rows);
}

/** A row for the key, and one for each key inside it. */
function rowsOf(name: string, shape: Shape, isNeeded: boolean): string[][] {
  const inner = shape.type === 'array' ? shape.items : shape;
  const path = shape.type === 'array' ? `${name}[]` : name;
  const nested = Object.entries(inner?.properties ?? {}).flatMap(([key, value]) =>
    rowsOf(`${path}.${key}`, value, inner?.required?.includes(key) ?? false),
  );
  return [[`\`${name}\`${isNeeded ? ' (needed)' : ''}`, kindOf(shape), shape.description ?? ''], ...nested];
}

function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { unrepresentable: 'any', override: showBlocks() }) as Shape;
}

function kindOf(shape: Shape): string {
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.enum !== undefined) {
    return shape.enum.length > MOST_VALUES
      ? 'a name'
      : shape.enum.map((value) => `\`${String(value)}\``).join(', ');
  }
  if (shape.anyOf !== undefined) return shape.anyOf.map(kindOf).join(' or ');
  if (shape.type === 'array') return `list of ${kindOf(shape.items ?? {})}`;
  if (shape.type === 'integer') return range(shape);
  if (shape.type === 'null') return '`null`';
  return shape.type === undefined ? 'any value' : String(shape.type);
}

function range({ minimum, maximum }: Shape): string {
  const isOpen = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER;
  return isOpen ? `whole number from ${minimum ?? 0} up` : `whole number from ${minimum ?? 0} to ${maximum}`;
}
