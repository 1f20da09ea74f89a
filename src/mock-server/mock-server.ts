/**
 * The mock server: one acceptor behind two transports, and the list of sessions it has accepted. Must never know
 * the protocol beyond the handshake.
 */
import { createJpegVerifier } from '../media/index.js';
import { resolveQuirks, SoundstageError } from '../protocol/index.js';
import { LIMITS } from '../protocol/limits.js';
import { prepareScenario, type Scenario } from '../scenarios/index.js';
import { CLOCK_DEFAULTS } from './clock-driver.js';
import {
  type AcceptedHandshake,
  decideHandshake,
  type HandshakeConfig,
  type HandshakeQuirks,
} from './handshake.js';
import { answerPlainRequest } from './handshake-plain-http.js';
import { requestIdAt } from './handshake-request-id.js';
import { REALTIME_PATH } from './handshake-target.js';
import { checkOptions, type MockServerOptions } from './server-options.js';
import { RunningSession, type ServerSession } from './server-session.js';
import { loadTlsCredentials } from './tls.js';
import type { ClientSocketFactory } from './transport/client-socket.js';
import type { Listener, UpgradeRequest, UpgradeVerdict } from './transport/connection.js';
import { writeHttpAnswer } from './transport/http-answer.js';
import { createMemoryTransport, type MemoryTransport } from './transport/memory-transport.js';
import { listenWs } from './transport/ws-transport.js';
import { realWallClock } from './wall-clock.js';

/** How a client is led to a scenario, a name and a seed of its own. */
export interface UrlChoice {
  /** The name of a scenario of this server. */
  readonly scenario: string;
  /** The connection's name, part of its random streams. */
  readonly name?: string;
  /** The connection's seed; needs `name`. */
  readonly seed?: number;
}

/** A running stand-in for the service. */
export interface MockServer {
  /** What a client connects to, without a query: `ws://127.0.0.1:8080/api-ws/v1/realtime`. */
  readonly url: string;
  /** The same with a scenario in the path. @throws SoundstageError `E_URL_CHOICE` */
  urlFor(choice: UrlChoice): string;
  /** Every session since the start, oldest first; ended ones beyond `LIMITS.endedSessions` are forgotten. */
  readonly sessions: readonly ServerSession[];
  /** The certificate to trust, PEM; undefined without TLS. */
  readonly certificatePem: string | undefined;
  /** Reaches the server without a socket: the `transport` of the reference client. */
  readonly memoryTransport: ClientSocketFactory;
  /** Closes every connection with 1001 and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a mock server.
 *
 * @throws SoundstageError `E_OPTION`, `E_QUIRK_UNKNOWN`, `E_QUIRK_VALUE` for bad options, `E_LISTEN` when the
 *   address cannot be bound
 */
export async function createMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  checkOptions(options);
  const host = new SessionHost({ ...options, ...preparedScenarios(options) });
  const memory = createMemoryTransport({ accept: (request) => host.accept(request) });
  const listener = options.listen === false ? undefined : await startListening(options, host);
  return new RunningMockServer(host, memory, listener);
}

/** The scripts with their voices decoded, so that no session has to. */
function preparedScenarios({
  scenario,
  scenarios,
}: MockServerOptions): Pick<MockServerOptions, 'scenario' | 'scenarios'> {
  const named = Object.entries(scenarios ?? {}).map(
    ([name, script]) => [name, prepareScenario(script)] as const,
  );
  return {
    scenarios: Object.fromEntries(named),
    ...(scenario === undefined
      ? {}
      : { scenario: typeof scenario === 'string' ? scenario : prepareScenario(scenario) }),
  };
}

async function startListening(options: MockServerOptions, host: SessionHost): Promise<Listener> {
  const tls = await loadTlsCredentials(options.tls);
  let baseUrl = '';
  const listener = await listenWs({
    host: options.host,
    port: options.port,
    tls,
    accept: (request) => host.accept(request),
    onHttpRequest: (request, response) =>
      writeHttpAnswer(response, answerPlainRequest(request.url ?? '/', baseUrl, host.nextRequestId())),
    limits: options.maxConnections === undefined ? {} : { connections: options.maxConnections },
    clock: options.wallClock,
  });
  baseUrl = listener.url;
  return listener;
}

class RunningMockServer implements MockServer {
  readonly memoryTransport: ClientSocketFactory;
  readonly #host: SessionHost;
  readonly #memory: MemoryTransport;
  readonly #listener: Listener | undefined;

  constructor(host: SessionHost, memory: MemoryTransport, listener: Listener | undefined) {
    this.#host = host;
    this.#memory = memory;
    this.#listener = listener;
    this.memoryTransport = (request, handlers) => memory.connect(request, handlers);
  }

  get url(): string {
    return `${this.#baseUrl}${REALTIME_PATH}`;
  }

  get sessions(): readonly ServerSession[] {
    return this.#host.sessions;
  }

  get certificatePem(): string | undefined {
    return this.#listener?.certificatePem;
  }

  urlFor(choice: UrlChoice): string {
    if (!this.#host.scenarioNames.includes(choice.scenario)) {
      throw new SoundstageError(
        'E_URL_CHOICE',
        `No URL for '${choice.scenario}': the server has no such scenario. Try one of: ${this.#host.scenarioNames.join(', ') || '(none)'}.`,
      );
    }
    if (choice.seed !== undefined && choice.name === undefined) {
      throw new SoundstageError(
        'E_URL_CHOICE',
        'No URL with a seed alone: the path has the name before it. Try adding a name.',
      );
    }
    const parts = [choice.scenario, choice.name, choice.seed].filter((part) => part !== undefined);
    return `${this.#baseUrl}/s/${parts.map((part) => encodeURIComponent(part)).join('/')}${REALTIME_PATH}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.#memory.close(), this.#listener?.close()]);
  }

  get #baseUrl(): string {
    return this.#listener?.url ?? 'ws://memory';
  }
}

/** Accepts connections and keeps their sessions. */
class SessionHost {
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
