/**
 * Everything a session remembers. Owned by `step`, which changes it in place; nobody else writes to it.
 */
import type { VoiceDetector } from '../../media/index.js';
import {
  findModel,
  initialSettings,
  MODEL_FAMILIES,
  type ModelFamily,
  makeId,
  openRandomStream,
  type Quirks,
  type RandomStream,
  resolveQuirks,
  type SessionSettings,
} from '../../protocol/index.js';
import type { UserTurn } from '../../scenarios/index.js';
import { type Conversation, createConversation } from './conversation.js';
import { createFaults, type Faults } from './faults.js';
import { createHolds, type Holds } from './holds.js';
import { createReplay, type Replay } from './replay.js';
import type { ActiveResponse, ResponseRequest } from './response-types.js';
import { createTimerQueue, type TimerQueue } from './timers.js';
import type { SessionOperation, SessionOptions, WireOperation } from './types.js';
import { createVerbatim, type Verbatim } from './verbatim.js';

/** The family whose session object an unknown model is shown before it is refused. */
const UNKNOWN_MODEL_STANDS_FOR = 'qwen3.5-omni-flash-realtime';

/** A user turn that voice activity has opened and not ended. */
export interface OpenUtterance {
  readonly itemId: string;
  /** Start of the user's audio including padding, in samples since the session's first. */
  readonly startSample: number;
  readonly turn: PlannedUserTurn;
  /** Where the next transcription delta is due, in samples since the session's first. */
  nextDeltaSample: number;
  deltasSent: number;
}

/** What a user turn says, settled when it begins. */
export interface PlannedUserTurn {
  readonly script: UserTurn;
  readonly transcript: string;
}

/** A user item whose transcription has not been sent. */
export interface PendingTranscription {
  readonly itemId: string;
  readonly turn: PlannedUserTurn;
  /** The user turn it belongs to, from 1. */
  readonly turnNumber: number;
  /** When a timer sends it; undefined while it waits for a response event (quirk `transcriptionOrder`). */
  readonly dueMs: number | undefined;
}

/** A JPEG waiting for its turn. */
export interface PendingImage {
  readonly bytes: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The uncommitted input and the voice detector. Audio is counted and listened to, never kept. */
export interface InputBuffer {
  /** Bytes since the last commit or clear, a dangling odd byte included. */
  sizeBytes: number;
  /** Whole samples since the last commit or clear. */
  samples: number;
  /** The first half of a sample whose second half is still to come. */
  danglingByte: number | undefined;
  images: PendingImage[];
  /** Samples since the session's first append. */
  totalSamples: number;
  /** Audio time already handed to the clock, in samples of `totalSamples`. */
  clockedSamples: number;
  detector: VoiceDetector | undefined;
  /** The session's sample number of the detector's sample 0. */
  detectorOrigin: number;
  utterance: OpenUtterance | undefined;
}

/** Where a session is in its life. */
export type SessionPhase = 'new' | 'open' | 'finishing' | 'finished' | 'closing';

export interface SessionState {
  readonly options: SessionOptions;
  readonly id: string;
  readonly conversationId: string;
  readonly model: {
    readonly requested: string | null;
    readonly known: boolean;
    readonly completedInManualMode: boolean;
  };
  readonly family: ModelFamily;
  readonly quirks: Quirks;
  readonly ids: RandomStream;
  readonly queue: TimerQueue;
  readonly holds: Holds;
  readonly faults: Faults;
  /** The fixed sequence that is played in place of the simulation; undefined without one, and once it has handed over. */
  verbatim: Verbatim | undefined;
  /** The recording that is followed in place of the simulation. */
  readonly replay: Replay | undefined;
  readonly conversation: Conversation;
  readonly input: InputBuffer;
  phase: SessionPhase;
  settings: SessionSettings;
  response: ActiveResponse | undefined;
  /** A response that is going to start and has not been announced. */
  starting: ResponseRequest | undefined;
  /** Responses to start one after the other when the active one is done. */
  queuedRequests: ResponseRequest[];
  pendingTranscriptions: PendingTranscription[];
  /** Responses announced so far. */
  responseCount: number;
  /** Requests answered so far, refused ones included: the index into the scripted replies. */
  replyCount: number;
  userTurnCount: number;
  audioProduced: boolean;
  inputStarted: boolean;
  /** On the clock of patience. */
  lastActivityMs: number;
  /** Steps taken for the input at hand, against `LIMITS.stepsPerInput`. */
  stepsTaken: number;
  /** Characters of invented messages for the input at hand, against `LIMITS.inventedChars`. */
  inventedChars: number;
  outbox: SessionOperation[];
  /** What a hold of lane `all` keeps back. */
  heldOutbox: WireOperation[];
}

/** Makes the state of a session that has not been opened. */
export function createSession(options: SessionOptions): SessionState {
  const lookup = findModel(options.model ?? '');
  const known = lookup.kind === 'omni';
  const model = known ? lookup.model : UNKNOWN_MODEL_STANDS_FOR;
  const standIn = findModel(model);
  const family = standIn.kind === 'omni' ? standIn.family : MODEL_FAMILIES.omni35;
  const quirks = resolveQuirks(family.id, options.scenario.quirks);
  const ids = openRandomStream(options.seed, 'ids', options.connectionKey);
  const id = makeId('session', ids);
  return {
    options,
    id,
    conversationId: makeId('conversation', ids),
    model: {
      requested: options.model,
      known,
      completedInManualMode: standIn.kind === 'omni' && standIn.completedInManualMode,
    },
    family,
    quirks,
    ids,
    queue: createTimerQueue(),
    holds: createHolds(options.scenario.holds ?? []),
    faults: createFaults(options.scenario.faults ?? [], options.connection ?? 1, options),
    verbatim: createVerbatim(options.scenario.verbatim),
    replay: createReplay(options.replay, options, { session: id }),
    conversation: createConversation(),
    input: createInputBuffer(),
    phase: 'new',
    settings: initialSettings(model, quirks),
    response: undefined,
    starting: undefined,
    queuedRequests: [],
    pendingTranscriptions: [],
    responseCount: 0,
    replyCount: 0,
    userTurnCount: 0,
    audioProduced: false,
    inputStarted: false,
    lastActivityMs: 0,
    stepsTaken: 0,
    inventedChars: 0,
    outbox: [],
    heldOutbox: [],
  };
}

function createInputBuffer(): InputBuffer {
  return {
    sizeBytes: 0,
    samples: 0,
    danglingByte: undefined,
    images: [],
    totalSamples: 0,
    clockedSamples: 0,
    detector: undefined,
    detectorOrigin: 0,
    utterance: undefined,
  };
}
