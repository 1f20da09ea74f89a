/**
 * Replies and user turns as they stand in a scenario: what the service answers, what the user is taken to have said.
 * It must never decode a voice.
 */
import { z } from 'zod';
import { describeValue, ERROR_CATALOGUE } from '../protocol/index.js';
import { usageSchema } from '../protocol/response-object.js';
import { about, isPlainObject, isWritable, kind, record, wholeNumber } from './schema-parts.js';

const voice = kind<Uint8Array | Int16Array>(
  (value) => value instanceof Uint8Array || value instanceof Int16Array,
  'Uint8Array of a WAV file nor Int16Array of samples',
  'the bytes of a WAV file',
  { type: 'string', description: 'A WAV file, relative to the scenario file.' },
);

const toolCall = record({
  name: about(z.string(), "The tool's name."),
  arguments: kind<string | Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'string' || (isPlainObject(value) && isWritable(value)),
    'JSON text and no plain object that can be written as JSON',
    `'{}'`,
    { type: ['string', 'object'], description: 'The exact JSON text to send, or a value to serialise.' },
  ),
  delta: about(z.boolean().optional(), 'Whether one delta precedes the done. Default true.'),
});

const message = record({
  text: about(z.string(), 'The words; empty text gives a message without deltas.'),
  wav: voice.optional(),
  deltas: about(
    z.array(z.string()).optional(),
    'The exact pieces the text arrives in; they must add up to `text`.',
  ),
}).superRefine(({ text, deltas }, context) => {
  const sum = deltas?.join('');
  if (sum === undefined || sum === text) return;
  const why = `the pieces add up to ${describeValue(sum)}, the text is ${describeValue(text)}`;
  context.addIssue({ code: 'custom', path: ['deltas'], message: `${why}. Try leaving out deltas.` });
});

type Item = { message: z.infer<typeof message> } | { toolCall: z.infer<typeof toolCall> };

const itemKeys = record({ message: message.optional(), toolCall: toolCall.optional() });

const replyItem = itemKeys
  .transform((item, context): Item => {
    if (item.message !== undefined && item.toolCall === undefined) return { message: item.message };
    if (item.toolCall !== undefined && item.message === undefined) return { toolCall: item.toolCall };
    const why = item.message === undefined ? 'it is neither message nor toolCall' : 'it is two items in one';
    context.addIssue({
      code: 'custom',
      message: `${why}. Try one item with message, or one with toolCall.`,
    });
    return z.NEVER;
  })
  .meta({ shownBy: itemKeys });

export const replySchema = record({
  text: about(z.string().optional(), 'Short for one message item.'),
  wav: voice.optional(),
  toolCalls: about(z.array(toolCall).optional(), 'Tool calls, after the message if there is one.'),
  items: about(
    z.array(replyItem).optional(),
    'All output items in order, for what the short forms cannot say.',
  ),
  refusal: about(
    z.enum(ERROR_CATALOGUE.map(({ slug }) => slug)).optional(),
    'Answer with this row of the catalogue of refusals and no response at all.',
  ),
  failed: about(
    record({ code: z.string().optional(), message: z.string() }).optional(),
    'End the response as failed, with this error inside `status_details`.',
  ),
  incomplete: about(
    z.string().optional(),
    'End the response as incomplete for this reason, such as content_filter.',
  ),
  delivery: about(
    record({
      firstDeltaMs: about(
        wholeNumber(0).optional(),
        'From response.created to the first delta. Default 300.',
      ),
      audioChunkMs: about(wholeNumber(1).optional(), 'Length of the audio in one delta. Default 200.'),
      textDeltaMs: about(wholeNumber(0).optional(), 'Between two deltas of a text-only answer. Default 40.'),
      gapsMs: about(
        z.array(wholeNumber(0)).optional(),
        'Time before the n-th delta of each message, counted from the one before it; deltas beyond the list keep their pace.',
      ),
    }).optional(),
    'How fast it arrives, in virtual milliseconds.',
  ),
  usage: about(usageSchema.optional(), 'Token counts to report instead of the computed ones.'),
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
  transcript: about(z.string().optional(), 'What the user is taken to have said. Default: generated.'),
  language: about(z.string().optional(), 'BCP 47 language of transcription deltas. Default en.'),
  emotion: z.enum(['surprised', 'neutral', 'happy', 'sad', 'disgusted', 'angry', 'fearful']).optional(),
  transcriptionFailed: about(
    z.boolean().optional(),
    'Answer with …transcription.failed instead of a transcript.',
  ),
  rejected: about(
    z.enum(['error', 'turn_invalid']).optional(),
    'Semantic voice activity rejects the turn: as an error event, or as the reason of speech_stopped.',
  ),
});
