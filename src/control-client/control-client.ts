/**
 * The control API as functions, one for each of its routes. Must never decide what the server decides: values go as they
 * come, and refusals come as they are.
 */

import type { Verification } from '../assertions/index.js';
import type {
  ClockJson,
  Counts,
  Happened,
  Health,
  Held,
  HoldJson,
  LogEntryJson,
  Released,
  ScenarioListing,
  SeenMessageJson,
  SessionDetails,
  SessionJson,
  UpgradeJson,
} from '../mock-server/control/answer-schemas.js';
import type { CloseRequest, ResetRequest, WaitRequest } from '../mock-server/control/request-schemas.js';
import { LIMITS } from '../protocol/limits.js';
import type { LiveHold, OneShotFault, Scenario } from '../scenarios/index.js';
import { entryLines } from './entry-lines.js';
import { type ControlClientOptions, ControlExchange, type Exchange } from './http-exchange.js';

/** A wait that can be given up. */
export interface WaitOptions {
  /** Wall milliseconds. Default `LIMITS.waitMs`, at most `LIMITS.controlWaitMs`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Which entries of a log. */
export interface LogOptions {
  readonly kind?: readonly LogEntryJson['kind'][];
  /** Types of messages. */
  readonly type?: readonly string[];
  /** The number of the first entry. */
  readonly from?: number;
  readonly limit?: number;
  /** Whether base64 of audio and images is shown whole. Default `cut`. */
  readonly audio?: 'full' | 'cut';
}

/**
 * A server that runs somewhere. A session is meant by its id, `latest`, or the name of its connection. Every method
 * throws `SoundstageError` with the server's code and `details.status`; `E_CONTROL_UNREACHABLE` when nobody answers.
 */
export interface ControlClient {
  /** Every route in one line. */
  index(): Promise<{
    readonly routes: readonly { readonly method: string; readonly path: string; readonly summary: string }[];
  }>;
  health(): Promise<Health>;
  /** The OpenAPI document. */
  openApi(): Promise<Readonly<Record<string, unknown>>>;
  upgrades(): Promise<readonly UpgradeJson[]>;
  /** @param scenario a name. Default: the scenario of clients that choose none */
  verify(scenario?: string): Promise<Verification>;
  /** Forgets what is over, and says what is left. */
  reset(what: ResetRequest['what']): Promise<Counts>;
  /** @param options.scenario only sessions of the scenario of this name */
  sessions(options?: { readonly scenario?: string }): Promise<readonly SessionJson[]>;
  /** The oldest session that no earlier call has returned, or the next that connects. @throws `E_WAIT` */
  nextSession(options?: WaitOptions): Promise<SessionJson>;
  session(session: string): Promise<SessionDetails>;
  log(session: string, options?: LogOptions): Promise<readonly LogEntryJson[]>;
  /** The entries there are and those to come, until the session ends. @throws `E_CONTROL_CUT_OFF` */
  followLog(
    session: string,
    options?: LogOptions & { readonly signal?: AbortSignal },
  ): AsyncGenerator<LogEntryJson>;
  transcript(
    session: string,
    options?: { readonly timed?: boolean },
  ): Promise<{ readonly text: string; readonly hash: string }>;
  /** @throws `E_WAIT` when it does not come in time, `E_SESSION_ENDED` when it can never come */
  waitFor(
    session: string,
    match: WaitRequest,
    options?: { readonly signal?: AbortSignal },
  ): Promise<SeenMessageJson>;
  /** Sends the client an event, or any text. */
  inject(session: string, message: Readonly<Record<string, unknown>> | string): Promise<Happened>;
  addFault(session: string, fault: OneShotFault): Promise<Happened>;
  holds(session: string): Promise<readonly HoldJson[]>;
  /** Stops a lane; the answer's `index` is for `releaseHold`. */
  addHold(session: string, hold?: LiveHold): Promise<Held>;
  releaseHold(session: string, index: number): Promise<Released>;
  closeSession(session: string, close?: CloseRequest): Promise<Happened>;
  clock(session: string): Promise<ClockJson>;
  /** @param byMs virtual milliseconds */
  advance(session: string, byMs: number): Promise<Happened>;
  scenarios(): Promise<readonly ScenarioListing[]>;
  scenario(name: string): Promise<Readonly<Record<string, unknown>>>;
  /** Adds or replaces a scenario, given as a value without voices, or as the YAML of a file. */
  putScenario(name: string, scenario: Scenario | string): Promise<ScenarioListing>;
  deleteScenario(name: string): Promise<void>;
}

const json = (value: unknown) => ({ type: 'application/json', text: JSON.stringify(value) });

/**
 * Steers the server at `url`.
 *
 * @param url any URL of it: `server.controlUrl`, `http://127.0.0.1:8787`, what clients connect to
 * @throws SoundstageError `E_CONTROL_URL` for a text that is none
 */
export function createControlClient(url: string, options: ControlClientOptions = {}): ControlClient {
  const http = new ControlExchange(url, options);
  const ask = <Value>(exchange: Exchange) => http.json<Value>({ waitMs: 0, ...exchange });
  const get = <Value>(...path: string[]) => ask<Value>({ method: 'GET', path });
  const post = <Value>(path: Exchange['path'], value: unknown) =>
    ask<Value>({ method: 'POST', path, body: json(value) });
  return {
    index: () => get(''),
    health: () => get('health'),
    openApi: () => get('openapi.json'),
    upgrades: () => get('upgrades'),
    verify: (scenario) => post(['verify'], { scenario }),
    reset: (what) => post(['reset'], { what }),
    ...sessionMethods(http, ask),
    holds: (session) => get('sessions', session, 'holds'),
    clock: (session) => get('sessions', session, 'clock'),
    inject: (session, message) =>
      post(
        ['sessions', session, 'inject'],
        typeof message === 'string' ? { text: message } : { event: message },
      ),
    addFault: (session, fault) => post(['sessions', session, 'faults'], fault),
    addHold: (session, hold = {}) => post(['sessions', session, 'holds'], hold),
    releaseHold: (session, index) => post(['sessions', session, 'holds', index, 'release'], {}),
    closeSession: (session, close = {}) => post(['sessions', session, 'close'], close),
    advance: (session, byMs) => post(['sessions', session, 'clock', 'advance'], { byMs }),
    scenarios: () => get('scenarios'),
    scenario: (name) => get('scenarios', name),
    putScenario: (name, scenario) =>
      ask({
        method: 'PUT',
        path: ['scenarios', name],
        body: typeof scenario === 'string' ? { type: 'application/yaml', text: scenario } : json(scenario),
      }),
    deleteScenario: (name) => ask({ method: 'DELETE', path: ['scenarios', name] }),
  };
}

type SessionMethods = Pick<
  ControlClient,
  'sessions' | 'nextSession' | 'session' | 'log' | 'followLog' | 'transcript' | 'waitFor'
>;

/** What looks at sessions. */
function sessionMethods(
  http: ControlExchange,
  ask: <Value>(exchange: Exchange) => Promise<Value>,
): SessionMethods {
  return {
    sessions: ({ scenario } = {}) => ask({ method: 'GET', path: ['sessions'], query: { scenario } }),
    nextSession: ({ timeoutMs, signal } = {}) =>
      ask({
        method: 'GET',
        path: ['sessions', 'next'],
        query: { timeoutMs },
        waitMs: timeoutMs ?? LIMITS.waitMs,
        signal,
      }),
    session: (session) => ask({ method: 'GET', path: ['sessions', session] }),
    log: (session, options = {}) =>
      ask({ method: 'GET', path: ['sessions', session, 'log'], query: { ...options } }),
    async *followLog(session, { signal, ...options } = {}) {
      const query = { ...options, follow: true };
      const path = ['sessions', session, 'log'];
      yield* entryLines<LogEntryJson>(await http.send({ method: 'GET', path, query, signal }), signal);
    },
    transcript: async (session, { timed } = {}) => {
      const path = ['sessions', session, 'transcript'];
      const response = await http.send({ method: 'GET', path, query: { timed }, waitMs: 0 });
      return { text: await response.text(), hash: response.headers.get('x-transcript-hash') ?? '' };
    },
    waitFor: (session, match, { signal } = {}) =>
      ask({
        method: 'POST',
        path: ['sessions', session, 'wait'],
        body: json(match),
        waitMs: match.timeoutMs ?? LIMITS.waitMs,
        signal,
      }),
  };
}
