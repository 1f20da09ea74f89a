/**
 * The mock server: one acceptor behind two transports, and the list of sessions it has accepted. Must never know
 * the protocol beyond the handshake.
 */

import { type Verification, verifyScenario } from '../assertions/index.js';
import type { ClientSocketFactory } from '../protocol/index.js';
import { LIMITS, nearestName, SoundstageError } from '../protocol/index.js';
import type { Scenario } from '../scenarios/index.js';
import { CONTROL_PATH, ControlApi } from './control/index.js';
import { answerPlainRequest } from './handshake-plain-http.js';
import { REALTIME_PATH } from './handshake-target.js';
import { checkOptions, checkScenarioName, type MockServerOptions } from './server-options.js';
import type { ServerSession } from './server-session.js';
import { SessionHost } from './session-host.js';
import { loadTlsCredentials } from './tls.js';
import type { Listener } from './transport/connection.js';
import { writeHttpAnswer } from './transport/http-answer.js';
import { createMemoryTransport, type MemoryTransport } from './transport/memory-transport.js';
import { listenWs } from './transport/ws-transport.js';
import type { UpgradeRecord } from './upgrade-record.js';
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
  /**
   * The next session: the oldest one that no earlier call has returned, or the first that connects.
   *
   * @param options.timeoutMs wall milliseconds to wait for a connection. Default `LIMITS.waitMs`
   * @throws SoundstageError `E_WAIT` when nobody connects in time
   */
  nextSession(options?: { readonly timeoutMs?: number }): Promise<ServerSession>;
  /** Upgrade requests that reached a scenario, oldest first, and what became of them. */
  readonly upgrades: readonly UpgradeRecord[];
  /** Every session since the start, oldest first; of ended ones, what `LIMITS.endedSessions` and `endedSessionsBytes` allow. */
  readonly sessions: readonly ServerSession[];
  /**
   * Whether the clients of a scenario have done what it expects, judged by the sessions and upgrades that the server
   * still remembers. Sessions may be open: what they have not done yet counts as not done.
   *
   * @param scenario its name. Default: the scenario of clients that choose none
   * @throws SoundstageError `E_SCENARIO_UNKNOWN` when the server has none of that name
   */
  verify(scenario?: string): Verification;
  /** Where the control API is: `http://127.0.0.1:8080/__soundstage/`; undefined when it is off, or without a port. */
  readonly controlUrl: string | undefined;
  /** The certificate to trust, PEM; undefined without TLS. */
  readonly certificatePem: string | undefined;
  /** Reaches the server without a socket: the `transport` of the reference client. */
  readonly memoryTransport: ClientSocketFactory;
  /**
   * Adds a scenario that clients can choose by name, or replaces the one of that name, for connections to come.
   *
   * @throws SoundstageError `E_OPTION` for a name other than `[a-z0-9-]+`, `E_SCENARIO` and kin for one that cannot be
   *   played
   */
  addScenario(name: string, scenario: Scenario): void;
  /** Closes every connection with 1001 and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a mock server.
 *
 * @throws SoundstageError `E_OPTION`, `E_QUIRK_UNKNOWN`, `E_QUIRK_VALUE` for bad options, `E_SCENARIO`,
 *   `E_SCENARIO_WAV` for a script that cannot be played, `E_LISTEN` when the
 *   address cannot be bound
 */
export async function createMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  checkOptions(options);
  const host = new SessionHost(options);
  const memory = createMemoryTransport({ accept: (request) => host.accept(request) });
  const listener = options.listen === false ? undefined : await startListening(options, host);
  return new RunningMockServer(host, memory, listener, options.controlApi !== false);
}

async function startListening(options: MockServerOptions, host: SessionHost): Promise<Listener> {
  const tls = await loadTlsCredentials(options.tls);
  let baseUrl = '';
  const control =
    options.controlApi === false
      ? undefined
      : new ControlApi({
          host,
          clock: options.wallClock ?? realWallClock,
          url: () => `${baseUrl}${REALTIME_PATH}`,
          verify: (scenario) => verifyOn(host, scenario),
          boundTo: options.host ?? '127.0.0.1',
          token: options.controlToken,
        });
  const listener = await listenWs({
    host: options.host,
    port: options.port,
    tls,
    accept: (request) => host.accept(request),
    onHttpRequest: (request, response) => {
      if (control?.answer(request, response) === true) return;
      writeHttpAnswer(response, answerPlainRequest(request.url ?? '/', baseUrl, host.nextRequestId()));
    },
    limits: options.maxConnections === undefined ? {} : { connections: options.maxConnections },
    clock: options.wallClock,
  });
  baseUrl = listener.url;
  return listener;
}

