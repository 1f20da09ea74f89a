/**
 * Every decision about the service that rests on weak evidence, as one table of named switches (section
 * 11.15). It must never hold what a switch does: that stands where the behaviour is.
 */
import type { EvidenceGrade } from './evidence.js';
import type { FamilyId } from './model-family.js';

/** The switches in force for one session. */
export interface Quirks {
  readonly emitDoneOnCancel: boolean;
  readonly sessionEcho: 'captured' | 'docs';
  readonly dropCreateBeforeItemFinished: boolean;
  readonly closeOnVadCommit: boolean;
  readonly echoErrorEventId: boolean;
  readonly outOfRange: 'reject' | 'clamp' | 'ignore';
  readonly echoClientItemIds: boolean;
  readonly refuseSessionFinish: boolean;
  readonly closeAfterSessionFinish: boolean;
  readonly minCommitMs: number;
  readonly lateDeltasAfterCancel: number;
  readonly transcriptionOrder: 'before-response' | 'after-created' | 'after-done' | 'never';
  readonly userItemRole: 'user' | 'assistant';
  readonly itemCreatedBeforeCommit: boolean;
  readonly unknownModel: 'created-then-close' | 'close' | 'http-400';
  readonly selectSubprotocol: boolean;
  readonly truncateCloseReason: boolean;
  readonly imageLimit: 'raw-500k' | 'base64-256k';
  readonly audioItemKey: 'text' | 'transcript';
  readonly createDuringToolCall: 'refuse' | 'queue';
  readonly acceptItemDelete: boolean;
  readonly keyErrorsAsEvents: boolean;
}

export type QuirkName = keyof Quirks;
export type QuirkValue = Quirks[QuirkName];

/** What a switch may be set to. */
export type QuirkValues =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'enum'; readonly options: readonly string[] };

/** One row of the table. */
export interface QuirkDefinition {
  readonly name: QuirkName;
  readonly values: QuirkValues;
  readonly defaults: Readonly<Record<FamilyId, QuirkValue>>;
  readonly meaning: string;
  readonly evidence: EvidenceGrade;
  /** Section of the protocol reference. */
  readonly section: string;
}

const BOOLEAN: QuirkValues = { kind: 'boolean' };
const oneOf = (...options: string[]): QuirkValues => ({ kind: 'enum', options });
const upTo = (maximum: number): QuirkValues => ({ kind: 'integer', minimum: 0, maximum });
const all = (value: QuirkValue) => ({ turbo: value, flash3: value, omni35: value, omni38: value });

function row(
  name: QuirkName,
  values: QuirkValues,
  defaults: Readonly<Record<FamilyId, QuirkValue>>,
  evidence: EvidenceGrade,
  section: string,
  meaning: string,
): QuirkDefinition {
  return { name, values, defaults, meaning, evidence, section };
}

