/**
 * What each step of a response looks like on the wire (§4.14 to §4.23). Builds event bodies from the state of a
 * response; must never decide whether or when a step happens.
 */
import { bytesFromPcm16, encodeBase64, wavHeader } from '../../media/index.js';
import { makeId, type Quirks, type RandomStream } from '../../protocol/index.js';
import type { EventBody } from './emit.js';
import type { ActiveResponse, OutputItem, ResponseStep } from './response-types.js';
import { usageOf } from './usage.js';

/** What a step needs besides the response. */
export interface StepContext {
  readonly conversationId: string;
  readonly quirks: Quirks;
  readonly ids: RandomStream;
  /** Of the item at hand, when it is appended to the conversation. */
  readonly previous: { readonly previous_item_id?: string };
}

/** The body of the server event for one step of an item. */
export function itemStepBody(
  response: ActiveResponse,
  item: OutputItem,
  step: ResponseStep,
  context: StepContext,
): EventBody {
  const place = { response_id: response.id, output_index: item.outputIndex };
  if (step.kind === 'item-added') {
    return { type: 'response.output_item.added', ...place, item: openItem(item) } as EventBody;
  }
  if (step.kind === 'item-created') {
    return { type: 'conversation.item.created', ...context.previous, item: openItem(item) } as EventBody;
  }
  if (step.kind === 'item-done') {
    return { type: 'response.output_item.done', ...place, item: doneItem(item, context.quirks) } as EventBody;
  }
  return item.type === 'message'
    ? messageStepBody(response, item, step)
    : callStepBody(response, item, step, context);
}

function messageStepBody(
  response: ActiveResponse,
  item: Extract<OutputItem, { type: 'message' }>,
  step: ResponseStep,
): EventBody {
  const ids = {
    response_id: response.id,
    item_id: item.id,
    output_index: item.outputIndex,
    content_index: 0,
  };
  const text = item.producedText;
  switch (step.kind) {
    case 'part-added':
      return {
        type: 'response.content_part.added',
        ...ids,
        part: { type: item.part, text: '' },
      } as EventBody;
    case 'text-delta':
      return { delta: step.text ?? '', type: 'response.text.delta', ...ids } as EventBody;
    case 'transcript-delta':
      return { delta: step.text ?? '', type: 'response.audio_transcript.delta', ...ids } as EventBody;
    case 'text-done':
      return { text, type: 'response.text.done', ...ids } as EventBody;
    case 'transcript-done':
      return { transcript: text, type: 'response.audio_transcript.done', ...ids } as EventBody;
    case 'audio-done':
      return { type: 'response.audio.done', ...ids } as EventBody;
    default:
      return { type: 'response.content_part.done', ...ids, part: { type: item.part, text } } as EventBody;
  }
}

function callStepBody(
  response: ActiveResponse,
  item: Extract<OutputItem, { type: 'function_call' }>,
  step: ResponseStep,
  context: StepContext,
): EventBody {
  const ids = { response_id: response.id, item_id: item.id, output_index: item.outputIndex };
  if (step.kind === 'arguments-delta') {
    return {
      type: 'response.function_call_arguments.delta',
      ...ids,
      call_id: item.callId,
      delta: step.text ?? '',
      obfuscation: makeId('obfuscation', context.ids),
    } as EventBody;
  }
  return {
    type: 'response.function_call_arguments.done',
    ...ids,
    name: item.name,
    call_id: item.callId,
    arguments: item.producedText,
  } as EventBody;
}

/**
 * A `response.audio.delta` as text. Base64 needs no escaping, so the one large string of the protocol is not
 * walked a second time by a serialiser.
 */
export function audioDeltaText(
  response: ActiveResponse,
  item: Extract<OutputItem, { type: 'message' }>,
  step: ResponseStep,
  eventId: string,
): string {
  const from = step.fromSample ?? 0;
  const pcm = bytesFromPcm16(item.speech.subarray(from, step.toSample ?? from));
  const opensWav = response.format.container === 'wav' && item.producedSamples === 0;
  const header = opensWav
    ? wavHeader({ sampleRateHz: response.format.sampleRateHz, dataBytes: 'streaming' })
    : undefined;
  const delta = encodeBase64(header === undefined ? pcm : joinBytes(header, pcm));
  return `{"event_id":"${eventId}","type":"response.audio.delta","response_id":"${response.id}","item_id":"${item.id}","output_index":${item.outputIndex},"content_index":0,"delta":"${delta}"}`;
}

/** The body of `response.created`. */
export function createdBody(response: ActiveResponse, context: StepContext): EventBody {
  return {
    type: 'response.created',
    response: responseObject(response, 'in_progress', [], context),
  } as EventBody;
}

/** The body of `response.done`. */
export function doneBody(response: ActiveResponse, context: StepContext): EventBody {
  const shown = response.items.slice(0, response.openedItems).map(finalItem);
  const { end } = response;
  const details =
    end.status === 'completed'
      ? {}
      : {
          status_details:
            end.status === 'failed'
              ? { type: 'failed', error: end.error }
              : { type: end.status, reason: end.reason },
        };
  const object = responseObject(response, end.status, shown, context);
  return {
    type: 'response.done',
    response: { ...object, ...details, usage: usageOf(response) },
  } as EventBody;
}

function responseObject(response: ActiveResponse, status: string, output: unknown[], context: StepContext) {
  return {
    id: response.id,
    object: 'realtime.response',
    conversation_id: context.conversationId,
    status,
    modalities: response.modalities,
    voice: response.voice,
    output_audio_format: response.format.label,
    output,
  };
}

function openItem(item: OutputItem): object {
  const head = { id: item.id, object: 'realtime.item', type: item.type, status: 'in_progress' };
  return item.type === 'message'
    ? { ...head, role: 'assistant', content: [] }
    : { ...head, call_id: item.callId, name: item.name, arguments: '' };
}

/** The item of `response.output_item.done`, whose content differs from every other event (§4.22). */
function doneItem(item: OutputItem, quirks: Quirks): object {
  const head = { id: item.id, object: 'realtime.item', type: item.type, status: item.status };
  if (item.type === 'function_call') {
    return { ...head, call_id: item.callId, name: item.name, arguments: item.producedText };
  }
  const part =
    item.part === 'text' ? { type: 'text' } : { type: 'audio', [quirks.audioItemKey]: item.producedText };
  return { ...head, role: 'assistant', content: [part] };
}

/** The item of `response.done` (§4.23). */
function finalItem(item: OutputItem): object {
  const head = { id: item.id, object: 'realtime.item', type: item.type, status: item.status };
  if (item.type === 'function_call') {
    return { ...head, call_id: item.callId, name: item.name, arguments: item.producedText };
  }
  const key = item.part === 'text' ? 'text' : 'transcript';
  return { ...head, role: 'assistant', content: [{ type: item.part, [key]: item.producedText }] };
}

function joinBytes(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