/** Names that URLs swallow or cannot hold: nothing, dots, halves of characters. */
const NO_PATH_PART = /^\.{0,2}$|\p{Surrogate}/u;

function verifyOn(host: SessionHost, wanted: string | undefined): Verification {
  const { shelf } = host;
  if (wanted !== undefined && !shelf.has(wanted)) {
    const nearest = nearestName(wanted, shelf.names);
    throw new SoundstageError(
      'E_SCENARIO_UNKNOWN',
      `Cannot verify '${wanted}': the server has no such scenario. Try ${nearest === '' ? 'giving it one' : `'${nearest}'`}.`,
      { details: { name: wanted, nearest } },
    );
  }
  const { name, scenario } = shelf.choose(wanted);
  const upgrades = host.upgrades.filter((upgrade) => upgrade.scenario === name);
  return verifyScenario({ scenario, sessions: host.sessionsOf(name), upgrades });
}

class RunningMockServer implements MockServer {
  readonly memoryTransport: ClientSocketFactory;
  readonly #host: SessionHost;
  readonly #memory: MemoryTransport;
  readonly #listener: Listener | undefined;

  readonly #hasControl: boolean;

  constructor(
    host: SessionHost,
    memory: MemoryTransport,
    listener: Listener | undefined,
    hasControl: boolean,
  ) {
    this.#hasControl = hasControl;
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

  get upgrades(): readonly UpgradeRecord[] {
    return this.#host.upgrades;
  }

  async nextSession({
    timeoutMs = LIMITS.waitMs,
  }: {
    readonly timeoutMs?: number;
  } = {}): Promise<ServerSession> {
    const session = await this.#host.nextSession(timeoutMs);
    if (session !== undefined) return session;
    throw new SoundstageError(
      'E_WAIT',
      `Waiting for a session failed: nobody connected within ${timeoutMs} ms. ${this.#host.sessions.length} sessions were handed out before, ${this.#host.upgrades.length} upgrades seen. Try a longer timeoutMs, or a look at the client's URL.`,
    );
  }

  verify(scenario?: string): Verification {
    return verifyOn(this.#host, scenario);
  }

  get controlUrl(): string | undefined {
    if (this.#listener === undefined || !this.#hasControl) return undefined;
    return `${this.#listener.url.replace(/^ws/, 'http')}${CONTROL_PATH}`;
  }

  get certificatePem(): string | undefined {
    return this.#listener?.certificatePem;
  }

  urlFor(choice: UrlChoice): string {
    const { shelf } = this.#host;
    if (!shelf.has(choice.scenario)) {
      const nearest = nearestName(choice.scenario, shelf.names);
      throw new SoundstageError(
        'E_URL_CHOICE',
        `No URL for '${choice.scenario}': the server has no such scenario. Try ${nearest === '' ? 'giving it one' : `'${nearest}'`}.`,
        { details: { scenario: choice.scenario, nearest } },
      );
    }
    if (choice.name !== undefined && NO_PATH_PART.test(choice.name)) {
      throw new SoundstageError(
        'E_URL_CHOICE',
        `No URL with the name '${choice.name}': it would be no part of a path. Try a word.`,
        { details: { name: choice.name } },
      );
    }
    if (choice.seed !== undefined && !Number.isSafeInteger(choice.seed)) {
      throw new SoundstageError(
        'E_URL_CHOICE',
        `No URL with the seed ${choice.seed}: it is no safe integer. Try 7.`,
        { details: { seed: String(choice.seed) } },
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

  addScenario(name: string, scenario: Scenario): void {
    checkScenarioName(name);
    this.#host.shelf.add(name, scenario);
  }

  async close(): Promise<void> {
    await Promise.all([this.#memory.close(), this.#listener?.close()]);
  }

  get #baseUrl(): string {
    return this.#listener?.url ?? 'ws://memory';
  }
}
