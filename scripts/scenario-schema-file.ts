/**
 * The JSON Schema of scenario files, from the schema that reads them: what editors complete and check by. It must never
 * allow what a reader refuses, save for rules between keys that JSON Schema has no words for.
 */
import { z } from 'zod';
import { QUIRKS, type QuirkValues } from '../src/protocol/index.js';
import { type JsonSchema, showBlocks } from '../src/scenarios/index.js';
import { scenarioSchema } from '../src/scenarios/scenario-schema.js';

/** The text of `schemas/scenario.json`. */
export function renderScenarioSchema(): string {
  const { $schema, ...shape } = shown(scenarioSchema);
  const document = {
    $schema,
    title: 'Scenario of soundstage, version 1',
    description:
      'What the stand-in does in one session, where it misbehaves, and what it expects of the client.',
    ...shape,
    required: ['version'],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function shown(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    unrepresentable: 'any',
    reused: 'ref',
    override: showBlocks((target) => {
      if (target['description'] === QUIRKS_DESCRIPTION) Object.assign(target, quirksShape());
    }),
  }) as JsonSchema;
}

const QUIRKS_DESCRIPTION = "Behaviour switches that differ from the model family's defaults.";

function quirksShape(): JsonSchema {
  const properties = Object.fromEntries(
    QUIRKS.map(({ name, values, meaning }) => [name, { description: meaning, ...valuesShape(values) }]),
  );
  return { type: 'object', properties, additionalProperties: false };
}

function valuesShape(values: QuirkValues): JsonSchema {
  switch (values.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: values.minimum, maximum: values.maximum };
    case 'enum':
      return { enum: [...values.options] };
  }
}
