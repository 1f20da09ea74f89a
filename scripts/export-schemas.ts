/**
 * Writes the JSON Schemas of all events, of scenario files and of recordings, and the description of the control API, to
 * schemas/. Run `npx tsx scripts/export-schemas.ts` after changing a schema; a test compares the files with what this would write.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openApiDocument } from '../src/mock-server/control/index.js';
import { CLIENT_EVENT_SCHEMAS, SERVER_EVENT_SCHEMAS } from '../src/protocol/index.js';
import { redactionRulesSchema } from '../src/recordings/index.js';
import { renderRecordingSchema } from './recording-schema-file.js';
import { renderScenarioSchema } from './scenario-schema-file.js';

/** One file: every event type as a definition, and a document that is any of them. */
function renderDocument(
  title: string,
  description: string,
  schemas: Readonly<Record<string, z.ZodType>>,
): string {
  const definitions = Object.entries(schemas).map(([type, schema]) => {
    const { $schema, ...definition } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
    return [type, { title: type, ...definition }] as const;
  });
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description,
    oneOf: definitions.map(([type]) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(definitions),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The form of a rule file; that an expression ends soon is beyond JSON Schema. */
function renderRules(): string {
  const { $schema, ...rules } = z.toJSONSchema(redactionRulesSchema, {
    target: 'draft-2020-12',
    io: 'input',
  });
  const document = { $schema, title: 'Redaction rules of soundstage, version 1', ...rules };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Path under the project root and text of every schema file. */
export function renderSchemaFiles(): readonly { readonly path: string; readonly text: string }[] {
  return [
    {
      path: 'schemas/client-events.json',
      text: renderDocument(
        'Client events of Qwen-Omni-Realtime',
        'What a client may send. Unknown keys are allowed everywhere.',
        CLIENT_EVENT_SCHEMAS,
      ),
    },
    {
      path: 'schemas/server-events.json',
      text: renderDocument(
        'Server events of Qwen-Omni-Realtime',
        'What the simulation sends: exactly these keys. The real service may send more.',
        SERVER_EVENT_SCHEMAS,
      ),
    },
    { path: 'schemas/scenario.json', text: renderScenarioSchema() },
    { path: 'schemas/recording.json', text: renderRecordingSchema() },
    { path: 'schemas/redaction-rules.json', text: renderRules() },
    { path: 'schemas/control-api.json', text: `${JSON.stringify(openApiDocument(), undefined, 2)}\n` },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, text } of renderSchemaFiles()) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.info(`wrote ${path}`);
  }
}
