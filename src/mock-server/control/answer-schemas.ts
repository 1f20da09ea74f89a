/**
 * What the control API answers, as schemas: the types of server and client, and the description of the API, are made
 * from them. Must never describe what no route sends.
 */
import { z } from 'zod';
import { LIMITS } from '../../protocol/index.js';
import { jsonObject } from '../../scenarios/schema-parts.js';

const count = z.int().nonnegative();
const atMs = z.int().nonnegative().describe('Virtual milliseconds since the connection opened.');

/** What became of the connections and scenarios of a server. */
export const countsSchema = z.strictObject({
  sessions: count.describe('Sessions the server remembers, ended ones included.'),
  openSessions: count,
  upgrades: count.describe('Upgrade requests that reached a scenario.'),
  scenarios: count.describe('Scenarios a client can choose.'),
});

export const healthSchema = z.strictObject({
  ready: z.literal(true),
  version: z.string().describe('The version of the package.'),
  url: z.string().describe('What a client connects to.'),
  counts: countsSchema,
});

export const indexSchema = z.strictObject({
  service: z.literal('soundstage'),
  openapi: z.string().describe('Where the description of this API is.'),
  routes: z
    .array(z.strictObject({ method: z.string(), path: z.string(), summary: z.string() }).readonly())
    .readonly(),
});

const closeCause = z.enum(['client', 'server', 'dropped', 'protocol-error']);

/** How a session ended. */
export const sessionCloseSchema = z.strictObject({
  code: z.int().nullable().describe('Null when no close frame carried one.'),
  reason: z.string(),
  by: closeCause,
});

const replayMismatchSchema = z.strictObject({
  entry: z.int().positive().describe('The entry of the recording it is about, from 1.'),
  line: z.int().positive(),
  expected: z.string(),
  came: z.string(),
  path: z.string().describe('Where the messages differ; empty where they do as a whole.'),
  recorded: z.string(),
  live: z.string(),
  message: z.string().describe('All of it in one text.'),
});
const replayLeftoversSchema = z.strictObject({
  clientMessages: count,
  serverEntries: count,
  audioMs: count.describe('Of the client.'),
  entry: z.int().positive(),
  first: z.string(),
  message: z.string(),
});
const replaySchema = z.strictObject({
  recording: z.string(),
  ok: z.boolean().describe('No mismatch so far and, when it is over, nothing left over that counts.'),
  isComplete: z.boolean().describe('Whether everything recorded was exchanged.'),
  mismatch: replayMismatchSchema.optional(),
  leftovers: replayLeftoversSchema.optional(),
});

const sessionKeys = {
  id: z.string().describe('The session id of session.created.'),
  model: z.string().nullable(),
  scenario: z.string().nullable().describe("Null for the server's default behaviour."),
  connectionKey: z.string().describe("The connection's name, or its scenario and number."),
  connection: z.int().positive().describe('Which connection of its scenario and name this is.'),
  seed: z.int(),
  clock: z.enum(['auto', 'media', 'paced']),
  nowMs: atMs,
  entries: count.describe('Entries of its log so far.'),
  close: sessionCloseSchema.nullable().describe('Null while it lasts.'),
  replay: replaySchema
    .optional()
    .describe('How it follows the recording it replays; absent where it replays none.'),
};

export const sessionSchema = z.strictObject(sessionKeys);
export const sessionDetailsSchema = z.strictObject({
  ...sessionKeys,
  transcriptHash: z.string().describe('SHA-256 of the canonical transcript so far, 64 hex digits.'),
});

const messageKeys = {
  type: z.string().optional().describe('The type of the event.'),
  event: jsonObject.optional().describe('The message, where it is a JSON object.'),
  text: z.string().optional().describe('The message, where it is anything else.'),
};
const messageSchema = z.strictObject(messageKeys);

const entryKeys = { number: count.describe('From 0, in the order of the session.'), atMs };

