/**
 * Reads what a `response.create` asks for (§3.6). Everything but instructions and modalities has no effect.
 */
import {
  type ClientEventOf,
  type Modality,
  type Refusal,
  readResponseModalities,
} from '../../protocol/index.js';
import type { ResponseRequest } from './response-types.js';

/** The request, or the refusal of bad modalities (ERR41). `ofSession` stands for modalities not given. */
export function readResponseRequest(
  event: ClientEventOf<'response.create'>,
  ofSession: readonly Modality[],
):
  | { readonly ok: true; readonly request: ResponseRequest }
  | { readonly ok: false; readonly refusal: Refusal } {
  const outcome = readResponseModalities(event.response?.modalities, ofSession);
  if (!outcome.ok) return outcome;
  return {
    ok: true,
    request: {
      cause: 'client',
      instructions: event.response?.instructions ?? undefined,
      modalities: outcome.modalities,
      clientEventId: event.event_id,
    },
  };
}
