/**
 * What text, audio and images cost in tokens (sections 1.7 and 11.12). Whole numbers only; it must never
 * decide what counts as input.
 */

import { MODEL_FAMILIES } from './families.js';
import type { FamilyId } from './model-family.js';

const BYTES_PER_TEXT_TOKEN = 4;
const LEAST_IMAGE_TOKENS = 4;
const MOST_IMAGE_TOKENS = 1_280;

/** Tokens of a text: its UTF-8 bytes divided by four, rounded up. Allocates nothing. */
export function textTokens(text: string): number {
  return Math.ceil(utf8Bytes(text) / BYTES_PER_TEXT_TOKEN);
}

/** UTF-8 bytes of a text; a lone surrogate counts as the replacement character it becomes. */
export function utf8Bytes(text: string): number {
  let sizeBytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) sizeBytes += 1;
    else if (unit < 0x800) sizeBytes += 2;
    else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(index + 1))) {
      sizeBytes += 4;
      index += 1;
    } else sizeBytes += 3;
  }
  return sizeBytes;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * Tokens of audio, rounded up. No audio costs nothing.
 *
 * @param durationMs milliseconds of audio, fractions included
 * @param direction input has a rate and a least duration of its own on TURBO
 * @param channels more than one doubles the cost
 */
export function audioTokens(
  durationMs: number,
  family: FamilyId,
  direction: 'input' | 'output',
  channels = 1,
): number {
  if (durationMs <= 0) return 0;
  const { audioInTokensPerSecond, audioInMinimumMs, audioOutTokensPerSecond } = MODEL_FAMILIES[family].tokens;
  const isInput = direction === 'input';
  const billedMs = isInput ? Math.max(durationMs, audioInMinimumMs) : durationMs;
  const tokensPerSecond = isInput ? audioInTokensPerSecond : audioOutTokensPerSecond;
  const tokens = Math.ceil((billedMs * tokensPerSecond) / 1_000);
  return channels > 1 ? tokens * 2 : tokens;
}

/** Tokens of one image: one per square of the family's factor, each side rounded to it, within [4, 1280]. */
export function imageTokens(widthPx: number, heightPx: number, family: FamilyId): number {
  const factorPx = MODEL_FAMILIES[family].tokens.imageFactorPx;
  const squares = Math.round(widthPx / factorPx) * Math.round(heightPx / factorPx);
  return Math.min(MOST_IMAGE_TOKENS, Math.max(LEAST_IMAGE_TOKENS, squares));
}
