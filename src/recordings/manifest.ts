/**
 * The manifest: what a recording is, where it came from, what was taken out of it and what its parts must hash to. Must
 * never guess where a recording came from.
 */
import { z } from 'zod';
import { SoundstageError } from '../protocol/soundstage-error.js';
import { repeatedKey } from './redaction/json-scalars.js';

/** The version of the format that this release writes. */
export const RECORDING_VERSION = 1;
export const RECORDING_FORMAT = 'soundstage-recording';

const count = z.int().min(0);
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'it is no SHA-256 as 64 lower-case hex digits');

/** Where the traffic came from. */
export const provenanceSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('captured'),
      date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'it is no date such as 2026-11-26'),
    })
    .describe('From the real service, on that day.'),
  z
    .strictObject({
      kind: z.literal('simulated'),
      by: z.string().describe('The program that answered, and its version.'),
      seed: z.int().optional(),
      scenario: z.string().optional(),
    })
    .describe('From a stand-in for the service.'),
  z.strictObject({ kind: z.literal('handwritten') }).describe('Written or edited by a person.'),
  z
    .strictObject({ kind: z.literal('undeclared') })
    .describe('Nobody has said, and nothing in the traffic tells: never to be taken for the real service.'),
]);

const laneSchema = z.strictObject({
  rateHz: z.int().min(1),
  samples: count,
  sha256: sha256Schema.describe('Of the samples, little-endian, without the header.').optional(),
});

/** The file `manifest.json`. */
export const manifestSchema = z.strictObject({
  format: z.literal(RECORDING_FORMAT),
  version: z.literal(RECORDING_VERSION),
  complete: z.boolean().describe('False until the recorder has finished: a killed one leaves it so.'),
  provenance: provenanceSchema,
  recordedBy: z.string().describe('The program that wrote it, and its version.'),
  startedAt: z.iso.datetime().optional().describe('When the upgrade request came, UTC.'),
  name: z.string().optional().describe('The name the client was given by its path.'),
  upstream: z.string().optional().describe('The server, as an origin: no path, no query, no user.'),
  model: z.string().nullable().describe('The model of the URL.'),
  redactions: z
    .strictObject({
      speech: z.boolean().describe('Voices are replaced by tones, and what was said is blank.'),
      withheld: count.describe('Entries that were not written.'),
      placeholders: z.array(z.strictObject({ placeholder: z.string(), rule: z.string(), hits: count })),
    })
    .describe('What was taken out before it reached the disk.'),
  events: z.strictObject({ entries: count, sha256: sha256Schema.optional() }),
  lanes: z.strictObject({ client: laneSchema.optional(), server: laneSchema.optional() }),
  images: z.array(sha256Schema),
  transcriptSha256: sha256Schema.optional().describe('Of the canonical transcript.'),
});

export type Provenance = z.infer<typeof provenanceSchema>;
export type RecordingManifest = z.infer<typeof manifestSchema>;
export type ManifestLane = z.infer<typeof laneSchema>;

/** The text of `manifest.json`. */
export function encodeManifest(manifest: RecordingManifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), undefined, 2)}\n`;
}

/** Brings the manifest of an older version up to the one above it; see `CONVERTERS`. */
export type ManifestConverter = (manifest: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * One converter per version of the format, from that version to the next. Version 1 is the first, so none is needed
 * yet; the converter of a version that is superseded stays here for ever.
 */
export const CONVERTERS: Readonly<Record<number, ManifestConverter>> = {};

/**
 * Reads `manifest.json`, of whatever version.
 *
 * @param recording what the recording is called, for errors
 * @throws SoundstageError `E_RECORDING_VERSION` for one this release does not know, `E_RECORDING_MANIFEST`
 */
export function decodeManifest(text: string, recording: string): RecordingManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badManifest(recording, 'it is no JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badManifest(recording, 'it is no JSON object');
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw badManifest(recording, `it has the key '${repeated}' twice`);
  const checked = manifestSchema.safeParse(convert(value as Record<string, unknown>, recording));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw badManifest(recording, `'${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'unknown shape'}`);
}

function convert(manifest: Record<string, unknown>, recording: string): Record<string, unknown> {
  if (manifest['format'] !== RECORDING_FORMAT)
    throw badManifest(recording, `'format' is not '${RECORDING_FORMAT}'`);
  let current = manifest;
  for (;;) {
    const { version } = current;
    if (version === RECORDING_VERSION) return current;
    const converter = typeof version === 'number' ? CONVERTERS[version] : undefined;
    if (converter === undefined) {
      throw new SoundstageError(
        'E_RECORDING_VERSION',
        `Cannot read ${recording}: it is written in version ${String(version)} of the format, and this release reads up to ${RECORDING_VERSION}. Try a newer release of soundstage.`,
        { details: { recording, version } },
      );
    }
    current = converter(current);
  }
}

function badManifest(recording: string, why: string, cause?: unknown): SoundstageError {
  return new SoundstageError(
    'E_RECORDING_MANIFEST',
    `Cannot read ${recording}/manifest.json: ${why}. Try recording again, or a folder that soundstage record wrote.`,
    { details: { recording }, ...(cause === undefined ? {} : { cause }) },
  );
}
