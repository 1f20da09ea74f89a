/**
 * Accepts connections and keeps their sessions: who gets which script, seed and name. Must never know a transport or
 * the protocol beyond the handshake.
 */
import { createJpegVerifier } from '../media/index.js';
import { resolveQuirks } from '../protocol/index.js';
import { LIMITS } from '../protocol/limits.js';
import type { Scenario } from '../scenarios/index.js';
import { CLOCK_DEFAULTS } from './clock-driver.js';
import {
  type AcceptedHandshake,
  decideHandshake,
  type HandshakeConfig,
  type HandshakeQuirks,
} from './handshake.js';
import { requestIdAt } from './handshake-request-id.js';
import type { MockServerOptions } from './server-options.js';
import { RunningSession, type ServerSession } from './server-session.js';
import type { UpgradeRequest, UpgradeVerdict } from './transport/connection.js';
import { realWallClock } from './wall-clock.js';

/** Accepts connections and keeps their sessions. */
export class SessionHost {
  readonly scenarioNames: readonly string[];
  readonly #options: MockServerOptions;
  readonly #verifier = createJpegVerifier({ cacheSize: LIMITS.imageVerdictCache });
  readonly #sessions: RunningSession[] = [];
  readonly #unnamedCounts = new Map<string, number>();
  #requestCount = 0;
  #endedCount = 0;

  constructor(options: MockServerOptions) {
    this.#options = options;
    this.scenarioNames = Object.keys(options.scenarios ?? {});
  }

  get sessions(): readonly ServerSession[] {
    return this.#sessions;
  }

  nextRequestId(): string {
    this.#requestCount += 1;
    return requestIdAt(this.#requestCount);
  }

  accept(request: UpgradeRequest): UpgradeVerdict {
    const verdict = decideHandshake(request, this.#handshakeConfig(), this.nextRequestId());
    if (!verdict.accept) return verdict;
    return {
      accept: true,
      subprotocol: verdict.subprotocol,
      headers: verdict.headers,
      handler: (connection) => {
        const session = new RunningSession(connection, this.#sessionOptions(request, verdict));
        this.#sessions.push(session);
        return session;
      },
    };
  }

  #handshakeConfig(): HandshakeConfig {
    const quirksOf = (scenario: string | undefined): HandshakeQuirks => ({
      ...HANDSHAKE_QUIRKS,
      ...this.#withDefaults(this.#choose(scenario).scenario).quirks,
    });
    return { keys: this.#options.keys, quirksOf, scenarioNames: this.scenarioNames };
  }

  #sessionOptions(request: UpgradeRequest, handshake: AcceptedHandshake) {
    const options = this.#options;
    const { name, scenario } = this.#choose(handshake.scenario);
    return {
      session: {
        model: handshake.model,
        seed: handshake.seed ?? scenario.seed ?? options.seed ?? 1,
        connectionKey: handshake.name ?? this.#unnamedKey(name),
        clock: scenario.clock ?? options.clock ?? 'auto',
        scenario: this.#withDefaults(scenario),
        verifyImage: (bytes: Uint8Array) => this.#verifier.verify(bytes),
        account: ACCOUNTS[handshake.apiKeyState],
      },
      scenario: name,
      target: request.target,
      malformedUrl: handshake.malformedUrl,
      logBudgetBytes: options.sessionLogBytes ?? LIMITS.sessionLogBytes,
      driver: {
        wallClock: options.wallClock ?? realWallClock,
        paceFactor: options.paceFactor ?? CLOCK_DEFAULTS.paceFactor,
        mediaGraceMs: options.mediaGraceMs ?? CLOCK_DEFAULTS.mediaGraceMs,
        holdWatchdogMs: options.holdWatchdogMs ?? CLOCK_DEFAULTS.holdWatchdogMs,
      },
      onEnd: () => this.#forgetOldest(),
    };
  }

  /** The script that a client gets, by the name it chose. */
  #choose(wanted: string | undefined): { name: string | null; scenario: Scenario } {
    const { scenario: fallback, scenarios = {} } = this.#options;
    const name = wanted ?? (typeof fallback === 'string' ? fallback : undefined);
    if (name !== undefined)
      return { name, scenario: Object.hasOwn(scenarios, name) ? (scenarios[name] ?? {}) : {} };
    return { name: null, scenario: typeof fallback === 'object' ? fallback : {} };
  }

  #withDefaults(scenario: Scenario): Scenario {
    const { quirks, idleCloseMs, sessionDurationMs } = this.#options;
    return {
      ...(idleCloseMs === undefined ? {} : { idleCloseMs }),
      ...(sessionDurationMs === undefined ? {} : { sessionDurationMs }),
      ...scenario,
      quirks: { ...quirks, ...scenario.quirks },
    };
  }

  /** The n-th unnamed connection of a scenario, from 1. */
  #unnamedKey(scenario: string | null): string {
    const name = scenario ?? 'default';
    const count = (this.#unnamedCounts.get(name) ?? 0) + 1;
    this.#unnamedCounts.set(name, count);
    return `${name}#${count}`;
  }

  #forgetOldest(): void {
    this.#endedCount += 1;
    if (this.#endedCount <= LIMITS.endedSessions) return;
    const oldest = this.#sessions.findIndex((session) => session.close !== undefined);
    if (oldest < 0) return;
    this.#sessions.splice(oldest, 1);
    this.#endedCount -= 1;
  }
}

/** What the handshake does unless a switch says otherwise; the same in every family. */
const HANDSHAKE_QUIRKS: HandshakeQuirks = resolveQuirks('omni35');

const ACCOUNTS = { ok: 'good', arrears: 'arrears', 'event-auth-error': 'refused' } as const;
