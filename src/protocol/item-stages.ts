/**
 * How one item looks at each stage of a response: announced, added, finished (sections 4.9, 4.15, 4.16 and
 * 4.22). The stages differ in which key holds the words. Strict schemas only.
 */
import { z } from 'zod';
import {
  type contentPartSchema,
  functionCallItemSchema,
  functionCallOutputItemSchema,
  inputAudioPartSchema,
  inputTextPartSchema,
  type itemSchema,
  itemStatusSchema,
  mcpApprovalRequestItemSchema,
  mcpApprovalResponseItemSchema,
  mcpCallItemSchema,
  mcpListToolsItemSchema,
  messageItemSchema,
  outputTextPartSchema,
} from './items.js';

/** A stage is stricter than an item in general, and its type is the general one. */
type ItemSchema = z.ZodType<z.infer<typeof itemSchema>>;
type PartSchema = z.ZodType<z.infer<typeof contentPartSchema>>;

const text = z.strictObject({ type: z.literal('text'), text: z.string() });
const spokenText = z.strictObject({ type: z.literal('audio'), text: z.string() });
const spokenTranscript = z.strictObject({ type: z.literal('audio'), transcript: z.string() });
const emptyText = z.strictObject({ type: z.literal('text') });

/** `part` of `response.content_part.added` and `.done`: the words are `text` even when spoken. */
export const wordsPartSchema: PartSchema = z.discriminatedUnion('type', [text, spokenText]);

const mcpItems = [
  mcpListToolsItemSchema,
  mcpCallItemSchema,
  mcpApprovalRequestItemSchema,
  mcpApprovalResponseItemSchema,
] as const;

/** `item` of `conversation.item.created`. */
export const announcedItemSchema: ItemSchema = z.discriminatedUnion('type', [
  messageItemSchema.extend({
    content: z.array(
      z.discriminatedUnion('type', [inputAudioPartSchema, inputTextPartSchema, text, outputTextPartSchema]),
    ),
  }),
  functionCallItemSchema.extend({ status: z.literal('in_progress'), arguments: z.literal('') }),
  functionCallOutputItemSchema.extend({ status: z.literal('completed') }),
  ...mcpItems,
]);

/** `item` of `response.output_item.added`: nothing is in it yet. */
export const addedItemSchema: ItemSchema = z.discriminatedUnion('type', [
  messageItemSchema.extend({
    status: z.literal('in_progress'),
    role: z.literal('assistant'),
    content: z.array(text).max(0),
  }),
  functionCallItemSchema.extend({ status: z.literal('in_progress'), arguments: z.literal('') }),
  ...mcpItems,
]);

/**
 * `item` of `response.output_item.done`: the captured service leaves text out here, and names spoken words
 * `text` or, in one version of the documentation, `transcript`.
 */
export const finishedPartItemSchema: ItemSchema = z.discriminatedUnion('type', [
  messageItemSchema.extend({
    status: itemStatusSchema,
    role: z.literal('assistant'),
    content: z.array(z.union([emptyText, spokenText, spokenTranscript])),
  }),
  functionCallItemSchema,
  ...mcpItems,
]);
