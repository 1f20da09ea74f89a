/**
 * What a recording is made of: everything that crossed one connection, in order, as facts that never change. The form
 * on disk is entry-lines.ts; here is only what an entry means.
 */

/** Who sent it. */
export type Side = 'client' | 'server';

/** A run of samples of a lane: what stands in place of a base64 string of PCM16. */
export interface PcmPart {
  readonly kind: 'pcm';
  /** The lane is the sender's: `client.wav` or `server.wav`. */
  readonly lane: Side;
  readonly offsetSamples: number;
  readonly lengthSamples: number;
}

/** An image of the recording, by the SHA-256 of its bytes as 64 hex digits. */
export interface ImagePart {
  readonly kind: 'image';
  readonly sha256: string;
}

/** Audio or an image that has no place in a recording yet: what a writer is given. */
export interface MediaPart {
  readonly kind: 'media';
  readonly media: 'pcm' | 'image';
  readonly bytes: Uint8Array;
}

/** A piece of a text message: text exactly as it was sent, or what stands for a base64 string inside it. */
export type StoredPart = string | PcmPart | ImagePart;
/** The same before it is stored. */
export type DraftPart = string | MediaPart;

interface EntryBase {
  /** Whole milliseconds since the upgrade request, never less than those of the entry before. */
  readonly atMs: number;
  readonly from: Side;
}

/** Headers in the order and the case they were sent in. */
export type RecordedHeaders = readonly (readonly [name: string, value: string])[];

/** The request that asks for a WebSocket. */
export interface UpgradeEntry extends EntryBase {
  readonly kind: 'upgrade';
  readonly method: string;
  /** Path and query as the server got them. */
  readonly target: string;
  readonly headers: RecordedHeaders;
}

/** The answer to the upgrade request: 101, or a refusal with its body. */
export interface AnswerEntry extends EntryBase {
  readonly kind: 'answer';
  readonly status: number;
  /** The text behind the status. */
  readonly reason: string;
  readonly headers: RecordedHeaders;
  /** The body of a refusal. */
  readonly body?: Uint8Array | undefined;
}

/** A text message. */
export interface TextEntry<Part> extends EntryBase {
  readonly kind: 'text';
  /** Joined, with base64 in place of media, they are the message exactly as it was sent. */
  readonly parts: readonly Part[];
  /** Payload bytes of each frame, for a message that came in more than one. */
  readonly frames?: readonly number[] | undefined;
}

/** A frame, or bytes that are none. */
export interface PayloadEntry extends EntryBase {
  /**
   * `binary` message, text message that is no UTF-8, control frame, or raw bytes: from the first that broke the
   * WebSocket protocol, or what had arrived of a frame when the connection ended.
   */
  readonly kind: 'binary' | 'invalid-text' | 'ping' | 'pong' | 'bytes';
  readonly payload: Uint8Array;
}

/** A close frame. */
export interface CloseEntry extends EntryBase {
  readonly kind: 'close';
  /** Undefined: a close frame without a code. */
  readonly code: number | undefined;
  /** However long it was. */
  readonly reason: string;
}

/** The end of one side's TCP stream. */
export interface EndEntry extends EntryBase {
  readonly kind: 'end';
  readonly how: 'fin' | 'reset';
}

/** Something that was not written, since it may hold a secret. */
export interface WithheldEntry extends EntryBase {
  readonly kind: 'withheld';
  /** What it would have been: the kind of the entry. */
  readonly what: string;
  /** The rule that hit. */
  readonly rule: string;
  readonly sizeBytes: number;
}

type EntryWith<Part> =
  | UpgradeEntry
  | AnswerEntry
  | TextEntry<Part>
  | PayloadEntry
  | CloseEntry
  | EndEntry
  | WithheldEntry;

/** One entry of a recording. */
export type RecordedEntry = EntryWith<StoredPart>;
/** One entry on its way into a recording. */
export type DraftEntry = EntryWith<DraftPart>;
