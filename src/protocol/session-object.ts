/**
 * The session object the server sends, strict (sections 4.2, 4.3 and 11.10), and the partial one a client
 * sends, tolerant of unknown keys (section 3.1). Shapes only: ranges and rules are in session-update.ts.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.js';
import { modalitySchema } from './items.js';

const vadTypeSchema = z.enum(['server_vad', 'semantic_vad']);

/** Voice activity settings as echoed: all of them, always. */
export const turnDetectionSchema = z.strictObject({
  type: vadTypeSchema,
  threshold: z.number(),
  prefix_padding_ms: z.int(),
  silence_duration_ms: z.int(),
  create_response: z.boolean(),
  interrupt_response: z.boolean(),
  idle_timeout_ms: z.int().optional(),
});

const audioFormatSchema = z.strictObject({
  sample_rate: z.int().optional(),
  type: z.enum(['pcm', 'wav']).optional(),
  sample_format: z.string().optional(),
  channels: z.int().optional(),
  packing: z.string().optional(),
  channel_layout: z.string().optional(),
});

/** Settings that appear only once the client has sent them. */
const optionalSettings = {
  instructions: z.string().optional(),
  tools: z.array(z.unknown()).optional(),
  tool_choice: z.unknown().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.int().optional(),
  max_tokens: z.int().optional(),
  repetition_penalty: z.number().optional(),
  presence_penalty: z.number().optional(),
  seed: z.int().optional(),
  smooth_output: z.boolean().optional(),
  enable_search: z.boolean().optional(),
};

/** `session` of `session.created` and `session.updated`. */
export const sessionObjectSchema = z.strictObject({
  id: z.string(),
  object: z.literal('realtime.session'),
  model: z.string(),
  modalities: z.array(modalitySchema),
  voice: z.string(),
  input_audio_format: z.string(),
  output_audio_format: z.string(),
  input_audio_transcription: z.strictObject({ model: z.string() }).optional(),
  turn_detection: turnDetectionSchema.optional(),
  ...optionalSettings,
  search_options: z.strictObject({ enable_source: z.boolean().optional() }).optional(),
  audio: z
    .strictObject({
      input: z.strictObject({ format: audioFormatSchema }).optional(),
      output: z
        .strictObject({ format: audioFormatSchema.optional(), voice: z.string().optional() })
        .optional(),
    })
    .optional(),
  video: z
    .strictObject({ input: z.strictObject({ representation_compact: z.enum(['none', 'normal']) }) })
    .optional(),
  /** The documentation's own spelling (section 4.3). */
  max_response_output_token: z.literal('inf').optional(),
});

/** A function the model may call, in the documented nesting. */
const functionToolSchema = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.looseObject({}).optional(),
  }),
});

/** The same without nesting, as some clients send it. */
const flatFunctionToolSchema = z.looseObject({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().optional(),
  parameters: z.looseObject({}).optional(),
});

/** A server of tools (OMNI38, section 3.1.1). */
const mcpToolSchema = z.looseObject({
  type: z.literal('mcp'),
  server_label: z.string(),
  server_url: z.string(),
  authorization: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  allowed_tools: z.array(z.string()).optional(),
  require_approval: z.enum(['always', 'never']).optional(),
});

/** One entry of `session.tools`. */
export const toolSchema = z.union([functionToolSchema, flatFunctionToolSchema, mcpToolSchema]);

/** `session` of `session.update`: every key may be missing, unknown keys are ignored by the server. */
export const sessionUpdateSchema = z.looseObject({
  ...optionalSettings,
  modalities: z.array(modalitySchema).optional(),
  voice: z.string().nullable().optional(),
  instructions: z.string().nullable().optional(),
  input_audio_format: z.string().optional(),
  output_audio_format: z.string().optional(),
  input_audio_transcription: z.looseObject({ model: z.string().nullable().optional() }).nullable().optional(),
  turn_detection: z
    .looseObject({ ...turnDetectionSchema.partial().shape })
    .nullable()
    .optional(),
  tools: z.array(toolSchema).nullable().optional(),
  top_k: z.int().nullable().optional(),
  smooth_output: z.boolean().nullable().optional(),
  search_options: z.looseObject({ enable_source: z.boolean().optional() }).nullable().optional(),
  audio: z.looseObject({}).optional(),
  video: z.looseObject({}).optional(),
});

export type SessionObject = DeepReadonly<z.infer<typeof sessionObjectSchema>>;
/** What a client may put into `session.update`. */
export type SessionUpdate = DeepReadonly<z.infer<typeof sessionUpdateSchema>>;
export type Tool = DeepReadonly<z.infer<typeof toolSchema>>;
