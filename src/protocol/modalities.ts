/**
 * Which modalities a session or a response may have: text, or text and audio in either order (ERR1, ERR41).
 * It must never decide what follows from them.
 */
import { pythonList } from './describe-value.js';
import type { Modality } from './items.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';

/** The modalities in the order they were sent; undefined when the combination is not supported. */
export function readModalities(value: unknown): readonly Modality[] | undefined {
  if (!Array.isArray(value) || !value.includes('text')) return undefined;
  if (value.length === 1) return ['text'];
  if (value.length !== 2 || !value.includes('audio')) return undefined;
  return value[0] === 'text' ? ['text', 'audio'] : ['audio', 'text'];
}

/** What `response.modalities` comes to. Null and absent mean the session's. */
export type ResponseModalities =
  | { readonly ok: true; readonly modalities: readonly Modality[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads `response.modalities` of a `response.create` (ERR41). */
export function readResponseModalities(value: unknown, ofSession: readonly Modality[]): ResponseModalities {
  if (value === undefined || value === null) return { ok: true, modalities: ofSession };
  const modalities = readModalities(value);
  return modalities === undefined
    ? { ok: false, refusal: refuse('bad-response-modalities', { value: pythonList(value) }) }
    : { ok: true, modalities };
}
