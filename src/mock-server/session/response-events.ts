/**
 * What each step of a response looks like on the wire (§4.14 to §4.23). Builds event bodies from the state of a
 * response; must never decide whether or when a step happens.
 */
import { bytesFromPcm16, wavHeader } from '../../media/index.js';
import {
  type ContentPart,
  type Item,
  type ItemStatus,
  makeId,
  type Quirks,
  type RandomStream,
  type ResponseObject,
  type StatusDetails,
} from '../../protocol/index.js';
import { joinBytes } from '../../protocol/websocket-frames.js';
import type { MessageAudio } from '../../session-log/index.js';
import type { EventBody } from './emit.js';
import type { ActiveResponse, OutputItem, ResponseEnd, ResponseStep } from './response-types.js';
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
    return { type: 'response.output_item.added', ...place, item: itemObject(item, 'in_progress', []) };
  }
  if (step.kind === 'item-created') {
    return {
      type: 'conversation.item.created',
      ...context.previous,
      item: itemObject(item, 'in_progress', []),
    };
  }
  if (step.kind === 'item-done') {
    return {
      type: 'response.output_item.done',
      ...place,
      item: itemObject(item, item.status, doneContent(item, context.quirks)),
    };
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
      };
    case 'text-delta':
      return { delta: step.text ?? '', type: 'response.text.delta', ...ids };
    case 'transcript-delta':
      return { delta: step.text ?? '', type: 'response.audio_transcript.delta', ...ids };
    case 'text-done':
      return { text, type: 'response.text.done', ...ids };
    case 'transcript-done':
      return { transcript: text, type: 'response.audio_transcript.done', ...ids };
    case 'audio-done':
      return { type: 'response.audio.done', ...ids };
    default:
      return { type: 'response.content_part.done', ...ids, part: { type: item.part, text } };
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
    };
  }
  return {
    type: 'response.function_call_arguments.done',
    ...ids,
    name: item.name,
    call_id: item.callId,
    arguments: item.producedText,
  };
}

/** A `response.audio.delta`: its text around the audio, and the audio (§4.19, Q22). */
export function audioDelta(
  response: ActiveResponse,
  item: Extract<OutputItem, { type: 'message' }>,
  step: ResponseStep,
  eventId: string,
): MessageAudio {
  const { fromSample = 0, toSample = fromSample } = step;
  const { speech } = item;
  const opensWav = response.format.container === 'wav' && response.firstAudioAtMs === undefined;
  const pcm = (scratch?: Int16Array) => {
    const fits = scratch !== undefined && scratch.length >= toSample - fromSample;
    return bytesFromPcm16(speech.read(fromSample, toSample, fits ? scratch : undefined));
  };
  const { sampleRateHz } = response.format;
  return {
    head: `{"event_id":"${eventId}","type":"response.audio.delta","response_id":"${response.id}","item_id":"${item.id}","output_index":${item.outputIndex},"content_index":0,"delta":"`,
    tail: '"}',
    read: opensWav ? () => joinBytes([wavHeader({ sampleRateHz, dataBytes: 'streaming' }), pcm()]) : pcm,
  };
}

/** The body of `response.created`. */
export function createdBody(response: ActiveResponse, context: StepContext): EventBody {
  return {
    type: 'response.created',
    response: responseObject(response, 'in_progress', [], context),
  };
}

/** The body of `response.done`. */
export function doneBody(response: ActiveResponse, context: StepContext): EventBody {
  const announced = response.items.slice(0, response.openedItems);
  const output = announced.map((item) => itemObject(item, item.status, finalContent(item)));
  return {
    type: 'response.done',
    response: {
      ...responseObject(response, response.end.status, output, context),
      ...statusDetails(response.end),
      usage: usageOf(response),
    },
  };
}

function responseObject(
  response: ActiveResponse,
  status: ResponseObject['status'],
  output: readonly Item[],
  context: StepContext,
): ResponseObject {
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

function statusDetails(end: ResponseEnd): { status_details?: StatusDetails } {
  if (end.status === 'completed') return {};
  if (end.status === 'failed') return { status_details: { type: 'failed', error: end.error } };
  return { status_details: { type: end.status, reason: end.reason } };
}

/** A call in any event, or a message with the content that this event shows. */
function itemObject(item: OutputItem, status: ItemStatus, content: readonly ContentPart[]): Item {
  const head = { id: item.id, object: 'realtime.item' } as const;
  if (item.type === 'message') return { ...head, type: 'message', status, role: 'assistant', content };
  const { callId, name, producedText } = item;
  return { ...head, type: 'function_call', status, call_id: callId, name, arguments: producedText };
}

/** The part of `response.output_item.done`, which differs from every other event: text is left out (§4.22). */
function doneContent(item: OutputItem, quirks: Quirks): ContentPart[] {
  if (item.type !== 'message') return [];
  return [
    item.part === 'text' ? { type: 'text' } : { type: 'audio', [quirks.audioItemKey]: item.producedText },
  ];
}

/** The part of `response.done` (§4.23). */
function finalContent(item: OutputItem): ContentPart[] {
  if (item.type !== 'message') return [];
  const words = item.producedText;
  return [item.part === 'text' ? { type: 'text', text: words } : { type: 'audio', transcript: words }];
}
