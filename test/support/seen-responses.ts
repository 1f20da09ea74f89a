/**
 * Reads what a test has seen: the events of one response, its text, its sound. Must never repair anything.
 */
import { pcm16FromBytes } from '../../src/media/index.js';
import type { SeenEvent } from './session-driver.js';

/** The types of events with runs of deltas written once, so that a transcript fits on a line or two. */
export function shapeOf(events: readonly SeenEvent[]): string[] {
  const shape: string[] = [];
  for (const { type } of events) {
    if (!type.endsWith('.delta') || shape.at(-1) !== type) shape.push(type);
  }
  return shape;
}

export function ofType(events: readonly SeenEvent[], type: string): SeenEvent[] {
  return events.filter((event) => event.type === type);
}

/** The one event of a type. */
export function only(events: readonly SeenEvent[], type: string): SeenEvent {
  const found = ofType(events, type);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(
      `${found.length} events of type ${type} in: ${events.map((event) => event.type).join(', ')}`,
    );
  }
  return found[0];
}

/** A value inside an event: `at(done, 'response.output.0.id')`. */
export function at(event: unknown, path: string): unknown {
  let value = event;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The pieces of all deltas of a type put together. */
export function joined(events: readonly SeenEvent[], type: string): string {
  return ofType(events, type)
    .map((event) => String(event['delta']))
    .join('');
}

/** The bytes of all `response.audio.delta`, put together. */
export function audioBytes(events: readonly SeenEvent[]): Uint8Array {
  return Buffer.concat(
    ofType(events, 'response.audio.delta').map((event) => Buffer.from(String(event['delta']), 'base64')),
  );
}

/** The sound of all `response.audio.delta`, as samples. */
export function audioSamples(events: readonly SeenEvent[]): Int16Array {
  return pcm16FromBytes(Uint8Array.from(audioBytes(events)));
}

/** The `error` objects among events, without envelope. */
export function errorsOf(events: readonly SeenEvent[]): unknown[] {
  return ofType(events, 'error').map((event) => event['error']);
}

/** The shapes of §5.0. */
const OPENING = [
  'response.output_item.added',
  'conversation.item.created',
  'response.content_part.added',
] as const;
const CLOSING = ['response.content_part.done', 'response.output_item.done'] as const;
export const TEXT_ITEM = [...OPENING, 'response.text.delta', 'response.text.done', ...CLOSING] as const;
export const CALL_ITEM = [
  'response.output_item.added',
  'conversation.item.created',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.output_item.done',
] as const;

/** The shape of a spoken item, however transcript and audio deltas are interleaved. */
export function spokenShape(events: readonly SeenEvent[]): string[] {
  const deltas = new Set(['response.audio_transcript.delta', 'response.audio.delta']);
  return events.map((event) => event.type).filter((type) => !deltas.has(type));
}
export const SPOKEN_ITEM = [
  ...OPENING,
  'response.audio_transcript.done',
  'response.audio.done',
  ...CLOSING,
] as const;

export function response(...items: (readonly string[])[]): string[] {
  return ['response.created', ...items.flat(), 'response.done'];
}
