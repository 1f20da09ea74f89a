/**
 * The shape of a scenario as a strict schema: exactly the keys and values of `Scenario`, at every level. It must
 * never fill in a default and never decode a voice.
 */
import { z } from 'zod';
import {
  CLIENT_EVENT_TYPES,
  describeValue,
  ERROR_CATALOGUE,
  LIMITS,
  type Quirks,
  SERVER_EVENT_TYPES,
} from '../protocol/index.js';
import { usageSchema } from '../protocol/response-object.js';
import type { Scenario } from './scenario.js';

/** An object literal or what a file was parsed to. A promise that nobody awaited would else pass as empty. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A value of a kind that JSON Schema has no word for, or that deserves a hint of its own. */
function kind<Value>(check: (value: unknown) => boolean, wanted: string, example: string) {
  return z.custom<Value>(check, {
    error: ({ input }) =>
      `${input === undefined ? 'it is missing' : `${describeValue(input)} is no ${wanted}`}. Try ${example}.`,
  });
}

/** An object with exactly these keys. The first check sees what was given, where the strict one sees a copy. */
function record<const Keys extends z.ZodRawShape>(keys: Keys) {
  const strict = z.strictObject(keys);
  return kind<z.input<typeof strict>>(isPlainObject, 'plain object', 'one such as {}').pipe(strict);
}

/** Counts and virtual times are whole numbers: fractions would let the order of timers depend on rounding. */
function wholeNumber(least: number) {
  const check = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least;
  return kind<number>(check, `whole number from ${least} up`, String(Math.max(least, 1)));
}

/** Virtual milliseconds until the service gives up; Infinity stands for never. */
function patience(defaultMs: number) {
  return kind<number>(
    (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) > 0),
    'whole number of milliseconds above 0',
    `${defaultMs}, or Infinity for never`,
  );
}

const seed = kind<number>((value) => Number.isSafeInteger(value), 'safe integer', '7');

const voice = kind<Uint8Array | Int16Array>(
  (value) => value instanceof Uint8Array || value instanceof Int16Array,
  'Uint8Array of a WAV file nor Int16Array of samples',
  'the bytes of a WAV file',
);

/** Whether a value can be written as JSON at all: no circle, no bigint, no endless depth. */
function isWritable(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

const toolCall = record({
  name: z.string(),
  arguments: kind<string | Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'string' || (isPlainObject(value) && isWritable(value)),
    'JSON text and no plain object that can be written as JSON',
    `'{}'`,
  ),
  delta: z.boolean().optional(),
});

const message = record({
  text: z.string(),
  wav: voice.optional(),
  deltas: z.array(z.string()).optional(),
}).superRefine(({ text, deltas }, context) => {
  const sum = deltas?.join('');
  if (sum === undefined || sum === text) return;
  const why = `the pieces add up to ${describeValue(sum)}, the text is ${describeValue(text)}`;
  context.addIssue({ code: 'custom', path: ['deltas'], message: `${why}. Try leaving out deltas.` });
});

type Item = { message: z.infer<typeof message> } | { toolCall: z.infer<typeof toolCall> };

const replyItem = record({ message: message.optional(), toolCall: toolCall.optional() }).transform(
  (item, context): Item => {
    if (item.message !== undefined && item.toolCall === undefined) return { message: item.message };
    if (item.toolCall !== undefined && item.message === undefined) return { toolCall: item.toolCall };
    const why = item.message === undefined ? 'it is neither message nor toolCall' : 'it is two items in one';
    context.addIssue({
      code: 'custom',
      message: `${why}. Try one item with message, or one with toolCall.`,
    });
    return z.NEVER;
  },
);

const reply = record({
  text: z.string().optional(),
  wav: voice.optional(),
  toolCalls: z.array(toolCall).optional(),
  items: z.array(replyItem).optional(),
  refusal: z.enum(ERROR_CATALOGUE.map(({ slug }) => slug)).optional(),
  failed: record({ code: z.string().optional(), message: z.string() }).optional(),
  incomplete: z.string().optional(),
  delivery: record({
    firstDeltaMs: wholeNumber(0).optional(),
    audioChunkMs: wholeNumber(1).optional(),
    textDeltaMs: wholeNumber(0).optional(),
  }).optional(),
  usage: usageSchema.optional(),
}).superRefine((value, context) => {
  const short = (['text', 'toolCalls', 'wav'] as const).find((key) => value[key] !== undefined);
  if (value.items !== undefined && short !== undefined) {
    const why = `items are all there is to a reply, and it has ${short} as well`;
    context.addIssue({ code: 'custom', path: ['items'], message: `${why}. Try moving ${short} into items.` });
  } else if (value.wav !== undefined && value.text === undefined) {
    const why = 'a voice says the words of text, and there is no text';
    context.addIssue({
      code: 'custom',
      path: ['wav'],
      message: `${why}. Try adding text with the words spoken.`,
    });
  }
});

const userTurn = record({
  transcript: z.string().optional(),
  language: z.string().optional(),
  emotion: z.enum(['surprised', 'neutral', 'happy', 'sad', 'disgusted', 'angry', 'fearful']).optional(),
  transcriptionFailed: z.boolean().optional(),
  rejected: z.enum(['error', 'turn_invalid']).optional(),
});

const hold = record({
  after: record({
    event: z.enum(SERVER_EVENT_TYPES),
    nth: wholeNumber(1).optional(),
    response: wholeNumber(1).optional(),
  }),
  until: record({ event: z.enum([...CLIENT_EVENT_TYPES, ...SERVER_EVENT_TYPES]) }),
  lane: z.enum(['response', 'transcription', 'all']).optional(),
  patienceMs: wholeNumber(1).optional(),
});

/** A whole scenario. Names and values of quirks are left to the table of quirks. */
export const scenarioSchema = record({
  summary: z.string().optional(),
  seed: seed.optional(),
  clock: z.enum(['auto', 'media', 'paced']).optional(),
  quirks: kind<Partial<Quirks>>(isPlainObject, 'plain object', '{ minCommitMs: 100 }').optional(),
  replies: z.array(reply).optional(),
  userTurns: z.array(userTurn).optional(),
  holds: z.array(hold).optional(),
  idleCloseMs: patience(LIMITS.idleCloseMs).optional(),
  sessionDurationMs: patience(LIMITS.sessionDurationMs).optional(),
}) satisfies z.ZodType<Scenario>;
