/**
 * Plays one fixture: a mock server with its script, a client with its half, and whatever the caller puts between them.
 * The same fixture gives the same messages in the same order. Must never write anything.
 */
import { createWsTransport, OmniRealtimeConversation } from '../../src/client/index.js';
import {
  createMockServer,
  type MockServer,
  type MockServerOptions,
  type ServerSession,
} from '../../src/index.js';
import { playScenario } from '../../src/play/index.js';
import type { ClientSocketFactory } from '../../src/protocol/index.js';
import type { Fixture } from './fixture.js';
import { Lockstep, lockstepTransport, type RefusedUpgrade } from './lockstep.js';
import { GOOD_KEY } from './material.js';
import { playPlainly } from './plain-client.js';

/** Decides the ids and whatever else the simulation draws. */
export const FIXTURE_SEED = 7;
/** Longer than any machine takes; nothing waits for it to pass. */
const PATIENCE_MS = 60_000;

/** How a client reaches the server. */
export interface Route {
  readonly url: string;
  /** Default: a socket. */
  readonly transport?: ClientSocketFactory;
  /** Waits until what lies between has seen all of it, and closes it; before the server closes. */
  readonly close?: () => Promise<void>;
}

/** What came of it. */
export interface PlayedFixture {
  /** The server's side; undefined when the upgrade was refused. */
  readonly session: ServerSession | undefined;
  readonly refusal: RefusedUpgrade | undefined;
  /** What the client could not do or did not see, in words. */
  readonly problems: readonly string[];
}

/** Where the client finds the server itself: over a socket, or inside the process. */
export const ROUTES = {
  socket: async (server: MockServer): Promise<Route> => ({ url: server.url }),
  memory: async (server: MockServer): Promise<Route> => ({
    url: server.url,
    transport: server.memoryTransport,
  }),
} as const;

/** The server that a fixture is made with. */
function simulation(fixture: Fixture): MockServerOptions {
  return {
    seed: FIXTURE_SEED,
    scenario: fixture.scenario,
    keys: { known: [GOOD_KEY], ...fixture.keys },
  };
}

/**
 * @param openRoute where the client goes
 * @param options of the server, in place of those that the fixture is made with
 */
export async function playFixture(
  fixture: Fixture,
  openRoute: (server: MockServer) => Promise<Route>,
  options = simulation(fixture),
): Promise<PlayedFixture> {
  const server = await createMockServer({
    controlApi: false,
    // A media clock moves with the audio and with nothing else.
    mediaGraceMs: 10 * PATIENCE_MS,
    holdWatchdogMs: PATIENCE_MS,
    ...options,
  });
  const step = new Lockstep(() => server.sessions[0]);
  try {
    const route = await openRoute(server);
    const problems = await drive(fixture, server, route, step);
    const [session] = server.sessions;
    await session?.closed;
    await route.close?.();
    return { session, refusal: step.refusal, problems };
  } finally {
    await server.close();
  }
}

async function drive(
  fixture: Fixture,
  server: MockServer,
  route: Route,
  step: Lockstep,
): Promise<readonly string[]> {
  if (fixture.advanceMs !== undefined) {
    const byMs = fixture.advanceMs;
    step.whenSettled(() => server.sessions[0]?.advance(byMs));
  }
  if (fixture.plain !== undefined) return playPlainly(fixture.plain, urlOf(route.url, fixture.model), step);
  const { steps, connections, probe } = await playScenario({
    scenario: fixture.scenario,
    waitMs: PATIENCE_MS,
    open: ({ eventIds, connectTimeoutMs }) =>
      new OmniRealtimeConversation({
        eventIds,
        connectTimeoutMs,
        closeTimeoutMs: PATIENCE_MS,
        model: fixture.model,
        url: route.url,
        apiKey: fixture.apiKey ?? GOOD_KEY,
        validate: false,
        transport: lockstepTransport(route.transport ?? createWsTransport(), step),
      }),
  });
  const missed = steps
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ step: missedStep, outcome, why }) => `${JSON.stringify(missedStep)} was ${outcome}: ${why}`);
  const failed = connections.flatMap(({ heard }) => heard.problems);
  return [...missed, ...failed, ...(probe?.completed === false ? [probe.why] : [])];
}

function urlOf(url: string, model: string): string {
  return `${url}?model=${encodeURIComponent(model)}`;
}
