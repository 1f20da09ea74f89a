/**
 * What goes wrong in the control API, as HTTP: one status per code, one shape of body. Must never show a stack, nor
 * repeat a token.
 */
import { z } from 'zod';
import { nearestName, SoundstageError } from '../../protocol/index.js';
import { jsonObject } from '../../scenarios/schema-parts.js';
import type { WholeReply } from './reply.js';

/** The body of every refusal. */
export const errorSchema = z
  .strictObject({
    error: z.strictObject({
      code: z
        .string()
        .regex(/^E_[A-Z0-9_]+$/)
        .describe('Stable; the message may change.'),
      message: z.string().describe('What failed: why. Try …'),
      details: jsonObject.optional().describe('Facts for programs, such as the path of a wrong value.'),
    }),
  })
  .describe('Why a request was refused.');

const INTERNAL_STATUS = 500;

/** The status of each code. Any other is a fault of the server. */
const STATUS_OF: Readonly<Record<string, number>> = {
  E_CONTROL_QUERY: 400,
  E_CONTROL_BODY: 400,
  E_SCENARIO: 400,
  E_SCENARIO_NAME: 400,
  E_SCENARIO_WAV: 400,
  E_QUIRK_UNKNOWN: 400,
  E_QUIRK_VALUE: 400,
  E_ADVANCE: 400,
  E_CONTROL_REFUSED: 403,
  E_CONTROL_PATH: 404,
  E_SESSION_UNKNOWN: 404,
  E_SCENARIO_UNKNOWN: 404,
  E_HOLD_UNKNOWN: 404,
  E_CONTROL_METHOD: 405,
  E_WAIT: 408,
  E_SESSION_ENDED: 409,
  E_SCENARIO_LIBRARY: 409,
  E_CONTROL_LIMIT: 409,
  E_TRANSCRIPT_TOO_LONG: 409,
  E_CONTROL_TOO_LARGE: 413,
  E_CONTROL_TYPE: 415,
};

/** Every status that an error may have, with what it stands for. */
export const ERROR_STATUSES: Readonly<Record<number, string>> = {
  400: 'The query or the body is malformed, or a value in it is wrong; `details.path` says which.',
  403: 'A browser page asks, the Host is no loopback name, or the control token is missing or wrong.',
  404: 'There is nothing under that path, id or name; the message names the nearest.',
  405: 'The path has other methods; the header Allow lists them.',
  408: 'A wait ran out; the message says what was seen instead.',
  409: 'It exists but cannot do this now: a session that has ended, a scenario of the library, a limit reached.',
  413: 'The body is larger than 1 MiB.',
  415: 'The content type is not one that this request takes.',
  500: 'A mistake of the server itself.',
};

/** A failure as an answer. */
export function answerToError(error: unknown): WholeReply<z.input<typeof errorSchema>> {
  if (!(error instanceof SoundstageError)) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `The control API failed: ${why}. Try again, and report it if it stays.`;
    return { status: INTERNAL_STATUS, json: { error: { code: 'E_CONTROL_INTERNAL', message } } };
  }
  const { code, message, details } = error;
  const more = Object.keys(details).length === 0 ? {} : { details };
  const { allow } = details;
  return {
    status: STATUS_OF[code] ?? INTERNAL_STATUS,
    json: { error: { code, message, ...more } },
    headers: typeof allow === 'string' ? { allow } : {},
  };
}

/** Something named does not exist: the nearest names, or what to do where there are none. */
export function unknownName(
  code: `E_${string}`,
  what: string,
  name: string,
  names: readonly string[],
  orElse: string,
): SoundstageError {
  const nearest = nearestName(name, names);
  const hint = nearest === '' ? orElse : `'${nearest}'`;
  return new SoundstageError(code, `There is no ${what} '${name.slice(0, 200)}'. Try ${hint}.`, {
    details: { name: name.slice(0, 200), nearest },
  });
}

/** A scenario that the server does not have. @param orElse what to try where no name is near */
export function unknownScenario(
  name: string,
  names: readonly string[],
  orElse = 'adding one',
): SoundstageError {
  return unknownName('E_SCENARIO_UNKNOWN', 'scenario', name, names, orElse);
}
