/**
 * Replies and user turns as they stand in a scenario: what the service answers, what the user is taken to have said.
 * It must never decode a voice.
 */
import { z } from 'zod';
import { describeValue, ERROR_CATALOGUE } from '../protocol/index.js';
import { usageSchema } from '../protocol/response-object.js';
import { isPlainObject, isWritable, kind, record, wholeNumber } from './schema-parts.js';

const voice = kind<Uint8Array | Int16Array>(
  (value) => value instanceof Uint8Array || value instanceof Int16Array,
  'Uint8Array of a WAV file nor Int16Array of samples',
  'the bytes of a WAV file',
);

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

export const replySchema = record({
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
    gapsMs: z.array(wholeNumber(0)).optional(),
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

export const userTurnSchema = record({
  transcript: z.string().optional(),
  language: z.string().optional(),
  emotion: z.enum(['surprised', 'neutral', 'happy', 'sad', 'disgusted', 'angry', 'fearful']).optional(),
  transcriptionFailed: z.boolean().optional(),
  rejected: z.enum(['error', 'turn_invalid']).optional(),
});
