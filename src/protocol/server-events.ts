/**
 * What the server sends (section 4), one strict schema per event type: exactly these keys. The schemas check
 * the simulation; a client of the real service must expect more. It must never decide when an event is sent.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.js';
import { ID_PATTERNS } from './ids.js';
import {
  addedItemSchema,
  announcedItemSchema,
  finishedPartItemSchema,
  wordsPartSchema,
} from './item-stages.js';
import { createdResponseSchema, finishedResponseSchema } from './response-object.js';
import { sessionObjectSchema } from './session-object.js';

const index = z.int().nonnegative();
const milliseconds = z.int().nonnegative();
const obfuscation = z.string().regex(ID_PATTERNS.obfuscation);
const ofItem = { item_id: z.string() };
const ofOutput = { response_id: z.string(), item_id: z.string(), output_index: index };
const ofPart = { ...ofOutput, content_index: index };
const emotion = z.enum(['surprised', 'neutral', 'happy', 'sad', 'disgusted', 'angry', 'fearful']);

/** An event with its own keys beside the envelope. */
function event<const Type extends string, Keys extends z.ZodRawShape>(type: Type, keys: Keys) {
  return z.strictObject({ event_id: z.string(), type: z.literal(type), ...keys });
}

const errorDetails = z.strictObject({
  type: z.string().optional(),
  code: z.string().optional(),
  message: z.string(),
  param: z.string().optional(),
  event_id: z.string().optional(),
});
const transcriptionError = z.strictObject({
  code: z.string(),
  message: z.string(),
  param: z.string().optional(),
});

const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

const transcriptionDelta = event(`${TRANSCRIPTION}.delta`, {
  ...ofItem,
  content_index: index,
  text: z.string(),
  stash: z.string(),
  language: z.string(),
  emotion,
  obfuscation,
});

const callArgumentsDelta = event('response.function_call_arguments.delta', {
  ...ofOutput,
  call_id: z.string(),
  delta: z.string(),
  obfuscation,
});

const callArgumentsDone = event('response.function_call_arguments.done', {
  ...ofOutput,
  name: z.string(),
  call_id: z.string(),
  arguments: z.string(),
});

/** One schema per server event type of the Omni families. */
export const SERVER_EVENT_SCHEMAS = {
  error: event('error', { error: errorDetails }),
  'session.created': event('session.created', { session: sessionObjectSchema }),
  'session.updated': event('session.updated', { session: sessionObjectSchema }),
  'session.finished': event('session.finished', {}),
  'input_audio_buffer.speech_started': event('input_audio_buffer.speech_started', {
    audio_start_ms: milliseconds,
    ...ofItem,
  }),
  'input_audio_buffer.speech_stopped': event('input_audio_buffer.speech_stopped', {
    audio_end_ms: milliseconds,
    ...ofItem,
    reason: z.literal('turn_invalid').optional(),
  }),
  'input_audio_buffer.committed': event('input_audio_buffer.committed', { ...ofItem }),
  'input_audio_buffer.cleared': event('input_audio_buffer.cleared', {}),
  'conversation.item.created': event('conversation.item.created', {
    previous_item_id: z.string().optional(),
    item: announcedItemSchema,
  }),
  'conversation.item.deleted': event('conversation.item.deleted', { ...ofItem }),
  'conversation.item.input_audio_transcription.delta': transcriptionDelta,
  'conversation.item.input_audio_transcription.completed': event(`${TRANSCRIPTION}.completed`, {
    ...ofItem,
    content_index: index,
    transcript: z.string(),
  }),
  'conversation.item.input_audio_transcription.failed': event(`${TRANSCRIPTION}.failed`, {
    ...ofItem,
    content_index: index,
    error: transcriptionError,
  }),
  'response.created': event('response.created', { response: createdResponseSchema }),
  'response.output_item.added': event('response.output_item.added', {
    response_id: z.string(),
    output_index: index,
    item: addedItemSchema,
  }),
  'response.content_part.added': event('response.content_part.added', { ...ofPart, part: wordsPartSchema }),
  'response.text.delta': event('response.text.delta', { ...ofPart, delta: z.string() }),
  'response.text.done': event('response.text.done', { ...ofPart, text: z.string() }),
  'response.audio_transcript.delta': event('response.audio_transcript.delta', {
    ...ofPart,
    delta: z.string(),
  }),
  'response.audio_transcript.done': event('response.audio_transcript.done', {
    ...ofPart,
    transcript: z.string(),
  }),
  'response.audio.delta': event('response.audio.delta', { ...ofPart, delta: z.string() }),
  'response.audio.done': event('response.audio.done', { ...ofPart }),
  'response.function_call_arguments.delta': callArgumentsDelta,
  'response.function_call_arguments.done': callArgumentsDone,
  'response.content_part.done': event('response.content_part.done', { ...ofPart, part: wordsPartSchema }),
  'response.output_item.done': event('response.output_item.done', {
    response_id: z.string(),
    output_index: index,
    item: finishedPartItemSchema,
  }),
  'response.done': event('response.done', { response: finishedResponseSchema }),
  'mcp_list_tools.in_progress': event('mcp_list_tools.in_progress', { ...ofItem }),
  'mcp_list_tools.completed': event('mcp_list_tools.completed', { ...ofItem }),
  'mcp_list_tools.failed': event('mcp_list_tools.failed', { ...ofItem }),
  'response.mcp_call_arguments.delta': event('response.mcp_call_arguments.delta', {
    ...ofOutput,
    delta: z.string(),
    obfuscation: obfuscation.optional(),
  }),
  'response.mcp_call_arguments.done': event('response.mcp_call_arguments.done', {
    ...ofOutput,
    arguments: z.string(),
  }),
  'response.mcp_call.in_progress': event('response.mcp_call.in_progress', {
    ...ofItem,
    output_index: index,
  }),
  'response.mcp_call.completed': event('response.mcp_call.completed', { ...ofItem, output_index: index }),
  'response.mcp_call.failed': event('response.mcp_call.failed', { ...ofItem, output_index: index }),
} as const;

export type ServerEventType = keyof typeof SERVER_EVENT_SCHEMAS;
/** The server event of one type. */
export type ServerEventOf<Type extends ServerEventType> = DeepReadonly<
  z.infer<(typeof SERVER_EVENT_SCHEMAS)[Type]>
>;
/** Any event the server sends, told apart by `type`. */
export type ServerEvent = { [Type in ServerEventType]: ServerEventOf<Type> }[ServerEventType];

/** Every server event type of the Omni families. */
export const SERVER_EVENT_TYPES = Object.keys(SERVER_EVENT_SCHEMAS) as readonly ServerEventType[];

type AnyServerSchema = (typeof SERVER_EVENT_SCHEMAS)[ServerEventType];

/** Any server event. Object.values has no idea that the table is not empty. */
export const serverEventSchema = z.discriminatedUnion(
  'type',
  Object.values(SERVER_EVENT_SCHEMAS) as [AnyServerSchema, ...AnyServerSchema[]],
);
