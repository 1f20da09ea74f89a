/**
 * The error events a fault can send: any row of the catalogue or one of your own, in every shape that real services
 * have been seen to use. It must never decide whether the connection ends.
 */
import { z } from 'zod';
import { ERROR_CATALOGUE, type Refusal, refuse } from '../../protocol/index.js';
import type { FaultAction, StrikeContext } from '../fault-types.js';
import { about, jsonValue, record, wholeNumber } from '../schema-parts.js';

/** Placeholders of catalogue texts have nothing to stand for here. */
const NO_VALUES = Object.fromEntries(
  'value voice type id name model expected path range sibling widthPx heightPx supported'
    .split(' ')
    .map((name) => [name, '']),
);

/** The keys of faults that send an error event. */
export const errorKeys = {
  refusal: about(
    z.enum(ERROR_CATALOGUE.map(({ slug }) => slug)).optional(),
    'A row of the catalogue of refusals. One of `refusal` and `error` is needed.',
  ),
  error: about(
    jsonValue.optional(),
    'The `error` field of the event, whatever it is: an object, a text, null.',
  ),
  form: about(
    z.enum(['object', 'message-only', 'code-null', 'string']).optional(),
    'object: as the catalogue has it. message-only: no type, code or param. code-null: code and param present and null. string: the message in place of the object. Default object.',
  ),
  eventId: about(
    z.enum(['none', 'echo', 'null', 'beside']).optional(),
    "Where the client's `event_id` stands: nowhere, in the error, as null in the error, or beside the error as `client_event_id`. Default none.",
  ),
  close: about(
    record({
      code: about(wholeNumber(0, 65_535), 'The close code.'),
      reason: about(z.string().optional(), 'Default empty.'),
    }).optional(),
    'Closes the connection behind the error, in place of what the catalogue says.',
  ),
} as const;

type ErrorParams = z.infer<z.ZodObject<typeof errorKeys>>;

/** The error event, and the close that the catalogue puts behind it; undefined when the fault names neither. */
export function errorActions(params: ErrorParams, context: StrikeContext): FaultAction[] | undefined {
  const { refusal: slug, error: literal } = params;
  if (slug === undefined && literal === undefined) return undefined;
  const refusal = slug === undefined ? undefined : refuse(slug, NO_VALUES);
  const actions: FaultAction[] = [];
  if (refusal?.delivery !== 'close') {
    // Null is an error that somebody has written down.
    const error = addEventId(
      shaped(literal === undefined ? refusal?.error : literal, params),
      params,
      context,
    );
    const beside = params.eventId === 'beside' ? { client_event_id: context.request?.eventId ?? null } : {};
    const event = { event_id: context.newId('event'), type: 'error', error, ...beside };
    actions.push({ act: 'invent', text: JSON.stringify(event) });
  }
  return [...actions, ...closing(params.close, refusal)];
}

function closing(own: ErrorParams['close'], refusal: Refusal | undefined): FaultAction[] {
  const end = own ?? refusal?.close;
  return end === undefined ? [] : [{ act: 'close', code: end.code, reason: end.reason ?? '' }];
}

function shaped(error: unknown, { form = 'object' }: ErrorParams): unknown {
  if (form === 'object' || typeof error !== 'object' || error === null) return error;
  const { message = '' } = error as { readonly message?: unknown };
  if (form === 'string') return message;
  return form === 'message-only' ? { message } : { ...error, code: null, param: null };
}

function addEventId(error: unknown, { eventId = 'none' }: ErrorParams, context: StrikeContext): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (eventId === 'null') return { ...error, event_id: null };
  const own = context.request?.eventId;
  return eventId === 'echo' && own !== undefined ? { ...error, event_id: own } : error;
}
