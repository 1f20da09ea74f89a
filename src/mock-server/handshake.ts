/**
 * The decision about one upgrade request, as a pure function: which connection it becomes, or which HTTP answer
 * it gets (§1.1 to §1.4, §11.8, §11.9). Must never open, close or count anything.
 */
import { nearestName } from '../protocol/describe-value.js';
import { findModel, type Quirks } from '../protocol/index.js';
import {
  type ApiKeyConfig,
  type ApiKeyVerdict,
  judgeApiKey,
  offeredSubprotocols,
  readApiKey,
} from './handshake-key.js';
import { type HandshakeRefusal, refuseHandshake } from './handshake-refusals.js';
import { readTarget, type Target } from './handshake-target.js';
import type { UpgradeRequest } from './transport/connection.js';
import type { HttpAnswer } from './transport/http-answer.js';

/** The switches that are decided before a session exists. */
export type HandshakeQuirks = Pick<Quirks, 'unknownModel' | 'selectSubprotocol' | 'keyErrorsAsEvents'>;

export interface HandshakeConfig {
  readonly keys?: ApiKeyConfig | undefined;
  /** The switches for a scenario's name, known or not; for the server's default when the client chose none. */
  readonly quirksOf: (scenario: string | undefined) => HandshakeQuirks;
  /** Whether a client may choose this name. */
  readonly hasScenario: (name: string) => boolean;
  /** Names a client may choose from, asked for only to suggest some. */
  readonly scenarioNames: readonly string[];
}

/** A request that becomes a connection. */
export interface AcceptedHandshake {
  readonly accept: true;
  /** As the client wrote it, known or not; null when the URL has none. */
  readonly model: string | null;
  /** What the client chose, else undefined: the server's default applies. */
  readonly scenario?: string | undefined;
  readonly name?: string | undefined;
  readonly seed?: number | undefined;
  /** `arrears`: close 1007 at once. `event-auth-error`: send the error as an event, then close. */
  readonly apiKeyState: 'ok' | 'arrears' | 'event-auth-error';
  readonly subprotocol?: string | undefined;
  /** Headers of the 101 response. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL had a second `?`; worth an entry in the session's log. */
  readonly malformedUrl: boolean;
}

/** A request that gets an HTTP answer instead. */
export interface RefusedHandshake extends HttpAnswer {
  readonly accept: false;
}

const SUBPROTOCOL = 'realtime';
const MOST_SUGGESTIONS = 3;
const SCENARIO_KEY = /^sk-scenario-([a-z0-9-]+)$/;

/**
 * Decides about `request`. Keys are judged before scenarios, scenarios before models.
 *
 * @param requestId the id for the body and the `x-request-id` header, in the shape of a UUID
 */
export function decideHandshake(
  request: Pick<UpgradeRequest, 'target' | 'headers'>,
  config: HandshakeConfig,
  requestId: string,
): AcceptedHandshake | RefusedHandshake {
  const target = readTarget(request.target);
  const refusal = (reason: HandshakeRefusal): RefusedHandshake => ({
    accept: false,
    ...refuseHandshake(reason, requestId),
  });
  if (target.endpoint !== 'realtime') return refusal({ why: 'wrong-path', path: target.path });

  const key = readApiKey(request.headers);
  const keyVerdict = judgeApiKey(key, config.keys);
  const scenario = chooseScenario(target, request.headers, key);
  const quirks = config.quirksOf(scenario);
  if (!quirks.keyErrorsAsEvents) {
    if (keyVerdict === 'invalid') return refusal({ why: 'invalid-key' });
    if (keyVerdict === 'denied') return refusal({ why: 'access-denied' });
  }

  if (scenario !== undefined && !config.hasScenario(scenario)) {
    const nearest = nearestScenarios(scenario, config.scenarioNames);
    return refusal({ why: 'unknown-scenario', scenario, nearest });
  }
  const seed = readSeed(target.seedText);
  if (seed === null) return refusal({ why: 'bad-seed', seedText: target.seedText ?? '' });
  if (quirks.unknownModel === 'http-400' && !isKnownModel(target.model)) {
    return refusal({ why: 'model-not-found', model: target.model });
  }

  return {
    accept: true,
    model: target.model,
    scenario,
    name: target.name,
    seed,
    apiKeyState: apiKeyState(keyVerdict),
    subprotocol: chooseSubprotocol(request.headers, quirks),
    headers: { 'x-request-id': requestId },
    malformedUrl: target.malformedUrl,
  };
}

/** What a request asks this server for, whether or not it will get it. */
export function readChoice({ target: text, headers }: Pick<UpgradeRequest, 'target' | 'headers'>): {
  readonly isEndpoint: boolean;
  readonly scenario: string | undefined;
  readonly name: string | undefined;
} {
  const target = readTarget(text);
  const scenario = chooseScenario(target, headers, readApiKey(headers));
  return { isEndpoint: target.endpoint === 'realtime', scenario, name: target.name };
}

/** Path and query first, then the header, then a key that names a scenario. */
function chooseScenario(
  target: Target,
  headers: Readonly<Record<string, string>>,
  key: string | null,
): string | undefined {
  if (target.scenario !== undefined) return target.scenario;
  const fromHeader = headers['x-soundstage-scenario']?.trim();
  if (fromHeader !== undefined && fromHeader !== '') return fromHeader;
  return SCENARIO_KEY.exec(key ?? '')?.[1];
}

/** Up to three existing names that `wanted` may have meant, nearest first. */
function nearestScenarios(wanted: string, names: readonly string[]): string[] {
  const nearest: string[] = [];
  while (nearest.length < MOST_SUGGESTIONS && nearest.length < names.length) {
    const rest = names.filter((name) => !nearest.includes(name));
    nearest.push(nearestName(wanted, rest));
  }
  return nearest;
}

/** The seed as a safe integer, undefined when none was given, null when it is not one. */
function readSeed(seedText: string | undefined): number | undefined | null {
  if (seedText === undefined) return undefined;
  const seed = /^-?\d{1,16}$/.test(seedText) ? Number(seedText) : Number.NaN;
  return Number.isSafeInteger(seed) ? seed : null;
}

function isKnownModel(model: string | null): boolean {
  return model !== null && findModel(model).kind !== 'unknown';
}

function apiKeyState(verdict: ApiKeyVerdict): AcceptedHandshake['apiKeyState'] {
  if (verdict === 'ok' || verdict === 'arrears') return verdict;
  return 'event-auth-error';
}

function chooseSubprotocol(
  headers: Readonly<Record<string, string>>,
  quirks: HandshakeQuirks,
): string | undefined {
  if (!quirks.selectSubprotocol) return undefined;
  return offeredSubprotocols(headers).includes(SUBPROTOCOL) ? SUBPROTOCOL : undefined;
}
