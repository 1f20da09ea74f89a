/**
 * The JSON Schema of the text parts of a recording, from the schemas that read them. It must never allow what a reader
 * refuses, save for what JSON Schema has no words for (strict base64, ranges inside a lane).
 */
import { z } from 'zod';
import { ENTRY_KINDS, entryLineSchema, manifestSchema } from '../src/recordings/index.js';

/** The text of `schemas/recording.json`. */
export function renderRecordingSchema(): string {
  const { $schema: _manifest, ...manifest } = z.toJSONSchema(manifestSchema, { target: 'draft-2020-12' });
  const { $schema, ...entry } = z.toJSONSchema(entryLineSchema, { target: 'draft-2020-12' });
  const document = {
    $schema,
    title: 'Recording of soundstage, version 1',
    description: 'A document is `manifest.json`, or one line of `events.jsonl`.',
    oneOf: [{ $ref: '#/$defs/manifest' }, { $ref: '#/$defs/entry' }],
    $defs: {
      manifest: { title: 'manifest.json', ...manifest },
      entry: {
        title: 'One line of events.jsonl',
        ...entry,
        oneOf: ENTRY_KINDS.map((kind) => ({ required: [kind] })),
        dependentRequired: { frames: ['text'] },
      },
    },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
