/**
 * A route of the control API as data: method, path, what it takes, what it answers, and the function in between.
 * Must never know HTTP beyond that.
 */
import type { z } from 'zod';
import { nearestName, SoundstageError } from '../../protocol/index.js';
import type { SessionHost } from '../session-host.js';
import type { WallClock } from '../wall-clock.js';
import type { Verification } from './answer-schemas.js';
import type { QueryShape, QueryValues } from './query-parameters.js';
import type { Reply } from './reply.js';
import type { BodyReader } from './request-body.js';

/** Where every path of the control API begins. */
export const CONTROL_PATH = '/__soundstage/';

export type ControlMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What routes may reach. */
export interface ControlContext {
  readonly host: SessionHost;
  readonly clock: WallClock;
  /** What a client connects to. */
  readonly url: () => string;
  readonly verify: (scenario?: string) => Verification;
  readonly routes: readonly Route[];
  /** The description of this API. */
  readonly openApi: () => unknown;
}

/** One request as its route sees it. */
export interface ControlRequest<Query extends QueryShape = QueryShape, Body = unknown> {
  /** Parts of the path by name, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: QueryValues<Query>;
  readonly body: Body;
  readonly context: ControlContext;
  /** Aborted when whoever asked has left. */
  readonly signal: AbortSignal;
}

/** An answer that is not JSON. */
export interface OtherAnswer {
  readonly type: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One row of the table. */
export interface Route {
  /** The operation's name, and the one of its method in the client. */
  readonly name: string;
  readonly method: ControlMethod;
  /** Behind `CONTROL_PATH`; parts in braces stand for anything. */
  readonly path: string;
  readonly summary: string;
  readonly query?: QueryShape | undefined;
  readonly body?: BodyReader | undefined;
  /** Statuses that are no errors, with what each means. */
  readonly statuses: Readonly<Record<number, string>>;
  /** The JSON that is answered; absent where there is none. */
  readonly answer?: z.ZodType | undefined;
  /** What is answered in place of that JSON, or beside it. */
  readonly otherAnswer?: OtherAnswer | undefined;
  /** Statuses of errors, beside those that follow from the method and the body. */
  readonly errors: readonly number[];
  readonly handle: (request: ControlRequest) => Reply | Promise<Reply>;
}

type TypedRoute<Query extends QueryShape, Body, Answer extends z.ZodType> = Omit<
  Route,
  'query' | 'body' | 'answer' | 'handle'
> & {
  readonly query?: Query;
  readonly body?: BodyReader<Body>;
  readonly answer?: Answer;
  readonly handle: (
    request: ControlRequest<Query, Body>,
  ) => Reply<z.input<Answer>> | Promise<Reply<z.input<Answer>>>;
};

/** Checks that a row's function fits its schemas. */
export function route<Answer extends z.ZodType, Query extends QueryShape, Body = undefined>(
  row: TypedRoute<Query, Body, Answer>,
): Route {
  return row as unknown as Route;
}

/** The route of a request and the parts of its path. */
export interface RouteMatch {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

/**
 * Finds the row for a method and a path (behind `CONTROL_PATH`, as sent). Of several rows the first counts.
 *
 * @throws SoundstageError `E_CONTROL_PATH`, or `E_CONTROL_METHOD` for a path that has others
 */
export function findRoute(routes: readonly Route[], method: string, path: string): RouteMatch {
  const parts = path.split('/');
  const fitting = routes
    .map((candidate) => ({ route: candidate, path: matchPath(candidate.path, parts) }))
    .filter((match): match is RouteMatch => match.path !== undefined);
  const [first] = fitting;
  if (first === undefined) throw unknownPath(routes, path, parts);
  const found = fitting.find((match) => match.route.method === method);
  if (found !== undefined) return found;
  // `sessions/next` is no session: only rows that are as exact as the first are other methods of it.
  const allowed = fitting
    .filter((match) => match.route.path === first.route.path)
    .map((match) => match.route.method);
  const message = `Cannot ${method.slice(0, 20)} ${CONTROL_PATH}${path.slice(0, 200)}: it has other methods. Try ${allowed.join(' or ')}.`;
  throw new SoundstageError('E_CONTROL_METHOD', message, { details: { allow: allowed.join(', ') } });
}

function matchPath(pattern: string, parts: readonly string[]): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  if (wanted.length !== parts.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const part = parts[index] ?? '';
    const parameter = parameterOf(name);
    if (parameter === undefined) {
      if (part !== name) return undefined;
    } else {
      if (part === '') return undefined;
      values[parameter] = decode(part);
    }
  }
  return values;
}

/** The name in braces, or undefined for a part that stands for itself. */
export function parameterOf(part: string): string | undefined {
  return /^\{(\w+)\}$/.exec(part)?.[1];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function unknownPath(routes: readonly Route[], path: string, parts: readonly string[]): SoundstageError {
  const candidates = routes.map((candidate) =>
    candidate.path
      .split('/')
      .map((name, index) => (parameterOf(name) === undefined ? name : (parts[index] ?? name)))
      .join('/'),
  );
  const nearest = `${CONTROL_PATH}${nearestName(path, candidates)}`;
  const asked = `${CONTROL_PATH}${path.slice(0, 200)}`;
  return new SoundstageError('E_CONTROL_PATH', `There is no ${asked}. Try ${nearest}.`, {
    details: { path: asked, nearest },
  });
}
