import { expect, it } from 'vitest';
import { z } from 'zod';
import { kind, wholeNumber } from './schema-parts.js';
import { showBlocks } from './shown-schema.js';

const options = (finish?: (target: Record<string, unknown>) => void) =>
  ({ unrepresentable: 'any', override: showBlocks(finish) }) as const;

it('shows what a block that is checked by a function says of itself', () => {
  expect(z.toJSONSchema(z.strictObject({ afterMs: wholeNumber(0, 9) }), options())).toMatchObject({
    properties: { afterMs: { type: 'integer', minimum: 0, maximum: 9 } },
  });
});

it('writes out the block that another one looks like, and calls back for its nodes as well', () => {
  const inner = z.strictObject({ count: wholeNumber(1) });
  const outer = z.strictObject({ one: kind(() => true, 'thing', '{}').meta({ shownBy: inner }) });
  const seen: unknown[] = [];
  const shown = z.toJSONSchema(
    outer,
    options(({ type }) => seen.push(type)),
  );
  expect(shown.properties?.['one']).toEqual({
    type: 'object',
    properties: { count: { type: 'integer', minimum: 1 } },
    required: ['count'],
    additionalProperties: false,
  });
  expect(seen).toContain('integer');
});
