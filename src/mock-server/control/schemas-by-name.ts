/**
 * Schemas as JSON Schema, each under its name and referring to the others by it. Must never leave out what a schema
 * can say of itself.
 */
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** Blocks that are checked by a function say by themselves how they look. */
interface ShownMeta {
  readonly shownAs?: JsonSchema;
  readonly shownBy?: z.ZodType;
}

const REF_BASE = '#/components/schemas/';

/** The schemas of a document's components. */
export function schemasByName(names: ReadonlyMap<z.ZodType, string>): JsonSchema {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    unrepresentable: 'any',
    uri: (id) => `${REF_BASE}${id}`,
    override: showNode,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  );
}

function show(schema: z.ZodType, target: JsonSchema): void {
  const { shownAs, shownBy } = (schema.meta() ?? {}) as ShownMeta;
  if (shownBy !== undefined) {
    const options = { unrepresentable: 'any' as const, override: showNode };
    const { $schema, ...inner } = z.toJSONSchema(shownBy, options) as JsonSchema;
    Object.assign(target, inner);
  }
  Object.assign(target, shownAs ?? {});
  delete target['shownAs'];
  delete target['shownBy'];
  delete target['readOnly'];
}

function showNode({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: unknown }): void {
  show(zodSchema as z.ZodType, jsonSchema as JsonSchema);
}