/** The table, in the order of section 11.15. */
export const QUIRKS: readonly QuirkDefinition[] = [
  row(
    'emitDoneOnCancel',
    BOOLEAN,
    { ...all(true), omni35: false },
    'verified',
    '§5.4',
    'A cancelled or interrupted response still ends with response.done (status cancelled).',
  ),
  row(
    'sessionEcho',
    oneOf('captured', 'docs'),
    { turbo: 'docs', flash3: 'docs', omni35: 'captured', omni38: 'captured' },
    'verified',
    '§11.10',
    'Keys of the session object in session.created and session.updated: as captured, or as the documentation prints them.',
  ),
  row(
    'dropCreateBeforeItemFinished',
    BOOLEAN,
    all(false),
    'verified',
    '§3.6',
    'A response.create that arrives before the transcription of the committed item has completed vanishes without an error.',
  ),
  row(
    'closeOnVadCommit',
    BOOLEAN,
    all(false),
    'verified',
    '§3.3',
    'The internal error that answers a manual commit in VAD mode also closes the connection with 1011.',
  ),
  row(
    'echoErrorEventId',
    BOOLEAN,
    all(false),
    'documented',
    '§4.1',
    'Errors carry error.event_id when the client event at fault had an event_id.',
  ),
  row(
    'outOfRange',
    oneOf('reject', 'clamp', 'ignore'),
    all('reject'),
    'decision',
    '§7',
    'A number outside its documented range is refused, moved to the nearest bound, or left as it was.',
  ),
  row(
    'echoClientItemIds',
    BOOLEAN,
    all(false),
    'verified',
    '§3.8',
    'An item id chosen by the client is kept; otherwise the server assigns its own.',
  ),
  row(
    'refuseSessionFinish',
    BOOLEAN,
    all(false),
    'reported',
    '§3.9',
    'session.finish is refused like an unknown event type.',
  ),
  row(
    'closeAfterSessionFinish',
    BOOLEAN,
    all(false),
    'documented',
    '§3.9',
    'The server closes the connection after session.finished instead of waiting for the client.',
  ),
  row(
    'minCommitMs',
    upTo(60_000),
    all(0),
    'verified',
    '§1.7',
    'A commit of less audio than this many milliseconds is refused like one of an empty buffer.',
  ),
  row(
    'lateDeltasAfterCancel',
    upTo(1_000),
    all(0),
    'reported',
    '§5.4',
    'So many deltas of a cancelled response still go out after the cancellation.',
  ),
  row(
    'transcriptionOrder',
    oneOf('before-response', 'after-created', 'after-done', 'never'),
    all('before-response'),
    'verified',
    '§5.3',
    'When the completed transcription of the user turn is sent, relative to the response that answers it.',
  ),
  row(
    'userItemRole',
    oneOf('user', 'assistant'),
    all('user'),
    'documented',
    '§4.9',
    'The role printed in the user audio item; older documentation prints assistant.',
  ),
  row(
    'itemCreatedBeforeCommit',
    BOOLEAN,
    all(false),
    'verified',
    '§5.3',
    'In VAD mode the user item is announced while the user still speaks, before the commit.',
  ),
  row(
    'unknownModel',
    oneOf('created-then-close', 'close', 'http-400'),
    all('created-then-close'),
    'verified',
    '§1.4',
    'An unknown model gets session.created and then close 1007, the close alone, or HTTP 400 instead of the upgrade.',
  ),
  row(
    'selectSubprotocol',
    BOOLEAN,
    all(true),
    'decision',
    '§11.8',
    'The subprotocol realtime is selected when the client offers it.',
  ),
  row(
    'truncateCloseReason',
    BOOLEAN,
    all(true),
    'verified',
    '§1.5',
    'Close reasons above 123 bytes are cut to fit; otherwise they go out over-long, as the service sends them.',
  ),
  row(
    'imageLimit',
    oneOf('raw-500k', 'base64-256k'),
    { turbo: 'raw-500k', flash3: 'raw-500k', omni35: 'base64-256k', omni38: 'base64-256k' },
    'documented',
    '§11.6',
    'Which size rule an image must meet: 500 KiB before base64, or 256 Ki characters after.',
  ),
  row(
    'audioItemKey',
    oneOf('text', 'transcript'),
    all('text'),
    'documented',
    '§4.22',
    'The key of the spoken words in response.output_item.done.',
  ),
  row(
    'createDuringToolCall',
    oneOf('refuse', 'queue'),
    all('refuse'),
    'inferred',
    '§3.6',
    'A response.create between response.function_call_arguments.done and response.done is refused, or queued.',
  ),
  row(
    'acceptItemDelete',
    BOOLEAN,
    all(true),
    'reported',
    '§3.8',
    'conversation.item.delete is answered by conversation.item.deleted; otherwise it is an unknown event type.',
  ),
  row(
    'keyErrorsAsEvents',
    BOOLEAN,
    all(false),
    'reported',
    '§1.3',
    'A wrong API key is accepted at the upgrade and refused by an error event.',
  ),
];
