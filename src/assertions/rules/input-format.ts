/**
 * The format of the client's audio at any point of a connection, as the session says it. Must never guess from the
 * bytes.
 */
import { decodeBase64 } from '../../media/index.js';
import { readPath } from '../../scenarios/index.js';
import type { WireMessage } from '../wire-session.js';

/** How the client's audio is to be read. */
export interface InputFormat {
  readonly sampleRateHz: number;
  /** Bytes of one moment on all channels. */
  readonly frameBytes: number;
  /** Bare samples; else a file format with bytes of its own. */
  readonly isBare: boolean;
}

const SAMPLE_BYTES = 2;

/** What the service reads unless the session says otherwise: PCM16, 16 kHz, one channel. */
export const DEFAULT_INPUT: InputFormat = { sampleRateHz: 16_000, frameBytes: SAMPLE_BYTES, isBare: true };

/** The format from this message on: `session.created` and `session.updated` say it where it is not the default. */
export function formatAfter(message: WireMessage, before: InputFormat): InputFormat {
  if (message.from !== 'server') return before;
  if (message.type !== 'session.created' && message.type !== 'session.updated') return before;
  const format = readPath(message.event, 'session.audio.input.format');
  return {
    sampleRateHz: positive(readPath(format, 'sample_rate')) ?? DEFAULT_INPUT.sampleRateHz,
    frameBytes: SAMPLE_BYTES * (positive(readPath(format, 'channels')) ?? 1),
    isBare: (readPath(format, 'type') ?? 'pcm') === 'pcm',
  };
}

/** Bytes of one append; undefined when its audio is no strict base64. */
export function appendBytes({ event }: WireMessage): number | undefined {
  const audio = readPath(event, 'audio');
  return typeof audio === 'string' ? decodeBase64(audio)?.length : undefined;
}

function positive(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}
