/**
 * What a client says, in few words: builders of client events, and audio to send. Must never read anything the
 * server answered.
 */
import {
  bytesFromPcm16,
  concatPcm16,
  encodeBase64,
  silence,
  synthesizeSpeech,
} from '../../src/media/index.js';
import { FAMILY_IDS, type FamilyId, MODEL_FAMILIES } from '../../src/protocol/index.js';

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

export const INPUT_RATE_HZ = 16_000;

/** One model of each family; of OMNI35 the one that transcribes manual turns too. */
export const MODEL_OF: Readonly<Record<FamilyId, string>> = {
  turbo: 'qwen-omni-turbo-realtime',
  flash3: 'qwen3-omni-flash-realtime',
  omni35: 'qwen3.5-omni-plus-realtime',
  omni38: 'qwen3.8-omni-flash-realtime',
};

/** Every model that is simulated, with its family. */
export const ALL_MODELS: readonly (readonly [string, FamilyId])[] = FAMILY_IDS.flatMap((id) =>
  MODEL_FAMILIES[id].models.map((model) => [model, id] as const),
);

export const commit: Message = { type: 'input_audio_buffer.commit' };
export const clear: Message = { type: 'input_audio_buffer.clear' };
export const create: Message = { type: 'response.create' };
export const cancel: Message = { type: 'response.cancel' };
export const finish: Message = { type: 'session.finish' };

export function update(session: Readonly<Record<string, unknown>>): Message {
  return { type: 'session.update', session };
}

export const manual = update({ turn_detection: null });
export const textOnly = update({ modalities: ['text'], turn_detection: null });

export function append(samples: Int16Array): Message {
  return { type: 'input_audio_buffer.append', audio: encodeBase64(bytesFromPcm16(samples)) };
}

export function appendImage(jpeg: Uint8Array): Message {
  return { type: 'input_image_buffer.append', image: encodeBase64(jpeg) };
}

export function createWith(response: Readonly<Record<string, unknown>>): Message {
  return { type: 'response.create', response };
}

export function userText(text: string, id?: string): Message {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
  return { type: 'conversation.item.create', item: id === undefined ? item : { id, ...item } };
}

export function toolOutput(callId: unknown, output: string): Message {
  return {
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: callId, output },
  };
}

/** An offer of one function. */
export function functionTool(name: string, parameters: unknown = { type: 'object', properties: {} }) {
  return { type: 'function', function: { name, description: `Runs ${name}.`, parameters } };
}

/** Silence of a length. */
export function pause(durationMs: number, rateHz = INPUT_RATE_HZ): Int16Array {
  return silence((durationMs * rateHz) / 1000);
}

/** About 2.4 s of speech that ends with its last sound; a whole number of hundredths of a second. */
export const SPEECH = withoutEnd(
  synthesizeSpeech('Could you tell me when the train leaves?', {
    sampleRateHz: INPUT_RATE_HZ,
    voice: 'Ethan',
  }).samples,
);

/** A second of silence, speech, and enough silence for the end of the turn to be noticed. */
export const UTTERANCE = concatPcm16([pause(1000), SPEECH, pause(1500)]);

/** The beginning of an utterance: the user is heard and has not stopped. */
export const SPEAKING = concatPcm16([pause(1000), SPEECH.subarray(0, 20_000)]);

function withoutEnd(samples: Int16Array): Int16Array {
  const last = samples.findLastIndex((sample) => Math.abs(sample) > 100);
  return samples.subarray(0, last - (last % 160));
}
