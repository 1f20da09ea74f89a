/**
 * The marker walk over a JPEG (ITU-T T.81 annex B): sizes, scans and restart intervals without decoding a
 * single coefficient. One pass, linear in the bytes; must never allocate by what a header says.
 */

/** One scan: which part of the picture its entropy-coded bytes hold. */
interface JpegScan {
  readonly componentCount: number;
  /** Units between two restart markers; 0 for none. */
  readonly restartInterval: number;
}

/** What the markers say. */
export interface JpegLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly componentCount: number;
  readonly scans: readonly JpegScan[];
}

/**
 * Why the bytes are no usable JPEG: another kind of file; cut off; without a frame of a kind that decoders
 * know (or without a scan of it); or with markers that contradict each other.
 */
export type JpegProblem = 'not-jpeg' | 'truncated' | 'no-frame' | 'corrupt';

const MARKER = {
  TEM: 0x01,
  SOF0: 0xc0,
  SOF3: 0xc3,
  DHT: 0xc4,
  JPG: 0xc8,
  DAC: 0xcc,
  SOF15: 0xcf,
  RST0: 0xd0,
  RST7: 0xd7,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DRI: 0xdd,
} as const;
const MARKER_PREFIX = 0xff;

/** The walk so far. */
interface Walk {
  readonly bytes: Uint8Array;
  offset: number;
  restartInterval: number;
  frame: { widthPx: number; heightPx: number; componentCount: number } | undefined;
  readonly scans: JpegScan[];
}

/** Walks the markers from SOI to EOI; bytes after EOI do not matter. */
export function readJpegLayout(bytes: Uint8Array): JpegLayout | JpegProblem {
  if (
    bytes[0] !== MARKER_PREFIX ||
    bytes[1] !== MARKER.SOI ||
    (bytes[2] ?? MARKER_PREFIX) !== MARKER_PREFIX
  ) {
    return 'not-jpeg';
  }
  const walk: Walk = { bytes, offset: 2, restartInterval: 0, frame: undefined, scans: [] };
  for (;;) {
    const marker = nextMarker(walk);
    if (typeof marker === 'string') return marker;
    if (marker === MARKER.EOI) break;
    const problem = readMarker(walk, marker);
    if (problem !== undefined) return problem;
  }
  if (walk.frame === undefined || walk.scans.length === 0) return 'no-frame';
  return { ...walk.frame, scans: walk.scans };
}

/** The marker at the offset, after any fill bytes. */
function nextMarker(walk: Walk): number | JpegProblem {
  const { bytes } = walk;
  if (walk.offset >= bytes.length) return 'truncated';
  if (bytes[walk.offset] !== MARKER_PREFIX) return 'corrupt';
  while (bytes[walk.offset] === MARKER_PREFIX) walk.offset += 1;
  const marker = bytes[walk.offset];
  if (marker === undefined) return 'truncated';
  walk.offset += 1;
  return marker === 0 ? 'corrupt' : marker;
}

/** Handles one marker with its segment; the offset then stands on the next marker. */
function readMarker(walk: Walk, marker: number): JpegProblem | undefined {
  if (marker === MARKER.TEM) return undefined;
  if (marker === MARKER.SOI || (marker >= MARKER.RST0 && marker <= MARKER.RST7)) return 'corrupt';
  const { bytes, offset } = walk;
  if (offset + 2 > bytes.length) return 'truncated';
  const sizeBytes = readUint16(bytes, offset);
  if (sizeBytes < 2) return 'corrupt';
  if (offset + sizeBytes > bytes.length) return 'truncated';
  const segment = bytes.subarray(offset + 2, offset + sizeBytes);
  walk.offset = offset + sizeBytes;
  if (isFrameMarker(marker)) return readFrame(walk, marker, segment);
  if (marker === MARKER.SOS) return readScan(walk, segment);
  if (marker === MARKER.DRI) {
    if (segment.length !== 2) return 'corrupt';
    walk.restartInterval = readUint16(segment, 0);
  }
  return undefined;
}

function isFrameMarker(marker: number): boolean {
  const inRange = marker >= MARKER.SOF0 && marker <= MARKER.SOF15;
  return inRange && marker !== MARKER.DHT && marker !== MARKER.JPG && marker !== MARKER.DAC;
}

function readFrame(walk: Walk, marker: number, segment: Uint8Array): JpegProblem | undefined {
  if (marker > MARKER.SOF3) return 'no-frame';
  if (walk.frame !== undefined || segment.length < 6) return 'corrupt';
  const heightPx = readUint16(segment, 1);
  const widthPx = readUint16(segment, 3);
  const componentCount = segment[5] ?? 0;
  const isConsistent =
    segment.length === 6 + 3 * componentCount && componentCount >= 1 && componentCount <= 4;
  if (!isConsistent || widthPx === 0 || heightPx === 0) return 'corrupt';
  for (let index = 0; index < componentCount; index += 1) {
    const sampling = segment[7 + 3 * index] ?? 0;
    if (!isSamplingFactor(sampling >> 4) || !isSamplingFactor(sampling & 15)) return 'corrupt';
  }
  walk.frame = { widthPx, heightPx, componentCount };
  return undefined;
}

function isSamplingFactor(factor: number): boolean {
  return factor >= 1 && factor <= 4;
}

/** Reads a scan's header and skips its entropy-coded bytes. */
function readScan(walk: Walk, segment: Uint8Array): JpegProblem | undefined {
  const componentCount = segment[0] ?? 0;
  if (walk.frame === undefined) return 'no-frame';
  if (componentCount < 1 || componentCount > walk.frame.componentCount) return 'corrupt';
  if (segment.length !== 4 + 2 * componentCount) return 'corrupt';
  walk.scans.push({ componentCount, restartInterval: walk.restartInterval });
  return skipEntropyCodedBytes(walk);
}

/** Moves to the first marker that ends the scan: stuffed zeros, restarts and fill bytes belong to it. */
function skipEntropyCodedBytes(walk: Walk): JpegProblem | undefined {
  const { bytes } = walk;
  const start = walk.offset;
  let offset = start;
  for (;;) {
    offset = bytes.indexOf(MARKER_PREFIX, offset);
    if (offset === -1) return 'truncated';
    const next = bytes[offset + 1];
    if (next === undefined) return 'truncated';
    if (next === MARKER_PREFIX) offset += 1;
    else if (next === 0 || (next >= MARKER.RST0 && next <= MARKER.RST7)) offset += 2;
    else break;
  }
  walk.offset = offset;
  return offset === start ? 'corrupt' : undefined;
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}
