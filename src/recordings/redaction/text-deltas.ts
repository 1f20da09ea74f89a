/**
 * Which messages of the server carry a piece of a longer text, which text that is, and what ends it. Must never look at
 * sound.
 */
import { parseJsonObject } from '../../protocol/json-object.js';
import type { DraftEntry, DraftPart, TextEntry } from '../entries.js';
import { findStringValue, type StringPlace } from '../string-places.js';
import { previewText } from './preview-text.js';

/** A piece of a text. */
export interface TextDelta {
  readonly stream: string;
  readonly value: string;
  /** Where the piece stands in the message, without quotes and with its escapes. */
  readonly place: StringPlace;
}

/** What a message means for the texts that are under way. */
export type DeltaMeaning =
  | { readonly kind: 'delta'; readonly delta: TextDelta }
  | { readonly kind: 'ends'; readonly stream: string }
  | { readonly kind: 'ends-all' };

const IDS = ['response_id', 'item_id', 'call_id', 'output_index', 'content_index', 'summary_index'] as const;
const DELTA_TYPE = /"[a-z_.]+\.delta"/;
const END_TYPE = /"[a-z_.]+\.(?:done|completed|failed|finished)"/;
const ENDS_ALL: readonly unknown[] = ['response.done', 'session.finished'];

/** Undefined for the many messages that have nothing to do with it. */
export function deltaMeaning(entry: DraftEntry): DeltaMeaning | undefined {
  if (entry.kind === 'close' || entry.kind === 'end') return { kind: 'ends-all' };
  if (entry.kind !== 'text' || entry.from !== 'server') return undefined;
  const text = plainText(entry);
  if (text === undefined) return undefined;
  const isDelta = DELTA_TYPE.test(text);
  if (!isDelta && !END_TYPE.test(text)) return undefined;
  const event = parseJsonObject(text);
  const type = event?.['type'];
  if (event === undefined || typeof type !== 'string') return undefined;
  if (ENDS_ALL.includes(type)) return { kind: 'ends-all' };
  const stream = [type.slice(0, type.lastIndexOf('.')), ...IDS.map((id) => String(event[id]))].join('\0');
  if (!type.endsWith('.delta')) return { kind: 'ends', stream };
  // A preview replaces the one before it: what it says is not a piece of anything.
  if (previewText(text) !== undefined) return undefined;
  for (const key of ['delta', 'text']) {
    const value = event[key];
    const place = typeof value === 'string' ? findStringValue(text, key) : undefined;
    if (typeof value === 'string' && place !== undefined)
      return { kind: 'delta', delta: { stream, value, place } };
  }
  return undefined;
}

/** The text of a message without media. */
export function plainText({ parts }: TextEntry<DraftPart>): string | undefined {
  const [text] = parts;
  return parts.length === 1 && typeof text === 'string' ? text : undefined;
}
