/**
 * A response in the making: the steps it consists of and what it has produced. Data only.
 */
import type { Speech } from '../../media/index.js';
import type { FamilyId, Modality } from '../../protocol/index.js';
import type { Reply } from '../../scenarios/index.js';

/** What asks for a response: the client, the end of a voice turn, or silence after playback. */
export interface ResponseRequest {
  readonly cause: 'client' | 'voice' | 'silence';
  /** Instructions for this response only; undefined means the session's. */
  readonly instructions?: string | undefined;
  /** Modalities for this response only; undefined means the session's. */
  readonly modalities?: readonly Modality[] | undefined;
  /** The id of the client event that asked, if it had one. */
  readonly clientEventId?: string | undefined;
}

/** The output format of a response, frozen when it starts. */
export interface SpeechFormat {
  readonly label: string;
  readonly container: 'pcm' | 'wav';
  readonly sampleRateHz: number;
}

/** One output item of a response and what it has produced so far. */
export type OutputItem =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly outputIndex: number;
      readonly part: 'text' | 'audio';
      /** What it says in full, after any cut by `max_tokens`. */
      readonly text: string;
      /** The voice of `text`; empty when there is none. */
      readonly speech: Speech;
      producedText: string;
      producedSamples: number;
      status: 'in_progress' | 'completed' | 'incomplete';
    }
  | {
      readonly type: 'function_call';
      readonly id: string;
      readonly outputIndex: number;
      readonly callId: string;
      readonly name: string;
      readonly text: string;
      producedText: string;
      status: 'in_progress' | 'completed' | 'incomplete';
    };

/** What one step of a response sends: exactly one server event. */
export type StepKind =
  | 'created'
  | 'item-added'
  | 'item-created'
  | 'part-added'
  | 'text-delta'
  | 'transcript-delta'
  | 'audio-delta'
  | 'arguments-delta'
  | 'text-done'
  | 'transcript-done'
  | 'audio-done'
  | 'arguments-done'
  | 'part-done'
  | 'item-done'
  | 'done';

/** One server event of a response and when it is due. */
export interface ResponseStep {
  readonly kind: StepKind;
  /** Virtual milliseconds since the response was created. */
  readonly offsetMs: number;
  /** Index into the response's items; -1 for `created` and `done`. */
  readonly item: number;
  /** The piece of text of a delta. */
  readonly text?: string;
  /** The first sample of an audio delta, and the one after its last. */
  readonly fromSample?: number;
  readonly toSample?: number;
}

/** How a response ends unless something happens to it. */
export type ResponseEnd =
  | { readonly status: 'completed' }
  | { readonly status: 'cancelled'; readonly reason: 'client_cancelled' | 'turn_detected' }
  | { readonly status: 'incomplete'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: { readonly code?: string; readonly message: string } };

/** The response the service is giving. */
export interface ActiveResponse {
  readonly id: string;
  /** The n-th response of the session, from 1. */
  readonly number: number;
  readonly request: ResponseRequest;
  readonly reply: Reply;
  readonly modalities: readonly Modality[];
  readonly voice: string;
  readonly format: SpeechFormat;
  readonly items: readonly OutputItem[];
  readonly inputTokens: Readonly<InputTokens>;
  steps: readonly ResponseStep[];
  /** Index of the next step. */
  next: number;
  /** How many items have been announced. */
  openedItems: number;
  readonly family: FamilyId;
  end: ResponseEnd;
  /** Virtual time of the first audio delta. */
  firstAudioAtMs: number | undefined;
  /** Whether a tool call's arguments are complete, which the quirk `createDuringToolCall` asks about. */
  callAnnounced: boolean;
}

/** Tokens a response reads, by kind. */
export interface InputTokens {
  textTokens: number;
  audioTokens: number;
  imageTokens: number;
}
