/**
 * How blocks that are checked by a function look in JSON Schema: they say so by themselves, see schema-parts.ts. Must
 * never show what a block does not say.
 */
import { z } from 'zod';
import type { ShownAs } from './schema-parts.js';

export type JsonSchema = Record<string, unknown>;

/** What a block says of how it looks, or which other block looks like it. */
interface ShownMeta {
  readonly shownAs?: ShownAs;
  readonly shownBy?: z.ZodType;
}

/** A node of a schema, as `z.toJSONSchema` hands it to its `override`. */
interface SchemaNode {
  readonly zodSchema: unknown;
  readonly jsonSchema: unknown;
}

/**
 * For `override` of `z.toJSONSchema`: puts in what the block says. Goes with `unrepresentable: 'any'`.
 *
 * @param finish called with every node, also those inside of a block that is shown by another
 */
export function showBlocks(finish: (target: JsonSchema) => void = () => {}): (node: SchemaNode) => void {
  const show = ({ zodSchema, jsonSchema }: SchemaNode): void => {
    const { shownAs, shownBy } = ((zodSchema as z.ZodType).meta() ?? {}) as ShownMeta;
    const target = jsonSchema as JsonSchema;
    if (shownBy !== undefined) {
      // Written out: a reference would point into the document around it.
      const options = { unrepresentable: 'any', reused: 'inline', override: show } as const;
      const { $schema, ...inner } = z.toJSONSchema(shownBy, options) as JsonSchema;
      Object.assign(target, inner);
    }
    Object.assign(target, shownAs);
    delete target['shownAs'];
    delete target['shownBy'];
    finish(target);
  };
  return show;
}
