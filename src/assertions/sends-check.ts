/**
 * Expectations about what the client sends: how often a kind of message came, with which fields, and where. Messages
 * count as the client sent them, whether the service could read them or not.
 */
import { CLIENT_EVENT_TYPES } from '../protocol/index.js';
import { ABSENT, type Expectation, matchesFields, readPath } from '../scenarios/index.js';
import type { Finding } from './expectation-check.js';
import { numberResponses } from './response-numbers.js';
import type { WireMessage, WireSession } from './wire-session.js';
import { boundsText, counted, fieldsText, isWithin, moments, ordinal } from './words.js';

type Sends = Extract<Expectation, { sends: unknown }>;
type Mark = NonNullable<Sends['after']>;

/** A message and the connection it came on. */
interface Placed {
  readonly connection: number;
  readonly message: WireMessage;
  /** The response it belongs to, from 1. */
  readonly response: number | undefined;
}

const CLIENTS: ReadonlySet<string> = new Set(CLIENT_EVENT_TYPES);

/**
 * Counts the messages. All connections together are one line of messages, one connection after the other, so what came
 * on a later connection came after everything on an earlier one.
 */
export function sendsCheck(expectation: Sends, sessions: readonly WireSession[]): Finding {
  const { connection } = expectation;
  const concerned = sessions.filter(
    (session) => connection === undefined || session.connection === connection,
  );
  const line = concerned.flatMap(placed);
  const start = expectation.after === undefined ? -1 : placeOf(expectation.after, line);
  const end = expectation.before === undefined ? undefined : placeOf(expectation.before, line);
  const window = start === undefined ? [] : line.slice(start + 1, end);
  const ofType = window.filter(({ message }) => isSent(expectation.sends, message));
  const fitting = ofType.filter(({ message }) => matchesFields(message.event, expectation.where));
  const seen = fitting.map(({ connection: on, message }) => ({ connection: on, atMs: message.atMs }));
  return {
    what: sendsText(expectation),
    ok: isWithin(expectation, fitting.length),
    saw: [
      moments(seen, concerned.length),
      start === undefined ? `; ${markText(expectation.after)} never came` : '',
      othersText(expectation, ofType, fitting.length),
      connection !== undefined && concerned.length === 0 ? `; there was no connection ${connection}` : '',
    ].join(''),
  };
}

function placed(session: WireSession): Placed[] {
  const numbers = numberResponses(session);
  return session.messages.map((message) => ({
    connection: session.connection,
    message,
    response: numbers.get(message),
  }));
}

/** Where the n-th event of a mark is; undefined when it never came. */
function placeOf({ event, nth = 1, response }: Mark, line: readonly Placed[]): number | undefined {
  const side = CLIENTS.has(event) ? 'client' : 'server';
  let count = 0;
  for (const [place, candidate] of line.entries()) {
    const { message } = candidate;
    if (message.type !== event || message.from !== side) continue;
    if (response !== undefined && candidate.response !== response) continue;
    count += 1;
    if (count === nth) return place;
  }
  return undefined;
}

function isSent(wanted: Sends['sends'], { from, type }: WireMessage): boolean {
  return from === 'client' && (wanted === 'anything' || type === wanted);
}

/** Messages of the type whose fields are different, with the fields of the first. */
function othersText({ sends, where }: Sends, ofType: readonly Placed[], fitting: number): string {
  const others = ofType.filter(({ message }) => !matchesFields(message.event, where));
  const [first] = others;
  if (first === undefined || fitting > 0) return '';
  const paths = Object.keys(where ?? {});
  const fields = Object.fromEntries(
    paths.map((path) => {
      const value = readPath(first.message.event, path);
      return [path, value === undefined ? ABSENT : value];
    }),
  );
  const noun = sends === 'anything' ? 'message' : sends;
  return `; ${counted(others.length, `other ${noun}`)}, the first${fieldsText(fields)}`;
}

function sendsText({ sends, where, after, before, connection, ...bounds }: Sends): string {
  const what = sends === 'anything' ? 'a message' : sends;
  const often = boundsText(bounds);
  return [
    often === 'never' ? `the client never sends ${what}` : `the client sends ${what}`,
    fieldsText(where),
    often === 'never' ? '' : ` ${often}`,
    after === undefined ? '' : ` after ${markText(after)}`,
    before === undefined ? '' : ` before ${markText(before)}`,
    connection === undefined ? '' : ` on connection ${connection}`,
  ].join('');
}

function markText(mark: Mark | undefined): string {
  if (mark === undefined) return '';
  const { event, nth = 1, response } = mark;
  const which = nth === 1 ? event : `the ${ordinal(nth)} ${event}`;
  return response === undefined ? which : `${which} of response ${response}`;
}
