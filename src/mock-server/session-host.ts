/**
 * Accepts connections and keeps their sessions: who gets which script, seed and name. Must never know a transport or
 * the protocol beyond the handshake.
 */
import type { SessionEvidence } from '../assertions/index.js';
import { createJpegVerifier } from '../media/index.js';
import { resolveQuirks } from '../protocol/index.js';
import { LIMITS } from '../protocol/limits.js';
import { type Scenario, type StruckUpgrade, strikeUpgrade } from '../scenarios/index.js';
import { CLOCK_DEFAULTS } from './clock-driver.js';
import { tooMany } from './ended-sessions.js';
import {
  type AcceptedHandshake,
  decideHandshake,
  type HandshakeConfig,
  type HandshakeQuirks,
  readChoice,
} from './handshake.js';
import { requestIdAt } from './handshake-request-id.js';
import { RecordingShelf } from './recording-shelf.js';
import { RunningSession } from './running-session.js';
import { ScenarioShelf } from './scenario-shelf.js';
import type { MockServerOptions } from './server-options.js';
import { type StandInChoice, standInHeader } from './stand-in-header.js';
import type { UpgradeRequest, UpgradeVerdict } from './transport/connection.js';
import type { UpgradeRecord } from './upgrade-record.js';
import { realWallClock } from './wall-clock.js';

/** Accepts connections and keeps their sessions. */
export class SessionHost {
  readonly shelf: ScenarioShelf;
  readonly #options: MockServerOptions;
  readonly #recordings: RecordingShelf;
  readonly #verifier = createJpegVerifier({ cacheSize: LIMITS.imageVerdictCache });
  readonly #onSession = new Set<(session: RunningSession) => void>();
  #sessions: RunningSession[] = [];
  #upgrades: UpgradeRecord[] = [];
  #unnamedCounts = new Map<string, number>();
  #connectionCounts = new Map<string, number>();
  #requestCount = 0;
  /** Sessions that were handed out by `nextSession`. */
  #handedOut = new WeakSet<RunningSession>();