/** One entry of a log. */
export const logEntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...entryKeys, kind: z.literal('open'), target: z.string(), model: z.string().nullable() }),
  z.strictObject({ ...entryKeys, kind: z.literal('client'), ...messageKeys }),
  z.strictObject({ ...entryKeys, kind: z.literal('client-binary'), sizeBytes: count }),
  z.strictObject({
    ...entryKeys,
    kind: z.literal('server'),
    disposition: z
      .enum(['forwarded', 'changed', 'dropped', 'invented'])
      .describe('What became of what the service meant to send.'),
    ...messageKeys,
    intended: messageSchema
      .optional()
      .describe('What the service meant to send, where that is not what went out.'),
    frames: z
      .string()
      .optional()
      .describe('Base64 of the bytes that went out where it was not one plain text frame.'),
  }),
  z.strictObject({
    ...entryKeys,
    kind: z.literal('close'),
    by: closeCause,
    code: z.int().nullable(),
    reason: z.string(),
  }),
  z.strictObject({
    ...entryKeys,
    kind: z.literal('note'),
    code: z.string().describe('What is remarked on, such as fault-fired.'),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
]);

export const seenMessageSchema = z.strictObject({ from: z.enum(['client', 'server']), atMs, ...messageKeys });

/** What a request did at once. */
const happenedKeys = {
  nowMs: atMs,
  entries: z
    .array(logEntrySchema)
    .describe(`What the log says of it, ${LIMITS.controlHappenedEntries} entries at most.`),
};
export const happenedSchema = z.strictObject(happenedKeys);

const holdKeys = {
  index: count,
  lane: z.enum(['response', 'transcription', 'all']),
  phase: z.enum(['waiting', 'holding', 'over']),
  hold: jsonObject.describe('As it was written.'),
};
export const holdStateSchema = z.strictObject(holdKeys);
export const heldSchema = z.strictObject({ ...happenedKeys, ...holdKeys });
export const releasedSchema = z.strictObject({
  ...happenedKeys,
  ...holdKeys,
  released: z.boolean().describe('False when it was not holding: not begun, or over already.'),
});

export const clockSchema = z.strictObject({
  clock: z.enum(['auto', 'media', 'paced']),
  nowMs: atMs,
  isIdle: z.boolean().describe('Nothing is due that the service does by itself, and no hold keeps a lane.'),
  isHolding: z.boolean().describe('A hold keeps a lane; what is due there stands still.'),
  nextWorkMs: count
    .nullable()
    .describe('Virtual milliseconds until the service does something: a delta, a delay, a detector.'),
  nextPatienceMs: count
    .nullable()
    .describe('Virtual milliseconds until its patience ends: idle close, session limit, silence.'),
});

export const scenarioListingSchema = z.strictObject({
  name: z.string(),
  source: z.enum(['own', 'library']),
  summary: z.string().optional(),
  group: z.string().optional(),
  evidence: z.array(z.string()).readonly().optional(),
});

export const upgradeSchema = z.strictObject({
  scenario: z.string().nullable(),
  name: z.string().nullable(),
  connection: z.int().positive(),
  target: z.string(),
  answer: z.enum(['accepted', 'refused', 'dropped']),
  status: z.int().optional(),
  fault: count.optional().describe("The fault that decided, by its place in the scenario's list."),
  replay: replaySchema
    .optional()
    .describe('Where the recording is a refusal: whether the request did what was recorded.'),
});

export const verificationSchema = z.strictObject({
  ok: z.boolean(),
  checks: z
    .array(
      z
        .strictObject({
          what: z.string().describe('What was expected.'),
          ok: z.boolean(),
          saw: z.string().describe('What was there.'),
          place: z.string().describe('Where the scenario says so.'),
          because: z.string().optional(),
        })
        .readonly(),
    )
    .readonly(),
});

/** A scenario as it is shown. */
export const scenarioViewSchema = jsonObject.describe(
  'A scenario as it was written; voices are shown as their length, Infinity as a word.',
);

export type Counts = z.infer<typeof countsSchema>;
export type Health = z.infer<typeof healthSchema>;
export type SessionJson = z.infer<typeof sessionSchema>;
export type SessionDetails = z.infer<typeof sessionDetailsSchema>;
export type MessageJson = z.infer<typeof messageSchema>;
export type LogEntryJson = z.infer<typeof logEntrySchema>;
export type SeenMessageJson = z.infer<typeof seenMessageSchema>;
export type Happened = z.infer<typeof happenedSchema>;
export type HoldJson = z.infer<typeof holdStateSchema>;
export type Held = z.infer<typeof heldSchema>;
export type Released = z.infer<typeof releasedSchema>;
export type ClockJson = z.infer<typeof clockSchema>;
export type ScenarioListing = z.infer<typeof scenarioListingSchema>;
export type UpgradeJson = z.infer<typeof upgradeSchema>;
export type Verification = z.infer<typeof verificationSchema>;
