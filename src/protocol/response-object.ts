/**
 * The response object of `response.created` and `response.done`, and its usage (sections 4.14 and 4.23).
 * Strict schemas; it must never compute a number of tokens.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.js';
import {
  functionCallItemSchema,
  itemSchema,
  itemStatusSchema,
  mcpCallItemSchema,
  modalitySchema,
} from './items.js';

const tokens = z.int().nonnegative();

/** Only modalities that cost something are listed. */
export const usageSchema = z.strictObject({
  total_tokens: tokens,
  input_tokens: tokens,
  output_tokens: tokens,
  input_tokens_details: z.strictObject({
    text_tokens: tokens.optional(),
    audio_tokens: tokens.optional(),
    image_tokens: tokens.optional(),
    cached_tokens: tokens.optional(),
  }),
  output_tokens_details: z.strictObject({ text_tokens: tokens.optional(), audio_tokens: tokens.optional() }),
  plugins: z.strictObject({ search: z.strictObject({ count: tokens, strategy: z.string() }) }).optional(),
});

/** Why a response did not complete. */
export const statusDetailsSchema = z.strictObject({
  type: z.enum(['cancelled', 'incomplete', 'failed']),
  reason: z.string().optional(),
  error: z
    .strictObject({
      type: z.string().optional(),
      code: z.string().optional(),
      message: z.string().optional(),
    })
    .optional(),
});

const head = {
  id: z.string(),
  object: z.literal('realtime.response'),
  conversation_id: z.string(),
};
const settings = { modalities: z.array(modalitySchema), voice: z.string(), output_audio_format: z.string() };

/** The general shape, which both events share. */
export const responseObjectSchema = z.strictObject({
  ...head,
  status: z.enum(['in_progress', 'completed', 'cancelled', 'incomplete', 'failed']),
  status_details: statusDetailsSchema.optional(),
  ...settings,
  output: z.array(itemSchema),
  usage: usageSchema.optional(),
});

export type ResponseObject = DeepReadonly<z.infer<typeof responseObjectSchema>>;
export type Usage = DeepReadonly<z.infer<typeof usageSchema>>;
export type StatusDetails = DeepReadonly<z.infer<typeof statusDetailsSchema>>;

type GeneralSchema = z.ZodType<z.infer<typeof responseObjectSchema>>;

/** `response` of `response.created`: nothing has been produced. */
export const createdResponseSchema: GeneralSchema = z.strictObject({
  ...head,
  status: z.literal('in_progress'),
  ...settings,
  output: z.array(itemSchema).max(0),
});

/** The message of `response.done`: here, and only here, spoken words are called `transcript`. */
const finishedMessageSchema = z.strictObject({
  id: z.string(),
  object: z.literal('realtime.item'),
  type: z.literal('message'),
  status: itemStatusSchema,
  role: z.literal('assistant'),
  content: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text'), text: z.string() }),
      z.strictObject({ type: z.literal('audio'), transcript: z.string() }),
    ]),
  ),
});

const finishedItemSchema = z.discriminatedUnion('type', [
  finishedMessageSchema,
  functionCallItemSchema,
  mcpCallItemSchema,
]);

/** `response` of `response.done`: a complete one has usage and no details, any other says why. */
export const finishedResponseSchema: GeneralSchema = z.discriminatedUnion('status', [
  z.strictObject({
    ...head,
    status: z.literal('completed'),
    ...settings,
    output: z.array(finishedItemSchema),
    usage: usageSchema,
  }),
  z.strictObject({
    ...head,
    status: z.enum(['cancelled', 'incomplete', 'failed']),
    status_details: statusDetailsSchema,
    ...settings,
    output: z.array(finishedItemSchema),
    usage: usageSchema.optional(),
  }),
]);
