/**
 * The shape of a scenario as a strict schema: exactly the keys and values of `Scenario`, at every level. It must
 * never fill in a default and never decode a voice.
 */
import { z } from 'zod';
import { LIMITS, type Quirks } from '../protocol/index.js';
import { driveStepSchema } from './drive-schema.js';
import { expectationSchema } from './expect-schema.js';
import { faultSchema } from './fault-schema.js';
import { holdSchema } from './hold-schema.js';
import { replySchema, userTurnSchema } from './reply-schema.js';
import type { Scenario } from './scenario.js';
import { about, isPlainObject, kind, patience, record } from './schema-parts.js';
import { verbatimStepSchema } from './verbatim-schema.js';

const seed = kind<number>((value) => Number.isSafeInteger(value), 'safe integer', '7', {
  type: 'integer',
});

/** The version of the format that this schema describes. */
export const SCENARIO_VERSION = 1;

const EVIDENCE_ID = /^[A-Z]\d+$/;

const evidenceId = kind<string>(
  (value) => typeof value === 'string' && EVIDENCE_ID.test(value),
  'id of the page of defects',
  'A6',
  { type: 'string', pattern: EVIDENCE_ID.source },
);

/** A whole scenario. Names and values of quirks are left to the table of quirks. */
export const scenarioSchema = record({
  version: about(z.literal(SCENARIO_VERSION).optional(), 'The version of the format. Needed in files.'),
  summary: about(z.string().optional(), 'One sentence for a newcomer.'),
  group: about(z.string().optional(), 'The heading it is listed under.'),
  evidence: about(z.array(evidenceId).optional(), 'Ids of the page of defects that this scenario provokes.'),
  model: about(
    z.string().optional(),
    'The model it is written for: what a client gets that names none, and what `soundstage play` connects with.',
  ),
  seed: about(seed.optional(), "Seed of ids and generated content. Default: the server's."),
  clock: about(
    z.enum(['auto', 'media', 'paced']).optional(),
    "How virtual time moves. Default: the server's.",
  ),
  quirks: about(
    kind<Partial<Quirks>>(isPlainObject, 'plain object', '{ minCommitMs: 100 }', {
      type: 'object',
    }).optional(),
    "Behaviour switches that differ from the model family's defaults.",
  ),
  replies: about(
    z.array(replySchema).optional(),
    'Answers in the order of the responses; generated ones follow when the list is used up.',
  ),
  userTurns: about(
    z.array(userTurnSchema).optional(),
    'User turns of audio in order; generated ones follow.',
  ),
  holds: about(z.array(holdSchema).optional(), 'Where the server waits, and for what.'),
  faults: about(
    z.array(faultSchema).optional(),
    'What goes wrong, in order: of the faults that could strike at a message the first one decides.',
  ),
  verbatim: about(
    z.array(verbatimStepSchema).min(1).optional(),
    'A fixed sequence of server events in place of the simulation. Not with replies, userTurns, holds or faults at client events unless it ends with `simulate`.',
  ),
  expect: about(z.array(expectationSchema).optional(), 'What the client must have sent.'),
  probe: about(
    z.boolean().optional(),
    'After the last fault a clean turn must complete: the surest sign that the client has survived.',
  ),
  drive: about(
    z.array(driveStepSchema).optional(),
    'What the reference client does when the scenario is played. Servers ignore it.',
  ),
  idleCloseMs: about(
    patience(LIMITS.idleCloseMs).optional(),
    'Virtual milliseconds without a response before the service closes. Default 300 000.',
  ),
  sessionDurationMs: about(
    patience(LIMITS.sessionDurationMs).optional(),
    'Virtual milliseconds the session may last. Default 7 200 000.',
  ),
}) satisfies z.ZodType<Scenario>;
