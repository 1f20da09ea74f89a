/**
 * Runs demo sessions against a server, over a socket or in memory, and gathers what there is to show. Must never
 * print or write files.
 */
import { countingEventIds, OmniRealtimeConversation } from '../client/index.js';
import { createMockServer, type MockServer } from '../mock-server/index.js';
import { SoundstageError } from '../protocol/index.js';
import type { LogEntry } from '../session-log/index.js';
import { DemoDriver } from './demo-driver.js';
import type { DemoMaterial } from './demo-material.js';
import { DEMO_SCENARIOS } from './demo-scenarios.js';
import type { DemoClaim, DemoSession } from './demo-session.js';

/**
 * Wall milliseconds without audio after which a `media` clock would run by itself. The demo sends all its audio at
 * once; on a machine that is busy with other work it must not look like a pause.
 */
const DEMO_MEDIA_GRACE_MS = 20_000;
/** The connection's name: with the seed it decides everything random. */
const CONNECTION_NAME = 'demo';

/** How a demo session reaches its server, and what decides its content. */
export interface DemoRunOptions {
  readonly transport: 'socket' | 'memory';
  readonly seed: number;
}

/** A finished demo session. */
export interface DemoRun {
  readonly session: DemoSession;
  readonly seed: number;
  /** SHA-256 of the canonical transcript, 64 hex digits. */
  readonly transcriptHash: string;
  readonly entries: readonly LogEntry[];
  readonly claims: readonly DemoClaim[];
  /** Spoken answers, PCM16 mono at 24 kHz. */
  readonly answers: readonly Int16Array[];
}

/** A server that knows the demo's scenarios, on a free port of the loopback interface. */
export function createDemoServer(): Promise<MockServer> {
  return createMockServer({ scenarios: DEMO_SCENARIOS, mediaGraceMs: DEMO_MEDIA_GRACE_MS });
}

/**
 * Runs one session to its end.
 *
 * @throws SoundstageError `E_DEMO_WAIT` when the server does not go on, and what the client throws
 */
export async function runDemoSession(
  session: DemoSession,
  server: MockServer,
  material: DemoMaterial,
  options: DemoRunOptions,
): Promise<DemoRun> {
  const conversation = new OmniRealtimeConversation({
    model: session.model,
    url: server.urlFor({ scenario: session.name, name: CONNECTION_NAME, seed: options.seed }),
    apiKey: 'sk-any-key-will-do',
    eventIds: countingEventIds(),
    ...(options.transport === 'memory' ? { transport: server.memoryTransport } : {}),
  });
  const driver = new DemoDriver(conversation);
  try {
    await conversation.connect();
    conversation.updateSession(session.settings);
    await driver.until('session.updated');
    await session.script(driver, material);
    await conversation.endSession();
  } finally {
    await conversation.close();
  }
  const served = server.sessions.findLast(({ id }) => id === conversation.sessionId);
  if (served === undefined) {
    throw new SoundstageError(
      'E_DEMO_LOG',
      'Cannot show the session: the server forgot it. Try fewer sessions on one server.',
    );
  }
  await served.closed;
  return {
    session,
    seed: options.seed,
    transcriptHash: served.transcriptHash(),
    entries: served.entries,
    claims: session.claims(driver),
    answers: driver.answers,
  };
}
