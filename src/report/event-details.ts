/**
 * What a reader wants to know of one event beside its type: a table from type to a few words. A type that is not
 * in the table has nothing to say. Must never throw, whatever the message holds.
 */
import type { JsonObject } from '../protocol/json-object.js';
import { at, base64Bytes, numberAt, textAt } from './wire-reading.js';

type Describe = (event: JsonObject) => string;

const DETAILS: ReadonlyMap<string, Describe> = new Map(
  Object.entries<Describe>({
    'session.update': (event) => list(settingsOf(at(event, 'session'))),
    'session.created': (event) => textAt(event, 'session', 'model'),
    'session.updated': (event) =>
      list([`voice ${textAt(event, 'session', 'voice')}`, turnTaking(at(event, 'session'))]),
    'input_image_buffer.append': (event) => `image ${kilobytes(base64Bytes(textAt(event, 'image')))}`,
    'input_audio_buffer.speech_started': (event) => `at ${seconds(numberAt(event, 'audio_start_ms'))}`,
    'input_audio_buffer.speech_stopped': (event) =>
      list([`at ${seconds(numberAt(event, 'audio_end_ms'))}`, textAt(event, 'reason')]),
    'conversation.item.create': (event) => describeItem(at(event, 'item')),
    'conversation.item.created': (event) => describeItem(at(event, 'item')),
    'conversation.item.input_audio_transcription.completed': (event) => quoted(textAt(event, 'transcript')),
    'conversation.item.input_audio_transcription.failed': (event) => textAt(event, 'error', 'message'),
    'response.create': (event) => quoted(textAt(event, 'response', 'instructions')),
    'response.function_call_arguments.done': (event) => textAt(event, 'arguments').trim(),
    'response.output_item.added': (event) => describeItem(at(event, 'item')),
    'response.output_item.done': (event) => textAt(event, 'item', 'status'),
    'response.done': describeDone,
    error: describeError,
  }),
);

/** A few words on an event; empty when its type says it all. */
export function eventDetails(event: JsonObject): string {
  const describe = DETAILS.get(textAt(event, 'type'));
  return describe === undefined ? '' : describe(event);
}

/** Seconds with three places, for a number of milliseconds. */
export function seconds(ms: number | undefined): string {
  return ms === undefined ? '? s' : `${(ms / 1000).toFixed(2)} s`;
}

/** Text in typographic quotes; nothing when it is empty. */
export function quoted(text: string): string {
  return text === '' ? '' : `“${text}”`;
}

function describeItem(item: unknown): string {
  const type = textAt(item, 'type');
  if (type === 'function_call') return `call ${textAt(item, 'name')}`;
  if (type === 'function_call_output') return `output ${textAt(item, 'output')}`;
  if (type !== 'message') return type;
  const written = textAt(item, 'content', 0, 'text');
  const part = textAt(item, 'content', 0, 'type');
  return list([textAt(item, 'role'), written === '' ? part.replace('input_', '') : quoted(written)]);
}

function describeDone(event: JsonObject): string {
  const response = at(event, 'response');
  const reason = textAt(response, 'status_details', 'reason');
  const tokens = numberAt(response, 'usage', 'total_tokens');
  return list([textAt(response, 'status'), reason, tokens === undefined ? '' : `${tokens} tokens`]);
}

function describeError(event: JsonObject): string {
  return list([
    textAt(event, 'error', 'code') || textAt(event, 'error', 'type'),
    textAt(event, 'error', 'message'),
  ]);
}

function settingsOf(session: unknown): string[] {
  const modalities = at(session, 'modalities');
  const tools = at(session, 'tools');
  return [
    Array.isArray(modalities) ? modalities.join(' + ') : '',
    turnTaking(session),
    Array.isArray(tools) ? `tools ${tools.map(toolName).join(', ')}` : '',
  ];
}

function toolName(tool: unknown): string {
  return textAt(tool, 'function', 'name') || textAt(tool, 'name') || textAt(tool, 'server_label');
}

function turnTaking(session: unknown): string {
  return textAt(session, 'turn_detection', 'type') || 'manual turns';
}

function kilobytes(sizeBytes: number): string {
  return `${(sizeBytes / 1000).toFixed(1)} kB`;
}

function list(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
