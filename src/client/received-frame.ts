/**
 * Reading what a server sent, whatever it sent. Pure. A frame that is no event is a value, never an exception;
 * unknown types and fields pass: the service adds some from time to time.
 */

/** A parsed event: nothing is known of its fields but that `type` is a string. */
export type ReceivedEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The outcome of reading one text frame. */
export type ReceivedFrame =
  | { readonly ok: true; readonly event: ReceivedEvent }
  | { readonly ok: false; readonly why: string };

/** Reads one text frame. */
export function readFrame(text: string): ReceivedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  if (!isRecord(value)) return { ok: false, why: 'it is not a JSON object' };
  if (typeof ownValue(value, 'type') !== 'string') return { ok: false, why: 'it has no "type" string' };
  return { ok: true, event: value as ReceivedEvent };
}

/** The field of an object of unknown make; undefined for what is inherited or not there. */
export function ownValue(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The same for a string; anything else is undefined. */
export function ownString(value: unknown, key: string): string | undefined {
  const field = ownValue(value, key);
  return typeof field === 'string' ? field : undefined;
}

/** What an `error` event says, in whichever shape it came (section 4.1, and the drifts clients have met). */
export interface ServerErrorFacts {
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly message: string;
  readonly param: string | undefined;
  /** The id of the client event that is refused, if the server says so. */
  readonly eventId: string | undefined;
}

/** Reads an `error` event; copes with a missing, null or plain-string `error`. */
export function readServerError(event: ReceivedEvent): ServerErrorFacts {
  const error = ownValue(event, 'error');
  const plainMessage = typeof error === 'string' ? error : undefined;
  return {
    type: ownString(error, 'type'),
    code: ownString(error, 'code'),
    message: ownString(error, 'message') ?? plainMessage ?? ownString(event, 'message') ?? 'no message',
    param: ownString(error, 'param'),
    eventId: ownString(error, 'event_id'),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
