/**
 * What a client may send (section 3), one tolerant schema per event type: unknown keys are allowed everywhere.
 * For checking and for JSON Schema; the server reads frames with client-frame.ts, which must agree.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.js';
import { sessionUpdateSchema } from './session-object.js';

/** An event without further content. */
function bare<const Type extends string>(type: Type) {
  return z.looseObject({ event_id: z.string().optional(), type: z.literal(type) });
}

/** The settings are checked by `applySessionUpdate`, so their type promises nothing. */
const uncheckedSession: z.ZodType<unknown> = sessionUpdateSchema.nullable();

/** Checked when the response is created (ERR41). */
const uncheckedModalities: z.ZodType<unknown> = z.array(z.string()).nullable();

/** A part of a message that a client may add: text, under any of its three names. */
const clientPartSchema = z.looseObject({
  type: z.enum(['input_text', 'text', 'output_text']),
  text: z.string(),
});

const clientItemSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('message'),
    id: z.unknown().optional(),
    role: z.enum(['user', 'assistant', 'system']).optional(),
    content: z.array(clientPartSchema),
  }),
  z.looseObject({
    type: z.literal('function_call_output'),
    id: z.unknown().optional(),
    call_id: z.string(),
    output: z.string(),
  }),
  z.looseObject({
    type: z.literal('mcp_approval_response'),
    id: z.unknown().optional(),
    approval_request_id: z.string(),
    approve: z.boolean(),
  }),
]);

/** One schema per client event type. */
export const CLIENT_EVENT_SCHEMAS = {
  'session.update': bare('session.update').extend({ session: uncheckedSession.optional() }),
  'input_audio_buffer.append': bare('input_audio_buffer.append').extend({ audio: z.string() }),
  'input_audio_buffer.commit': bare('input_audio_buffer.commit'),
  'input_audio_buffer.clear': bare('input_audio_buffer.clear'),
  'input_image_buffer.append': bare('input_image_buffer.append').extend({ image: z.string() }),
  'conversation.item.create': bare('conversation.item.create').extend({ item: clientItemSchema }),
  'conversation.item.delete': bare('conversation.item.delete').extend({ item_id: z.string() }),
  'response.create': bare('response.create').extend({
    response: z
      .looseObject({
        instructions: z.string().nullable().optional(),
        modalities: uncheckedModalities.optional(),
      })
      .nullable()
      .optional(),
  }),
  'response.cancel': bare('response.cancel'),
  'session.finish': bare('session.finish'),
} as const;

/** Any client event. */
export const clientEventSchema = z.discriminatedUnion('type', [
  CLIENT_EVENT_SCHEMAS['session.update'],
  CLIENT_EVENT_SCHEMAS['input_audio_buffer.append'],
  CLIENT_EVENT_SCHEMAS['input_audio_buffer.commit'],
  CLIENT_EVENT_SCHEMAS['input_audio_buffer.clear'],
  CLIENT_EVENT_SCHEMAS['input_image_buffer.append'],
  CLIENT_EVENT_SCHEMAS['conversation.item.create'],
  CLIENT_EVENT_SCHEMAS['conversation.item.delete'],
  CLIENT_EVENT_SCHEMAS['response.create'],
  CLIENT_EVENT_SCHEMAS['response.cancel'],
  CLIENT_EVENT_SCHEMAS['session.finish'],
]);

export type ClientEventType = keyof typeof CLIENT_EVENT_SCHEMAS;
/** Any event a client may send, told apart by `type`. */
export type ClientEvent = DeepReadonly<z.infer<typeof clientEventSchema>>;
/** The client event of one type. */
export type ClientEventOf<Type extends ClientEventType> = Extract<ClientEvent, { readonly type: Type }>;
/** The item of a `conversation.item.create`. */
export type ClientItem = DeepReadonly<z.infer<typeof clientItemSchema>>;

/** Every client event type of the Omni families. */
export const CLIENT_EVENT_TYPES = Object.keys(CLIENT_EVENT_SCHEMAS) as readonly ClientEventType[];
