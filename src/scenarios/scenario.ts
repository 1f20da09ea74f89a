/**
 * What a scenario is: plain data that changes what a session does, and says what it expects of the client. It must
 * stay free of functions, so that it can be written in a file.
 */
import type { ClientEventType, ErrorSlug, Quirks, ServerEventType, Usage } from '../protocol/index.js';
import type { DriveStep } from './drive-schema.js';
import type { Expectation } from './expect-schema.js';
import type { Fault } from './fault-schema.js';
import type { VerbatimStep } from './verbatim-schema.js';

/** How virtual time moves. `auto` is for tests, `media` for barge-in with streaming clients, `paced` for people. */
export type ClockPolicy = 'auto' | 'media' | 'paced';

/** A spoken or written part of a reply. */
export interface MessageReply {
  /** The words; empty text gives a message without deltas. */
  readonly text: string;
  /**
   * The voice for the words: the bytes of a WAV file (any rate, width and channel count), or PCM16 samples at
   * 16 kHz. Speech is synthesised from `text` when this is absent. Ignored in text-only responses.
   */
  readonly wav?: Uint8Array | Int16Array;
  /** The exact pieces the text arrives in; they must add up to `text`. Cut by words when absent. */
  readonly deltas?: readonly string[];
}

/** A tool call of a reply. */
export interface ToolCallReply {
  /** The tool's name. */
  readonly name: string;
  /** The arguments as the exact JSON text to send, or as a value to serialise. */
  readonly arguments: string | Readonly<Record<string, unknown>>;
  /** Whether one `function_call_arguments.delta` precedes the done. Default true. */
  readonly delta?: boolean;
}

/** One output item of a reply. */
export type ReplyItem = { readonly message: MessageReply } | { readonly toolCall: ToolCallReply };

/** How fast a reply arrives, in virtual milliseconds. */
export interface Delivery {
  /** From `response.created` to the first delta. Default 300. */
  readonly firstDeltaMs?: number;
  /** Length of the audio in one delta. Default 200. */
  readonly audioChunkMs?: number;
  /** Between two deltas of a text-only answer. Default 40. */
  readonly textDeltaMs?: number;
  /**
   * Time before the n-th delta of each message, counted from the delta before it (from the start of the item for the
   * first), in place of the above; deltas beyond the list keep their pace.
   */
  readonly gapsMs?: readonly number[];
}

/**
 * What the service answers to one `response.create` (or to one turn that voice activity ended). Without text, items,
 * tool calls or a failure the words are generated, and the rest applies to them.
 */
export interface Reply {
  /** Short for one message item. */
  readonly text?: string;
  /** The voice of `text`; see {@link MessageReply.wav}. */
  readonly wav?: Uint8Array | Int16Array;
  /** Short for tool call items, after the message if there is one. */
  readonly toolCalls?: readonly ToolCallReply[];
  /** All output items in order, for anything the short forms cannot say. */
  readonly items?: readonly ReplyItem[];
  /** Answer with this refusal of the catalogue and no response at all (section 6, for example `model-failure`). */
  readonly refusal?: ErrorSlug;
  /** End the response as failed, with this error inside `status_details`. */
  readonly failed?: { readonly code?: string; readonly message: string };
  /** End the response as incomplete for this reason, for example `content_filter`. */
  readonly incomplete?: string;
  /** How fast it arrives. */
  readonly delivery?: Delivery;
  /** Token counts to report instead of the computed ones. */
  readonly usage?: Usage;
}

/** What becomes of one user turn of audio. */
export interface UserTurn {
  /** What the user is taken to have said. Generated from seed and turn number when absent. */
  readonly transcript?: string;
  /** BCP 47 language of transcription deltas. Default `en`. */
  readonly language?: string;
  /** Emotion of transcription deltas. Default `neutral`. */
  readonly emotion?: 'surprised' | 'neutral' | 'happy' | 'sad' | 'disgusted' | 'angry' | 'fearful';
  /** Answer with `…transcription.failed` instead of a transcript. */
  readonly transcriptionFailed?: boolean;
  /** Semantic voice activity rejects the turn: as an error event, or as the reason of `speech_stopped`. */
  readonly rejected?: 'error' | 'turn_invalid';
}

/** Which part of the server a hold queues. */
export type HoldLane = 'response' | 'transcription' | 'all';

/**
 * Stops a lane after one exact event until the client (or the server) sends another or some time has passed, so that
 * a race strikes at the same place in every run.
 */
export interface Hold {
  readonly after: {
    /** The event of either side after which the lane stops. */
    readonly event: ServerEventType | ClientEventType;
    /** The n-th event of that type, from 1. Counted within `response` when that is given. Default 1. */
    readonly nth?: number;
    /** The n-th response of the session, from 1. Any when absent. */
    readonly response?: number;
  };
  /** What lets the lane go on, whichever comes first: an event of either side, or virtual milliseconds. */
  readonly until: { readonly event?: ClientEventType | ServerEventType; readonly ms?: number };
  /** Default `response`. */
  readonly lane?: HoldLane;
  /** Virtual milliseconds after which the hold fails loudly. Default `LIMITS.holdPatienceMs`. */
  readonly patienceMs?: number;
  /** Verification passes even if no session ever reached it. Default false, so that a typing error cannot pass. */
  readonly optional?: boolean;
}

/** A hold for a running session: without `after` it begins at once, without `until` it waits to be released. */
export type LiveHold = Partial<Pick<Hold, 'after' | 'until'>> &
  Pick<Hold, 'lane' | 'patienceMs' | 'optional'>;

/** A scripted session. Everything is optional: an empty scenario is the service's default behaviour. */
export interface Scenario {
  /** The version of the format; needed in files. */
  readonly version?: 1;
  /** One sentence for a newcomer. */
  readonly summary?: string;
  /** The heading it is listed under. */
  readonly group?: string;
  /** Ids of the page of defects that this scenario provokes. */
  readonly evidence?: readonly string[];
  /** The model it is written for: what a client gets that names none, and what `soundstage play` connects with. */
  readonly model?: string;
  /** Seed of ids and generated content. Default: the server's. */
  readonly seed?: number;
  /** Default: the server's. */
  readonly clock?: ClockPolicy;
  /** Behaviour switches that differ from the model family's defaults. */
  readonly quirks?: Partial<Quirks>;
  /** Answers in the order of the responses; generated ones follow when the list is used up. */
  readonly replies?: readonly Reply[];
  /** User turns of audio in order; generated ones follow. */
  readonly userTurns?: readonly UserTurn[];
  readonly holds?: readonly Hold[];
  /** What goes wrong, in order: of the faults that could strike at a message the first one decides. */
  readonly faults?: readonly Fault[];
  /** A fixed sequence of server events in place of the simulation. */
  readonly verbatim?: readonly VerbatimStep[];
  /** What the client must have sent, evaluated by `verify`. */
  readonly expect?: readonly Expectation[];
  /** After the last fault a clean turn must complete. */
  readonly probe?: boolean;
  /** What the reference client does when the scenario is played. Servers ignore it. */
  readonly drive?: readonly DriveStep[];
  /** Virtual milliseconds without a response before the service closes. Default 300 000. */
  readonly idleCloseMs?: number;
  /** Virtual milliseconds the session may last. Default 7 200 000. */
  readonly sessionDurationMs?: number;
}