  constructor(options: MockServerOptions) {
    this.#recordings = new RecordingShelf(options);
    this.#options = this.#recordings.options;
    this.shelf = new ScenarioShelf(this.#options);
  }

  get sessions(): readonly RunningSession[] {
    return this.#sessions;
  }

  /** Upgrade requests that reached a scenario, oldest first. */
  get upgrades(): readonly UpgradeRecord[] {
    return this.#upgrades;
  }

  /** The sessions of one scenario as verification reads them, oldest first; null for the default behaviour. */
  sessionsOf(name: string | null): readonly SessionEvidence[] {
    return this.#sessions
      .filter(({ scenario }) => scenario === name)
      .map(({ connection, entries, close }) => ({ connection, entries, isOpen: close === undefined }));
  }

  nextRequestId(): string {
    this.#requestCount += 1;
    return requestIdAt(this.#requestCount);
  }

  /** The oldest session that was not handed out before, or the next one to come; undefined when none comes in time. */
  nextSession(timeoutMs: number, signal?: AbortSignal): Promise<RunningSession | undefined> {
    // Whoever has left gets none: it would be lost to the next who asks.
    if (signal?.aborted === true) return Promise.resolve(undefined);
    const waiting = this.#sessions.find((session) => !this.#handedOut.has(session));
    if (waiting !== undefined) {
      this.#handedOut.add(waiting);
      return Promise.resolve(waiting);
    }
    return new Promise((resolve) => {
      const settle = (session: RunningSession | undefined) => {
        this.#onSession.delete(settle);
        signal?.removeEventListener('abort', giveUp);
        cancel();
        if (session !== undefined) this.#handedOut.add(session);
        resolve(session);
      };
      const giveUp = () => settle(undefined);
      const cancel = (this.#options.wallClock ?? realWallClock).setTimer(timeoutMs, giveUp);
      this.#onSession.add(settle);
      signal?.addEventListener('abort', giveUp);
    });
  }

  /** Forgets ended sessions and upgrade requests, or how many connections there have been, or both. */
  reset(what: 'sessions' | 'counters' | 'all'): void {
    if (what !== 'counters') {
      this.#sessions = this.#sessions.filter((session) => session.close === undefined);
      this.#upgrades = [];
    }
    if (what !== 'sessions') {
      this.#unnamedCounts = new Map();
      this.#connectionCounts = new Map();
    }
  }

  accept(request: UpgradeRequest): UpgradeVerdict {
    const recorded = this.#refuseAsRecorded(request);
    if (recorded !== undefined) return recorded;
    const verdict = decideHandshake(request, this.#handshakeConfig(), this.nextRequestId());
    if (!verdict.accept) {
      const { status } = verdict;
      this.#options.onUpgrade?.({
        ...this.#asked(request, readChoice(request)),
        connection: 0,
        answer: 'refused',
        status,
      });
      return { ...verdict, headers: { ...verdict.headers, ...standInHeader() } };
    }
    const standIn = standInHeader(this.#choiceOf(verdict));
    const connection = this.#countConnection(verdict);
    const struck = this.#strikeUpgrade(verdict, connection);
    this.#recordStruck(request, verdict, connection, struck);
    const delay = struck?.delayMs === undefined ? {} : { delayMs: struck.delayMs };
    if (struck?.drop !== undefined) return { accept: false, drop: struck.drop, ...delay };
    if (struck?.refuse !== undefined) {
      return { accept: false, ...struck.refuse, headers: { ...struck.refuse.headers, ...standIn }, ...delay };
    }
    return {
      accept: true,
      ...delay,
      subprotocol: verdict.subprotocol,
      headers: { ...verdict.headers, ...standIn },
      handler: (socket) => {
        const session = new RunningSession(socket, this.#sessionOptions(request, verdict, connection));
        this.#sessions.push(session);
        const [waiting] = this.#onSession;
        waiting?.(session);
        this.#options.onSession?.(session);
        return session;
      },
    };
  }

  /** Where the recording is a refusal, no key and no model of this client decides. */
  #refuseAsRecorded(request: UpgradeRequest): UpgradeVerdict | undefined {
    const choice = readChoice(request);
    const asked = this.#asked(request, choice);
    const refusal = choice.isEndpoint ? this.#recordings.refusalOf(asked.scenario) : undefined;
    if (refusal === undefined) return undefined;
    const { answer, replay } = refusal.answerTo(request.target);
    const connection = this.#countConnection(choice);
    this.#record({ ...asked, connection, answer: 'refused', status: answer.status, replay });
    return { accept: false, ...answer, headers: { ...answer.headers, ...standInHeader() } };
  }

  #asked(
    { target }: UpgradeRequest,
    { scenario, name }: Pick<AcceptedHandshake, 'scenario' | 'name'>,
  ): Pick<UpgradeRecord, 'scenario' | 'name' | 'target'> {
    return { scenario: this.shelf.choose(scenario).name, name: name ?? null, target };
  }

  #handshakeConfig(): HandshakeConfig {
    const quirksOf = (scenario: string | undefined): HandshakeQuirks => ({
      ...HANDSHAKE_QUIRKS,
      ...this.shelf.choose(scenario).scenario.quirks,
    });
    const { shelf } = this;
    return {
      keys: this.#options.keys,
      quirksOf,
      hasScenario: (name) => shelf.has(name),
      get scenarioNames() {
        return shelf.names;
      },
    };
  }

  #choiceOf(handshake: AcceptedHandshake): StandInChoice {
    const { name, scenario } = this.shelf.choose(handshake.scenario);
    return { scenario: name, seed: handshake.seed ?? scenario.seed ?? this.#options.seed ?? 1 };
  }

  #strikeUpgrade(handshake: AcceptedHandshake, connection: number): StruckUpgrade | undefined {
    const { scenario } = this.shelf.choose(handshake.scenario);
    if (scenario.faults === undefined) return undefined;
    const { seed } = this.#choiceOf(handshake);
    return strikeUpgrade(scenario.faults, connection, { seed, connectionKey: handshake.name ?? '' });
  }

