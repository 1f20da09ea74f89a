/**
 * The check that each image gets on arrival: is it a whole JPEG, and how large is the picture. Looks at the
 * markers only, so it is cheap; must never decode.
 */
import { type JpegProblem, readJpegLayout } from './jpeg-layout.js';

/** The verdict of the marker walk. */
export type JpegInspection =
  | { readonly ok: true; readonly widthPx: number; readonly heightPx: number }
  | { readonly ok: false; readonly reason: JpegProblem };

/**
 * Walks the markers of a JPEG: SOI, segments of the stated lengths, one frame with non-zero sides, at least one
 * scan, EOI. Takes linear time whatever the bytes. Bytes after EOI are ignored, as decoders do.
 */
export function inspectJpeg(bytes: Uint8Array): JpegInspection {
  const layout = readJpegLayout(bytes);
  if (typeof layout === 'string') return { ok: false, reason: layout };
  return { ok: true, widthPx: layout.widthPx, heightPx: layout.heightPx };
}
