/**
 * Images from the client (§3.5): checked on arrival by their markers, kept until the turn is committed, decoded
 * only then.
 */
import { decodeBase64, inspectJpeg } from '../../media/index.js';
import { type Refusal, refuse } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { emitRefusal } from './emit.js';
import type { PendingImage, SessionState } from './state.js';

/** Takes one `input_image_buffer.append`; a refused frame is dropped and the buffer stays as it is. */
export function appendImage(state: SessionState, image: string, clientEventId: string | undefined): void {
  const outcome = readImage(state, image);
  if ('refusal' in outcome) {
    emitRefusal(state, outcome.refusal, clientEventId);
    return;
  }
  if (state.input.images.length >= LIMITS.pendingImages) state.input.images.shift();
  state.input.images.push(outcome);
}

/** The checks in order: audio first, size, base64, JPEG, dimensions. */
function readImage(state: SessionState, image: string): PendingImage | { readonly refusal: Refusal } {
  if (state.input.sizeBytes === 0) return { refusal: refuse('image-before-audio') };
  const encoded = state.quirks.imageLimit === 'base64-256k';
  if (encoded && image.length > LIMITS.imageBase64Chars) {
    return {
      refusal: refuse('image-too-large', { limit: `${LIMITS.imageBase64Chars} bytes after base64 encoding` }),
    };
  }
  const bytes = decodeBase64(image);
  if (bytes === undefined) return { refusal: refuse('invalid-base64', { name: 'image' }) };
  if (!encoded && bytes.length > LIMITS.imageRawBytes) {
    return {
      refusal: refuse('image-too-large', { limit: `${LIMITS.imageRawBytes} bytes before base64 encoding` }),
    };
  }
  const inspection = inspectJpeg(bytes);
  if (!inspection.ok) {
    return { refusal: refuse(inspection.reason === 'not-jpeg' ? 'image-not-jpeg' : 'image-broken') };
  }
  const { widthPx, heightPx } = inspection;
  const tooLarge =
    Math.max(widthPx, heightPx) > LIMITS.imageLongSidePx ||
    Math.min(widthPx, heightPx) > LIMITS.imageShortSidePx;
  return tooLarge
    ? { refusal: refuse('image-dimensions', { widthPx, heightPx }) }
    : { bytes, widthPx, heightPx };
}