  #recordStruck(
    request: UpgradeRequest,
    handshake: AcceptedHandshake,
    connection: number,
    struck: Partial<StruckUpgrade> | undefined,
  ): void {
    const { drop, refuse, index } = struck ?? {};
    const answer = drop === undefined ? (refuse === undefined ? 'accepted' : 'refused') : 'dropped';
    const status = refuse?.status ?? (answer === 'accepted' ? 101 : undefined);
    this.#record({
      ...this.#asked(request, handshake),
      connection,
      answer,
      ...(status === undefined ? {} : { status }),
      ...(index === undefined ? {} : { fault: index }),
    });
  }

  #record(upgrade: UpgradeRecord): void {
    this.#upgrades.push(upgrade);
    if (this.#upgrades.length > LIMITS.upgradeRecords) this.#upgrades.shift();
    this.#options.onUpgrade?.(upgrade);
  }

  #sessionOptions(request: UpgradeRequest, handshake: AcceptedHandshake, connection: number) {
    const options = this.#options;
    const { name, scenario } = this.shelf.choose(handshake.scenario);
    return {
      session: {
        model: handshake.model ?? scenario.model ?? null,
        seed: this.#choiceOf(handshake).seed,
        connectionKey: handshake.name ?? this.#unnamedKey(name),
        connection,
        clock: scenario.clock ?? options.clock ?? 'auto',
        scenario,
        replay: this.#recordings.settingsOf(name),
        target: request.target,
        verifyImage: (bytes: Uint8Array) => this.#verifier.verify(bytes),
        account: ACCOUNTS[handshake.apiKeyState],
      },
      scenario: name,
      target: request.target,
      malformedUrl: handshake.malformedUrl,
      logBudgetBytes: options.sessionLogBytes ?? LIMITS.sessionLogBytes + paddedBytes(scenario),
      driver: {
        wallClock: options.wallClock ?? realWallClock,
        paceFactor: options.paceFactor ?? CLOCK_DEFAULTS.paceFactor,
        mediaGraceMs: options.mediaGraceMs ?? CLOCK_DEFAULTS.mediaGraceMs,
        holdWatchdogMs: options.holdWatchdogMs ?? CLOCK_DEFAULTS.holdWatchdogMs,
      },
      onEnd: () => this.#forgetOldest(),
    };
  }

  #countConnection(handshake: Pick<AcceptedHandshake, 'scenario' | 'name'>): number {
    const key = JSON.stringify([this.shelf.choose(handshake.scenario).name, handshake.name ?? null]);
    return countUp(this.#connectionCounts, key);
  }

  /** The n-th unnamed connection of a scenario, from 1. */
  #unnamedKey(scenario: string | null): string {
    const name = scenario ?? 'default';
    return `${name}#${countUp(this.#unnamedCounts, name)}`;
  }

  #forgetOldest(): void {
    const forgotten = new Set(tooMany(this.#sessions.filter(({ isOver }) => isOver)));
    if (forgotten.size > 0) this.#sessions = this.#sessions.filter((session) => !forgotten.has(session));
  }
}

/** Room in the log for the messages that a scenario makes large on purpose: the rest of the log must not give way to them. */
function paddedBytes({ faults = [] }: Scenario): number {
  return faults.reduce((sum, fault) => sum + (fault.do === 'pad' ? 2 * fault.toBytes : 0), 0);
}

function countUp(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

/** What the handshake does unless a switch says otherwise; the same in every family. */
const HANDSHAKE_QUIRKS: HandshakeQuirks = resolveQuirks('omni35');

const ACCOUNTS = { ok: 'good', arrears: 'arrears', 'event-auth-error': 'refused' } as const;
