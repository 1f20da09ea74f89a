/**
 * The preview of a transcription, one text in two keys: `text`, which stands, and `stash`, which may still change
 * (protocol reference, section 4.10). Each preview replaces the one before, so there is nothing to wait for: one that may
 * show part of a secret is not written. Must never change a message.
 */
import { parseJsonObject } from '../../protocol/json-object.js';
import type { TextRedactor } from './text-redactor.js';

/** As little of a secret at the end of a preview says nothing yet. */
const SHOWN_CHARS = 7;

/** Whether a message is a preview, and its text. */
export function previewText(message: string): { readonly text: string; readonly stash: string } | undefined {
  if (!message.includes('"stash"')) return undefined;
  const { text, stash } = parseJsonObject(message) ?? {};
  return typeof text === 'string' && typeof stash === 'string' ? { text, stash } : undefined;
}

/** The rule for which a preview must not be written: a secret across both keys, or the beginning of one at the end. */
export function hiddenInPreview(message: string, texts: TextRedactor): string | undefined {
  const preview = previewText(message);
  if (preview === undefined) return undefined;
  const whole = preview.text + preview.stash;
  const seam = preview.text.length;
  const across = texts.hitsIn(whole).find(({ start, end }) => start < seam && end > seam);
  if (across !== undefined) return across.rule;
  return texts.search.begunChars(whole) > SHOWN_CHARS ? 'secret-beginning' : undefined;
}
