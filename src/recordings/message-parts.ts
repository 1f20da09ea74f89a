/**
 * A text message in pieces around the one string of audio or image it may carry, so that the bulk of a session is sound
 * one can play and the rest is text one can read. Joined again it is the same message, byte for byte, whatever
 * serialiser wrote it. Must never normalise anything.
 */
import { decodeBase64, encodeBase64 } from '../media/index.js';
import { parseJsonObject } from '../protocol/json-object.js';
import type { DraftPart, MediaPart, Side } from './entries.js';
import { findStringValue } from './string-places.js';

/** Which key of which event carries what. */
const MEDIA_KEYS: readonly {
  readonly type: string;
  readonly key: string;
  readonly side: Side;
  readonly media: MediaPart['media'];
}[] = [
  { type: 'input_audio_buffer.append', key: 'audio', side: 'client', media: 'pcm' },
  { type: 'response.audio.delta', key: 'delta', side: 'server', media: 'pcm' },
  { type: 'input_image_buffer.append', key: 'image', side: 'client', media: 'image' },
];

const JPEG_START = [0xff, 0xd8] as const;

/** How a message is taken apart. */
export interface SplitOptions {
  readonly side: Side;
  /** Whether the audio of this side is PCM16: anything else stays in the text. */
  readonly isPcm: boolean;
}

/**
 * Takes a message apart. Audio stays in the text when its base64 would not come out the same again, when its bytes are
 * odd in number or when it is no PCM; an image, when it does not begin like a JPEG.
 */
export function splitMessage(text: string, { side, isPcm }: SplitOptions): DraftPart[] {
  for (const { type, key, side: sender, media } of MEDIA_KEYS) {
    if (sender !== side || (media === 'pcm' && !isPcm) || !text.includes(`"${key}"`)) continue;
    const place = findStringValue(text, key);
    if (place === undefined || place.start === place.end) continue;
    const [head, tail] = [text.slice(0, place.start), text.slice(place.end)];
    if (parseJsonObject(head + tail)?.['type'] !== type) continue;
    const bytes = decodeBase64(text.slice(place.start, place.end));
    if (bytes === undefined || !isStorable(bytes, media)) continue;
    return [head, { kind: 'media', media, bytes }, tail];
  }
  return [text];
}

/** The whole message. `bytesOf` gives the bytes of what is no text. */
export function joinMessage<Part extends object>(
  parts: readonly (string | Part)[],
  bytesOf: (part: Part) => Uint8Array,
): string {
  return parts.map((part) => (typeof part === 'string' ? part : encodeBase64(bytesOf(part)))).join('');
}

/** The whole message of a draft. */
export function draftText(parts: readonly DraftPart[]): string {
  return joinMessage(parts, (part: MediaPart) => part.bytes);
}

function isStorable(bytes: Uint8Array, media: MediaPart['media']): boolean {
  if (media === 'pcm') return bytes.length % 2 === 0;
  return bytes[0] === JPEG_START[0] && bytes[1] === JPEG_START[1];
}
