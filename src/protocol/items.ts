/**
 * Conversation items and their content as they go over the wire (sections 3.8, 4.9, 4.15 and 4.22). Strict
 * schemas, for checking what the server sends. It must never know which event carries which item.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.js';

/** What a response may contain. */
export const modalitySchema = z.enum(['text', 'audio']);

/** Items in a list of the conversation are `incomplete` when a response was cut short. */
export const itemStatusSchema = z.enum(['in_progress', 'completed', 'incomplete']);

const envelope = { id: z.string(), object: z.literal('realtime.item') };

/** Part of a user audio item. The words are in the transcription events. */
export const inputAudioPartSchema = z.strictObject({ type: z.literal('input_audio') });
export const inputTextPartSchema = z.strictObject({ type: z.literal('input_text'), text: z.string() });
/** Generated text. `text` is missing in `response.output_item.done` (section 4.22). */
export const textPartSchema = z.strictObject({ type: z.literal('text'), text: z.string().optional() });
/** Text sent by clients that replay history in the spelling of later protocols. */
export const outputTextPartSchema = z.strictObject({ type: z.literal('output_text'), text: z.string() });
/** Generated speech; its words are `text` or `transcript`, depending on the event (4.16, 4.22, 4.23). */
export const audioPartSchema = z.strictObject({
  type: z.literal('audio'),
  text: z.string().optional(),
  transcript: z.string().optional(),
});

/** One part of a message. */
export const contentPartSchema = z.discriminatedUnion('type', [
  inputAudioPartSchema,
  inputTextPartSchema,
  textPartSchema,
  outputTextPartSchema,
  audioPartSchema,
]);

export const messageItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('message'),
  status: itemStatusSchema,
  role: z.enum(['user', 'assistant', 'system']),
  content: z.array(contentPartSchema),
});

export const functionCallItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('function_call'),
  status: itemStatusSchema,
  call_id: z.string(),
  name: z.string(),
  /** A JSON document; empty while in progress. It may begin with a space. */
  arguments: z.string(),
});

/** What a client answers to a function call. */
export const functionCallOutputItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('function_call_output'),
  status: itemStatusSchema,
  call_id: z.string(),
  output: z.string(),
});

/** OMNI38. Field shapes follow OpenAI's (section 4.25). */
export const mcpListToolsItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('mcp_list_tools'),
  status: itemStatusSchema.optional(),
  server_label: z.string(),
  tools: z.array(z.unknown()).optional(),
  error: z.unknown().optional(),
});

export const mcpCallItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('mcp_call'),
  status: itemStatusSchema.optional(),
  server_label: z.string(),
  name: z.string(),
  arguments: z.string(),
  approval_request_id: z.string().optional(),
  output: z.string().optional(),
  error: z.unknown().optional(),
});

export const mcpApprovalRequestItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('mcp_approval_request'),
  status: itemStatusSchema.optional(),
  server_label: z.string(),
  name: z.string(),
  arguments: z.string(),
});

export const mcpApprovalResponseItemSchema = z.strictObject({
  ...envelope,
  type: z.literal('mcp_approval_response'),
  status: itemStatusSchema.optional(),
  approval_request_id: z.string(),
  approve: z.boolean(),
});

/** Any item of a conversation. */
export const itemSchema = z.discriminatedUnion('type', [
  messageItemSchema,
  functionCallItemSchema,
  functionCallOutputItemSchema,
  mcpListToolsItemSchema,
  mcpCallItemSchema,
  mcpApprovalRequestItemSchema,
  mcpApprovalResponseItemSchema,
]);

/** One part of a message, whichever event it comes in. */
export type ContentPart = DeepReadonly<z.infer<typeof contentPartSchema>>;
export type MessageItem = DeepReadonly<z.infer<typeof messageItemSchema>>;
export type FunctionCallItem = DeepReadonly<z.infer<typeof functionCallItemSchema>>;
export type FunctionCallOutputItem = DeepReadonly<z.infer<typeof functionCallOutputItemSchema>>;
/** Any item of a conversation, told apart by `type`. */
export type Item = DeepReadonly<z.infer<typeof itemSchema>>;
export type ItemStatus = z.infer<typeof itemStatusSchema>;
export type Modality = z.infer<typeof modalitySchema>;
