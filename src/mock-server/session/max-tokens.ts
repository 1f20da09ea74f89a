/**
 * The cut that `max_tokens` makes in an answer. A text token is four UTF-8 bytes, rounded up (§11.12).
 */

import { utf8Bytes } from '../../protocol/index.js';

const BYTES_PER_TOKEN = 4;

export interface TextCut {
  readonly text: string;
  readonly tokens: number;
  /** Whether anything was left out. */
  readonly cut: boolean;
}

/** The longest beginning of `text` that costs at most `maxTokens`, never splitting a character. */
export function cutText(text: string, maxTokens: number | undefined): TextCut {
  const budgetBytes =
    maxTokens === undefined ? Number.POSITIVE_INFINITY : Math.max(0, maxTokens) * BYTES_PER_TOKEN;
  let sizeBytes = 0;
  let end = 0;
  for (const character of text) {
    const size = utf8Bytes(character);
    if (sizeBytes + size > budgetBytes) break;
    sizeBytes += size;
    end += character.length;
  }
  return { text: text.slice(0, end), tokens: Math.ceil(sizeBytes / BYTES_PER_TOKEN), cut: end < text.length };
}
