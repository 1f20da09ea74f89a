/**
 * Schemas as JSON Schema, each under its name and referring to the others by it. Must never leave out what a schema
 * can say of itself.
 */
import { z } from 'zod';
import { type JsonSchema, showBlocks } from '../../scenarios/index.js';

const REF_BASE = '#/components/schemas/';

/** The schemas of a document's components. */
export function schemasByName(names: ReadonlyMap<z.ZodType, string>): JsonSchema {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    unrepresentable: 'any',
    uri: (id) => `${REF_BASE}${id}`,
    override: showBlocks((target) => delete target['readOnly']),
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  );
}
