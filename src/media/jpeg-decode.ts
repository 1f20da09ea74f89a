/**
 * The full check of an image: every coefficient is decoded by `jpeg-js`, and verdicts are remembered by hash.
 * Slow (milliseconds), so keep it off the hot path; must never start on a picture that could exhaust memory.
 */
import { decode } from 'jpeg-js';
import { LIMITS } from '../protocol/limits.js';
import { type JpegLayout, type JpegProblem, readJpegLayout } from './jpeg-layout.js';
import { sha256Hex } from './sha256.js';

/** The verdict of a full decode. */
export type JpegVerdict =
  | { readonly ok: true; readonly widthPx: number; readonly heightPx: number }
  | { readonly ok: false; readonly reason: JpegProblem | 'undecodable' };

/** Decodes images and remembers the verdicts. */
export interface JpegVerifier {
  /** As `decodeJpeg`; the second look at the same bytes costs one SHA-256. */
  verify(bytes: Uint8Array): JpegVerdict;
}

const UNDECODABLE: JpegVerdict = { ok: false, reason: 'undecodable' };

/**
 * Decodes a JPEG to see whether it can be. Pictures of more than `LIMITS.jpegDecodeMegapixels`, of more than
 * `LIMITS.jpegScans` scans or in need of more than `LIMITS.jpegDecodeMemoryMiB` count as undecodable. Takes
 * baseline, extended and progressive frames; lossless ones (SOF3) are walked but not decodable.
 */
export function decodeJpeg(bytes: Uint8Array): JpegVerdict {
  const layout = readJpegLayout(bytes);
  if (typeof layout === 'string') return { ok: false, reason: layout };
  const { widthPx, heightPx } = layout;
  const isOversize = widthPx * heightPx > LIMITS.jpegDecodeMegapixels * 1_000_000;
  if (isOversize || layout.scans.length > LIMITS.jpegScans) return UNDECODABLE;
  if (hasUnreadableRestarts(layout)) return { ok: true, widthPx, heightPx };
  try {
    const image = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: LIMITS.jpegDecodeMegapixels,
      maxMemoryUsageInMB: LIMITS.jpegDecodeMemoryMiB,
    });
    return image.width === widthPx && image.height === heightPx
      ? { ok: true, widthPx, heightPx }
      : UNDECODABLE;
  } catch {
    return UNDECODABLE;
  }
}

/** Opens a verifier that remembers the verdicts on the last `cacheSize` different images. */
export function createJpegVerifier(options: { readonly cacheSize: number }): JpegVerifier {
  const verdicts = new Map<string, JpegVerdict>();
  return {
    verify: (bytes) => {
      const digest = sha256Hex(bytes);
      const verdict = verdicts.get(digest) ?? decodeJpeg(bytes);
      verdicts.delete(digest);
      verdicts.set(digest, verdict);
      for (const oldest of verdicts.keys()) {
        if (verdicts.size <= options.cacheSize) break;
        verdicts.delete(oldest);
      }
      return verdict;
    },
  };
}

/**
 * `jpeg-js` runs over the end of a scan of one component whose last restart interval is not full, though such
 * files are legal (a progressive picture with restarts). It would refuse good images, so these are taken at the
 * word of their markers.
 */
function hasUnreadableRestarts(layout: JpegLayout): boolean {
  return layout.scans.some(
    ({ componentCount, restartInterval }) => componentCount === 1 && restartInterval > 0,
  );
}
